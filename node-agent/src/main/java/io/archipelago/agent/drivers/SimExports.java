package io.archipelago.agent.drivers;

import io.archipelago.agent.world.SimHost;
import io.archipelago.agent.world.SimThing;
import io.archipelago.contracts.host.ResourceSpec.DiskSpec;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.time.Instant;
import java.util.Optional;

/** Which simulated host reaches which simulated volume. */
public final class SimExports {

    private SimExports() {}

    /** What keeps a disk's volume from its host, a sentence; empty if nothing. */
    public static String missing(SimHost host, DiskSpec disk, Instant now) {
        Optional<SimHost> storage = host.site().host(disk.storageHost());
        if (storage.isEmpty() || !storage.get().isPowered()) {
            return "the storage host " + disk.storageHost() + " does not answer";
        }
        SimThing volume = storage.get().thing(disk.volume(), now);
        if (volume == null || volume.removing() || !volume.working() || !volume.isSettled(now)) {
            return "waits until " + disk.storageHost() + " exports " + disk.volume();
        }
        boolean ours = volume.spec() instanceof VolumeSpec exported && host.id().equals(exported.initiator());
        return ours ? "" : disk.volume() + " is not exported to this host";
    }
}
