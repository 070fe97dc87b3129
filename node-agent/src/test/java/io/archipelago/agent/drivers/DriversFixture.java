package io.archipelago.agent.drivers;

import static io.archipelago.agent.SiteFixture.COMPUTE;
import static io.archipelago.agent.SiteFixture.NINE;
import static io.archipelago.agent.SiteFixture.STORAGE;
import static io.archipelago.agent.SiteFixture.disk;
import static io.archipelago.agent.SiteFixture.diskKey;
import static io.archipelago.agent.SiteFixture.volume;
import static io.archipelago.agent.SiteFixture.volumeKey;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.agent.SimDrivers;
import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.agent.world.SimHost;
import io.archipelago.agent.world.Violation;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The hosts of a small simulated site, asked without an agent between: what they do is not what an agent would have had the sense to ask. */
final class DriversFixture {

    private final SiteFixture site = new SiteFixture();
    private Instant now = NINE;

    Instant now() {
        return now;
    }

    void pass(Duration duration) {
        now = now.plus(duration);
    }

    SimHost host(HostId host) {
        return site.host(host);
    }

    boolean has(HostId host, ResourceKey key) {
        return host(host).things(now).containsKey(key);
    }

    List<Violation> violations() {
        return site.site().violations();
    }

    /** Gives every kind the same latency. */
    void latency(Duration latency) {
        site.latency(latency);
    }

    void faultRate(ResourceKind kind, double rate) {
        site.site().setFaultRate(kind, rate);
    }

    void latency(ResourceKind kind, Duration latency) {
        site.site().setLatency(kind, latency);
    }

    /** Makes a volume, and the disk on the first compute host. */
    void attach(String name) throws DriverFault {
        apply(STORAGE, volumeKey(name), volume(name, COMPUTE));
        apply(COMPUTE, diskKey(name), disk(COMPUTE, name));
    }

    void apply(HostId host, ResourceKey key, ResourceSpec spec) throws DriverFault {
        drivers(host).apply(key, spec, now);
    }

    void remove(HostId host, ResourceKey key) throws DriverFault {
        drivers(host).remove(key, now);
    }

    Map<ResourceKey, Observed> observe(HostId host, ResourceKind kind) throws DriverFault {
        return drivers(host).observe(kind, Map.of(), now);
    }

    Condition condition(HostId host, ResourceKey key) throws DriverFault {
        Map<ResourceKey, Observed> seen = observe(host, key.kind());
        assertThat(seen).containsKey(key);
        return requireNonNull(seen.get(key)).condition();
    }

    /** The host refuses, and it is on record who asked for what. */
    void assertViolates(HostId host, ResourceKey key, ResourceSpec spec, String sentence) {
        assertThatThrownBy(() -> apply(host, key, spec))
                .isInstanceOf(DriverFault.class)
                .hasMessageContaining(sentence);
        assertThat(violations())
                .anyMatch(each -> each.host().equals(host)
                        && each.key().equals(key)
                        && each.what().contains(sentence));
    }

    private Drivers drivers(HostId host) {
        return SimDrivers.of(host(host));
    }
}
