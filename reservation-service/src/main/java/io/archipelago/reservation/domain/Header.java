package io.archipelago.reservation.domain;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.ClusterAddressing;

/**
 * What every state of an {@link Allocation} knows.
 *
 * @param id the allocation
 * @param spec what is given
 * @param shareSequence the highest sequence heard from the master
 * @param sequence the highest sequence told the participants
 */
public record Header(AllocationId id, AllocationSpec spec, long shareSequence, long sequence) {

    SiteId master() {
        return spec.master();
    }

    Header heard(long fromMaster) {
        return new Header(id, spec, fromMaster, sequence);
    }

    Header next() {
        return new Header(id, spec, shareSequence, sequence + 1);
    }

    Header with(AllocationSpec other) {
        return new Header(id, other, shareSequence, sequence);
    }

    /** The host name of one of this site's machines. */
    String hostName(int ordinal) {
        return ClusterAddressing.of(spec.network(), id.reservation()).hostName(spec.siteNumber(), ordinal);
    }

    /** Numbered above everything that was said before a database was restored. */
    Header above(long floor) {
        return new Header(id, spec, shareSequence, Math.max(sequence + 1, floor));
    }
}
