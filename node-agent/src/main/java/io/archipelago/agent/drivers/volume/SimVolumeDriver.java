package io.archipelago.agent.drivers.volume;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.SimDriver;
import io.archipelago.agent.world.SimHost;
import io.archipelago.agent.world.SimThing;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.DiskSpec;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Simulated volumes. Those of a pool never take more than its bytes, none shrinks or moves, and none is removed under the host that it is
 * exported to while that host has it attached. A change of the initiator cuts the former one off at once. To remove one is to wipe it: a
 * pool gives the space that was freed first to whoever comes next, and never unwiped.
 */
public final class SimVolumeDriver extends SimDriver<VolumeSpec> {

    public SimVolumeDriver(SimHost host) {
        super(host, ResourceKind.VOLUME, VolumeSpec.class);
    }

    @Override
    protected void admit(ResourceKey key, VolumeSpec spec, @Nullable VolumeSpec present, Instant now)
            throws DriverFault {
        Long size = host().capacity().pools().get(spec.pool());
        if (size == null) {
            throw DriverFault.failed("this host has no pool " + spec.pool());
        }
        if (present != null
                && (present.bytes() > spec.bytes() || !present.pool().equals(spec.pool()))) {
            throw DriverFault.failed("a volume neither shrinks nor moves to another pool");
        }
        requireFenced(key, spec, present, now);
        long bytes = spec.bytes();
        for (Map.Entry<ResourceKey, SimThing> each : host().things(now).entrySet()) {
            if (!each.getKey().equals(key)
                    && each.getValue().spec() instanceof VolumeSpec other
                    && other.pool().equals(spec.pool())) {
                bytes += other.bytes();
            }
        }
        if (bytes > size) {
            throw violate(key, now, "the volumes would take more than the pool " + spec.pool() + " has");
        }
        if ((present == null || present.bytes() < spec.bytes()) && host().hasUnwipedSpace(spec.pool())) {
            throw violate(key, now, "would be given space of the pool " + spec.pool() + " that was never wiped");
        }
        if (host().unseal(spec.sealedChapSecret()).isEmpty()) {
            throw DriverFault.failed("the secret for CHAP was not sealed to this host");
        }
    }

    @Override
    protected void release(ResourceKey key, VolumeSpec spec, Instant now) throws DriverFault {
        if (isAttached(key, spec.initiator(), now)) {
            throw violate(key, now, "was removed while " + spec.initiator() + " has it attached");
        }
    }

    @Override
    protected void end(ResourceKey key, Instant now) {
        host().wipe(key, now);
    }

    @Override
    protected String ending() {
        return "is being wiped";
    }

    /** From one host to another it is given only by way of none. */
    private void requireFenced(ResourceKey key, VolumeSpec spec, @Nullable VolumeSpec present, Instant now)
            throws DriverFault {
        if (present != null
                && spec.initiator() != null
                && !spec.initiator().equals(present.initiator())
                && isAttached(key, present.initiator(), now)) {
            throw violate(
                    key,
                    now,
                    "was given to " + spec.initiator() + " while " + present.initiator() + " has it attached");
        }
    }

    private boolean isAttached(ResourceKey key, @Nullable HostId initiator, Instant now) {
        return initiator != null
                && host().site().host(initiator).stream()
                        .flatMap(other -> other.things(now).values().stream())
                        .anyMatch(thing -> thing.spec() instanceof DiskSpec disk
                                && disk.volume().equals(key)
                                && disk.storageHost().equals(host().id()));
    }

    @Override
    protected Map<String, String> details(VolumeSpec spec) {
        String initiator = spec.initiator() == null ? "none" : spec.initiator().value();
        return Map.of("pool", spec.pool(), "bytes", Long.toString(spec.bytes()), "initiator", initiator);
    }
}
