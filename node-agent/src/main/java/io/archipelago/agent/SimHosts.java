package io.archipelago.agent;

import io.archipelago.agent.world.SimCapacity;
import io.archipelago.agent.world.SimSite;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.host.ResourceKind;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/** The simulated hosts that the configuration asks for. */
final class SimHosts {

    private SimHosts() {}

    static Map<HostId, SimCapacity> of(SiteId site, AgentConfig.Sim config) {
        Map<HostId, SimCapacity> hosts = new LinkedHashMap<>();
        for (int i = 1; i <= within("compute-hosts", config.computeHosts(), 999); i++) {
            hosts.put(
                    new HostId("%s-c%02d".formatted(site, i)),
                    SimCapacity.compute(config.cpus(), config.memory().bytes()));
        }
        for (int i = 1; i <= within("gateway-hosts", config.gatewayHosts(), 99); i++) {
            hosts.put(
                    new HostId("%s-g%d".formatted(site, i)),
                    SimCapacity.gateway(config.cacheBytes().bytes()));
        }
        for (int i = 1; i <= within("storage-hosts", config.storageHosts(), 99); i++) {
            hosts.put(
                    new HostId("%s-s%d".formatted(site, i)),
                    SimCapacity.storage(config.pool(), config.poolBytes().bytes()));
        }
        return hosts;
    }

    static SimSite site(AgentConfig.Sim config) {
        SimSite site = new SimSite(config.seed());
        for (ResourceKind kind : ResourceKind.values()) {
            site.setFaultRate(kind, faultRate(kind, config));
            site.setLatency(kind, config.instant() ? Duration.ZERO : latency(kind, config.latency()));
        }
        return site;
    }

    private static Duration latency(ResourceKind kind, AgentConfig.Latency latency) {
        return switch (kind) {
            case MACHINE -> latency.machine();
            case SEGMENT -> latency.segment();
            case LINK -> latency.link();
            case VOLUME -> latency.volume();
            case DISK -> latency.disk();
            case CACHE -> latency.cache();
        };
    }

    private static double faultRate(ResourceKind kind, AgentConfig.Sim config) {
        OptionalDouble own = ownFaultRate(kind, config.faultRates());
        return own.isPresent()
                ? share("fault-rates." + kind.wireName(), own.getAsDouble())
                : share("fault-rate", config.faultRate());
    }

    private static OptionalDouble ownFaultRate(ResourceKind kind, AgentConfig.FaultRates rates) {
        return switch (kind) {
            case MACHINE -> rates.machine();
            case SEGMENT -> rates.segment();
            case LINK -> rates.link();
            case VOLUME -> rates.volume();
            case DISK -> rates.disk();
            case CACHE -> rates.cache();
        };
    }

    private static double share(String key, double value) {
        try {
            return SimSite.requireRate(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("agent.sim.%s: %s".formatted(key, e.getMessage()), e);
        }
    }

    private static int within(String key, int value, int most) {
        if (value < 0 || value > most) {
            throw new IllegalArgumentException(
                    "agent.sim.%s is a number from 0 to %d, not %d".formatted(key, most, value));
        }
        return value;
    }
}
