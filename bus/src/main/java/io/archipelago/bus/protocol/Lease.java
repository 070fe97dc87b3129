package io.archipelago.bus.protocol;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;

/**
 * Everything a participant needs to begin and end its part alone.
 *
 * @param allocation the allocation
 * @param spec what the site gives
 * @param facts what the site's participants chose
 * @param cluster what to know of the other sites
 */
public record Lease(AllocationId allocation, AllocationSpec spec, Facts.OfSite facts, Facts.OfCluster cluster) {

    public boolean atMaster() {
        return spec.master().equals(allocation.site());
    }
}
