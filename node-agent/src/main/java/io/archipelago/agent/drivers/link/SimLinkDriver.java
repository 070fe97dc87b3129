package io.archipelago.agent.drivers.link;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.SimDriver;
import io.archipelago.agent.world.SimHost;
import io.archipelago.agent.world.SimThing;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.LinkSpec;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Simulated ends of Ethernet VPNs. A port of a gateway serves one cluster, whose master listens on it for all of its workers. The other
 * end is played by another process, so that an end counts as working once it is set up.
 */
public final class SimLinkDriver extends SimDriver<LinkSpec> {

    /** As if all sites were a few hundred kilometres apart. */
    private static final String ROUND_TRIP_MILLIS = "8.0";

    public SimLinkDriver(SimHost host) {
        super(host, ResourceKind.LINK, LinkSpec.class);
    }

    @Override
    protected void admit(ResourceKey key, LinkSpec spec, @Nullable LinkSpec present, Instant now) throws DriverFault {
        for (Map.Entry<ResourceKey, SimThing> each : host().things(now).entrySet()) {
            if (!each.getKey().allocation().equals(key.allocation())
                    && each.getValue().spec() instanceof LinkSpec other
                    && other.ends().localPort() == spec.ends().localPort()) {
                throw violate(key, now, "port " + spec.ends().localPort() + " already serves " + each.getKey());
            }
        }
    }

    @Override
    protected String defect(ResourceKey key, LinkSpec spec, Instant now) {
        return host().thing(spec.segment(), now) == null ? "closed, because it lost " + spec.segment() : "";
    }

    @Override
    protected Map<String, String> details(LinkSpec spec) {
        return Map.of(
                "peer", spec.peer().value(),
                "port", Integer.toString(spec.ends().localPort()),
                "mtu", Integer.toString(spec.mtu()),
                "roundTripMillis", ROUND_TRIP_MILLIS);
    }
}
