package io.archipelago.agent.drivers.machine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.Observed;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import java.time.Instant;
import java.util.Map;

/** What tests of machines say to a driver. */
abstract class MachineCalls {

    protected static final long MIB = 1L << 20;

    protected static final ResourceKey MACHINE = SiteFixture.machineKey("n1");
    protected static final ResourceKey OTHER = SiteFixture.machineKey("n2");

    /** A host that was just started, on whatever is there, with the disks of {@code n1} and {@code n2} and a segment. */
    protected abstract Driver<MachineSpec> driver();

    protected abstract Instant now();

    /** Lets the host do what it has begun. */
    protected abstract void settle() throws Exception;

    protected static MachineSpec spec(String name) {
        return new MachineSpec(
                name,
                1,
                128 * MIB,
                "02:00:00:00:00:" + (name.equals("n1") ? "01" : "02"),
                "172.16.1." + (name.equals("n1") ? 1 : 2),
                SiteFixture.diskKey(name),
                SiteFixture.segmentKey());
    }

    protected final void make(ResourceKey key, MachineSpec spec) throws Exception {
        driver().apply(key, spec, now());
        settle();
    }

    protected final Map<ResourceKey, Observed> observe(ResourceKey key, MachineSpec spec) throws DriverFault {
        return driver().observe(Map.of(key, spec), now());
    }

    protected final Observed seen(ResourceKey key, MachineSpec spec) throws DriverFault {
        Map<ResourceKey, Observed> seen = observe(key, spec);
        assertThat(seen).containsKey(key);
        return requireNonNull(seen.get(key));
    }

    protected final Condition condition(ResourceKey key, MachineSpec spec) throws DriverFault {
        return seen(key, spec).condition();
    }
}
