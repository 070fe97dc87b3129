package io.archipelago.agent.drivers.cache;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.SimDriver;
import io.archipelago.agent.world.SimHost;
import io.archipelago.agent.world.SimThing;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.CacheSpec;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Simulated package caches. Those of a gateway never take more than its cache space. */
public final class SimCacheDriver extends SimDriver<CacheSpec> {

    public SimCacheDriver(SimHost host) {
        super(host, ResourceKind.CACHE, CacheSpec.class);
    }

    @Override
    protected void admit(ResourceKey key, CacheSpec spec, @Nullable CacheSpec present, Instant now) throws DriverFault {
        long bytes = spec.bytes();
        for (Map.Entry<ResourceKey, SimThing> each : host().things(now).entrySet()) {
            if (!each.getKey().equals(key) && each.getValue().spec() instanceof CacheSpec other) {
                bytes += other.bytes();
            }
        }
        if (bytes > host().capacity().cacheBytes()) {
            throw violate(key, now, "the caches would take more than the gateway has for them");
        }
    }

    @Override
    protected String defect(ResourceKey key, CacheSpec spec, Instant now) {
        return host().thing(spec.segment(), now) == null ? "idle, because it lost " + spec.segment() : "";
    }

    @Override
    protected Map<String, String> details(CacheSpec spec) {
        return Map.of("bytes", Long.toString(spec.bytes()), "origin", spec.origin());
    }
}
