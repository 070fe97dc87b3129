package io.archipelago.bus.protocol;

import io.archipelago.contracts.Ids.HostId;
import java.util.Set;

/**
 * The hosts of a site that are not as they should be; each set contains the next.
 *
 * @param silent not heard of for a while: SUSPECT or worse
 * @param lost silent for long, or barred: kept from its disks
 * @param dead known to run nothing any more
 */
public record HostsDown(Set<HostId> silent, Set<HostId> lost, Set<HostId> dead) {

    /** All hosts are well. */
    public static final HostsDown NONE = new HostsDown(Set.of(), Set.of(), Set.of());

    public HostsDown {
        silent = Set.copyOf(silent);
        lost = Set.copyOf(lost);
        dead = Set.copyOf(dead);
    }
}
