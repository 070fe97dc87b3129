package io.archipelago.agent;

import io.archipelago.agent.drivers.Drivers;
import io.archipelago.agent.host.HostAgent;
import io.archipelago.agent.host.HostSettings;
import io.archipelago.agent.host.Report;
import io.archipelago.agent.host.SpecCopy;
import io.archipelago.agent.world.SimHost;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** An agent on a simulated host, its desired topic, what it reported, and what it keeps over a crash. */
public final class AgentFixture {

    private final SimHost host;
    private final SplittableRandom random;
    private final Map<ResourceKey, DesiredResource> topic = new HashMap<>();
    private final List<Report> reports = new ArrayList<>();
    private final Map<ResourceKey, ResourceObserved> last = new HashMap<>();
    private Drivers drivers;
    private SpecCopy copy = SpecCopy.EMPTY;
    private boolean diskFull;
    private long epoch;
    private @Nullable HostAgent agent;

    AgentFixture(SimHost host, long seed) {
        this.host = host;
        this.random = new SplittableRandom(seed);
        this.drivers = SimDrivers.of(host);
        start();
    }

    /** Starts the agent anew, with what the last one kept; it has not yet read anything. */
    public HostAgent start() {
        agent = new HostAgent(
                host.id(), ++epoch, HostSettings.DEFAULT, drivers, this::inventory, copy, this::keep, random.split());
        return agent;
    }

    /** Kills the agent. */
    public void crash() {
        agent = null;
    }

    /** Uses other drivers from the next start on. */
    public void drive(Drivers others) {
        drivers = others;
    }

    public void fillDisk(boolean full) {
        diskFull = full;
    }

    public SpecCopy copy() {
        return copy;
    }

    public HostAgent agent() {
        return Optional.ofNullable(agent).orElseThrow();
    }

    /** The agent reads its topic to the end. */
    public void caughtUp() {
        topic.values().forEach(agent()::desire);
        agent().caughtUp();
    }

    public AgentFixture wants(ResourceKey key, long generation, ResourceSpec spec) {
        return tells(new DesiredResource(key, generation, false, null, spec));
    }

    public AgentFixture wantsUntil(Instant notAfter, ResourceKey key, long generation, ResourceSpec spec) {
        return tells(new DesiredResource(key, generation, false, notAfter, spec));
    }

    public AgentFixture wantsGone(ResourceKey key, long generation, ResourceSpec spec) {
        return tells(new DesiredResource(key, generation, true, null, spec));
    }

    /** Publishes a specification, and delivers it if the agent lives. */
    public AgentFixture tells(DesiredResource spec) {
        topic.put(spec.key(), spec);
        if (agent != null) {
            agent.desire(spec);
        }
        return this;
    }

    public AgentFixture tombstone(ResourceKey key) {
        topic.remove(key);
        if (agent != null) {
            agent.forget(key);
        }
        return this;
    }

    public Instant nextDue() {
        if (agent == null) {
            return Instant.MAX;
        }
        return agent.nextDue().isBefore(agent.nextBeat()) ? agent.nextDue() : agent.nextBeat();
    }

    public List<Report> step(Instant now) {
        List<Report> said = new ArrayList<>();
        if (agent != null) {
            said.addAll(agent.step(now));
            said.addAll(agent.beat(now));
        }
        reports.addAll(said);
        for (Report report : said) {
            if (report instanceof Report.Said each && each.message() instanceof ResourceObserved observed) {
                last.put(observed.key(), observed);
            }
        }
        return said;
    }

    public List<Report> reports() {
        return List.copyOf(reports);
    }

    public void forgetReports() {
        reports.clear();
        last.clear();
    }

    public List<ResourceObserved> said(ResourceKey key) {
        return reports.stream()
                .filter(report -> report.key().equals(key.toString()) && report instanceof Report.Said)
                .map(report -> (ResourceObserved) ((Report.Said) report).message())
                .toList();
    }

    /** The phases that were reported of a resource, in their order. */
    public List<Phase> phases(ResourceKey key) {
        return said(key).stream().map(ResourceObserved::phase).toList();
    }

    /** The last report of a resource; fails if there is none. */
    public ResourceObserved last(ResourceKey key) {
        return lastSaid(key).orElseThrow();
    }

    /** What is known of a resource by whoever heard every report. */
    public Optional<ResourceObserved> lastSaid(ResourceKey key) {
        return Optional.ofNullable(last.get(key));
    }

    public List<HostHeartbeat> heartbeats() {
        return reports.stream()
                .filter(report -> report instanceof Report.Said said && said.message() instanceof HostHeartbeat)
                .map(report -> (HostHeartbeat) ((Report.Said) report).message())
                .toList();
    }

    private Inventory inventory() {
        return new Inventory(
                "machine-of-" + host.id(),
                host.capacity().roles(),
                host.capacity().cpus(),
                host.capacity().memoryBytes(),
                host.capacity().pools(),
                "",
                host.capacity().cacheBytes(),
                "",
                Map.of(),
                "key",
                Map.of(),
                Map.of(),
                List.of());
    }

    private void keep(SpecCopy next) {
        if (diskFull) {
            throw new UncheckedIOException(new IOException("no space left on device"));
        }
        copy = next;
    }
}
