package io.archipelago.agent.drivers.volume;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.SimDriver;
import io.archipelago.agent.world.SimHost;
import io.archipelago.agent.world.SimThing;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.DiskSpec;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Simulated volumes. Those of a pool never take more than its bytes, none shrinks or moves, and none is removed under the host that it is
 * exported to while that host has it attached. A change of the initiator cuts the former one off at once.
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
        if (host().unseal(spec.sealedChapSecret()).isEmpty()) {
            throw DriverFault.failed("the secret for CHAP was not sealed to this host");
        }
    }

    @Override
    protected void release(ResourceKey key, VolumeSpec spec, Instant now) throws DriverFault {
        for (SimHost other : host().site().hosts()) {
            if (!other.id().equals(spec.initiator())) {
                continue;
            }
            for (SimThing thing : other.things(now).values()) {
                if (thing.spec() instanceof DiskSpec disk
                        && disk.volume().equals(key)
                        && disk.storageHost().equals(host().id())) {
                    throw violate(key, now, "was removed while " + other.id() + " has it attached");
                }
            }
        }
    }

    @Override
    protected Map<String, String> details(VolumeSpec spec) {
        String initiator = spec.initiator() == null ? "none" : spec.initiator().value();
        return Map.of("pool", spec.pool(), "bytes", Long.toString(spec.bytes()), "initiator", initiator);
    }
}
