package io.archipelago.agent.drivers.segment;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.SimDriver;
import io.archipelago.agent.world.SimHost;
import io.archipelago.agent.world.SimThing;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Simulated segments. No VLAN id serves two of them on one host. */
public final class SimSegmentDriver extends SimDriver<SegmentSpec> {

    public SimSegmentDriver(SimHost host) {
        super(host, ResourceKind.SEGMENT, SegmentSpec.class);
    }

    @Override
    protected void admit(ResourceKey key, SegmentSpec spec, @Nullable SegmentSpec present, Instant now)
            throws DriverFault {
        for (Map.Entry<ResourceKey, SimThing> each : host().things(now).entrySet()) {
            if (!each.getKey().equals(key)
                    && each.getValue().spec() instanceof SegmentSpec other
                    && other.vlan() == spec.vlan()) {
                throw violate(key, now, "VLAN " + spec.vlan() + " already serves " + each.getKey());
            }
        }
    }

    /** A cache may lose its segment when the agent stops the segment by itself; whoever carries frames may not. */
    @Override
    protected void release(ResourceKey key, SegmentSpec spec, Instant now) throws DriverFault {
        requireUnused(key, List.of(ResourceKind.MACHINE, ResourceKind.LINK), now);
    }

    @Override
    protected Map<String, String> details(SegmentSpec spec) {
        return Map.of("vlan", Integer.toString(spec.vlan()), "mtu", Integer.toString(spec.mtu()));
    }
}
