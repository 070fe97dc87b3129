package io.archipelago.agent.world;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * The simulated hosts of one site, with what is really on them. It is apart from the agents, so that it outlives their crashes. Its own
 * monitor guards it and all of its hosts: whoever does more than one step holds it.
 */
public final class SimSite {

    private final Map<HostId, SimHost> hosts = new TreeMap<>();
    private final Map<ResourceKind, Duration> latency = new EnumMap<>(ResourceKind.class);
    private final List<Violation> violations = new ArrayList<>();
    private final RandomGenerator random;
    private final Map<ResourceKind, Double> faultRates = new EnumMap<>(ResourceKind.class);

    /** A site whose hosts do everything at once and never fail. */
    public SimSite(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /**
     * Adds a host with nothing on it.
     *
     * @throws IllegalArgumentException if the site has one of that name
     */
    public synchronized SimHost addHost(HostId id, SimCapacity capacity, Unsealer unsealer) {
        SimHost host = new SimHost(this, id, capacity, unsealer);
        if (hosts.putIfAbsent(id, host) != null) {
            throw new IllegalArgumentException("the site has a host " + id);
        }
        return host;
    }

    public synchronized Optional<SimHost> host(HostId id) {
        return Optional.ofNullable(hosts.get(id));
    }

    public synchronized Collection<SimHost> hosts() {
        return List.copyOf(hosts.values());
    }

    /** How long it takes from now on to make or to remove a resource of a kind. Zero: no time. */
    public synchronized void setLatency(ResourceKind kind, Duration duration) {
        latency.put(kind, duration);
    }

    public synchronized Duration latency(ResourceKind kind) {
        return latency.getOrDefault(kind, Duration.ZERO);
    }

    /** The share of steps that fail from now on, 0 to 1, of whatever kind. */
    public synchronized void setFaultRate(double rate) {
        for (ResourceKind kind : ResourceKind.values()) {
            setFaultRate(kind, rate);
        }
    }

    /** The share of steps of one kind that fail from now on, 0 to 1. */
    public synchronized void setFaultRate(ResourceKind kind, double rate) {
        faultRates.put(kind, requireRate(rate));
    }

    public synchronized double faultRate(ResourceKind kind) {
        return faultRates.getOrDefault(kind, 0.0);
    }

    /**
     * The same.
     *
     * @throws IllegalArgumentException if it is no share
     */
    public static double requireRate(double rate) {
        if (!(rate >= 0 && rate <= 1)) {
            throw new IllegalArgumentException("a fault rate lies from 0 to 1, not at " + rate);
        }
        return rate;
    }

    /** Throws the dice: whether the next step with a kind fails. */
    public synchronized boolean strikes(ResourceKind kind) {
        double rate = faultRate(kind);
        return rate > 0 && random.nextDouble() < rate;
    }

    /** Every violation, each once however often it was tried. */
    public synchronized List<Violation> violations() {
        return List.copyOf(violations);
    }

    synchronized void violated(Instant now, HostId host, ResourceKey key, String what) {
        boolean known = violations.stream()
                .anyMatch(each -> each.host().equals(host)
                        && each.key().equals(key)
                        && each.what().equals(what));
        if (!known) {
            violations.add(new Violation(now, host, key, what));
        }
    }
}
