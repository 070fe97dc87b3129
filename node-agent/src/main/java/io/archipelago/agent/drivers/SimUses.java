package io.archipelago.agent.drivers;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec;
import io.archipelago.contracts.host.ResourceSpec.CacheSpec;
import io.archipelago.contracts.host.ResourceSpec.DiskSpec;
import io.archipelago.contracts.host.ResourceSpec.LinkSpec;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.util.Set;

/** On what a simulated thing stands. */
final class SimUses {

    private SimUses() {}

    /** The resources of the same host that a thing like this needs as long as it is there. */
    static Set<ResourceKey> of(HostId host, ResourceSpec spec) {
        return switch (spec) {
            case MachineSpec machine -> Set.of(machine.disk(), machine.segment());
            case LinkSpec link -> Set.of(link.segment());
            case CacheSpec cache -> Set.of(cache.segment());
            case DiskSpec disk -> disk.storageHost().equals(host) ? Set.of(disk.volume()) : Set.of();
            case SegmentSpec segment -> Set.of();
            case VolumeSpec volume -> Set.of();
        };
    }
}
