package io.archipelago.bench.lab;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.DesiredResource;
import java.util.List;

/**
 * What a host of the lab is to make: the file that {@link OnHost} reads.
 *
 * @param host its name
 * @param portal the address and port at which it serves volumes
 */
record Errand(HostId host, String portal, List<DesiredResource> resources) {

    Errand {
        resources = List.copyOf(resources);
    }
}
