package io.archipelago.agent.drivers.disk;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.SimDriver;
import io.archipelago.agent.drivers.SimExports;
import io.archipelago.agent.world.SimHost;
import io.archipelago.agent.world.SimThing;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.DiskSpec;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Simulated attached LUNs. One attaches only while the volume is exported to this host, and with the secret that the volume asks for.
 * When the export ends it is cut off, and comes back by itself when the export does.
 */
public final class SimDiskDriver extends SimDriver<DiskSpec> {

    public SimDiskDriver(SimHost host) {
        super(host, ResourceKind.DISK, DiskSpec.class);
    }

    @Override
    protected void admit(ResourceKey key, DiskSpec spec, @Nullable DiskSpec present, Instant now) throws DriverFault {
        String missing = SimExports.missing(host(), spec, now);
        if (!missing.isEmpty()) {
            throw DriverFault.waiting(missing);
        }
        SimHost storage = host().site().host(spec.storageHost()).orElseThrow();
        SimThing volume = storage.thing(spec.volume(), now);
        if (volume == null || !(volume.spec() instanceof VolumeSpec exported)) {
            throw DriverFault.failed(spec.volume() + " is no volume");
        }
        Optional<String> asked = storage.unseal(exported.sealedChapSecret());
        Optional<String> given = host().unseal(spec.sealedChapSecret());
        // No violation: a host that has another key meets what was sealed to the old one before it is sealed anew.
        if (given.isEmpty()) {
            throw DriverFault.failed("the secret for CHAP was not sealed to this host");
        }
        if (asked.isEmpty()) {
            throw DriverFault.failed("the volume's secret for CHAP was not sealed to " + spec.storageHost());
        }
        if (!given.equals(asked) || !spec.chapUser().equals(exported.chapUser())) {
            throw violate(key, now, "the volume was asked for with the wrong CHAP name or secret");
        }
    }

    @Override
    protected void release(ResourceKey key, DiskSpec spec, Instant now) throws DriverFault {
        requireUnused(key, List.of(ResourceKind.MACHINE), now);
    }

    @Override
    protected String defect(ResourceKey key, DiskSpec spec, Instant now) {
        return SimExports.missing(host(), spec, now);
    }

    @Override
    protected Map<String, String> details(DiskSpec spec) {
        return Map.of("storageHost", spec.storageHost().value());
    }
}
