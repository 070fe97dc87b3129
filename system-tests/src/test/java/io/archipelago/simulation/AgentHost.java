package io.archipelago.simulation;

import io.archipelago.agent.SimDrivers;
import io.archipelago.agent.host.HostAgent;
import io.archipelago.agent.host.HostSettings;
import io.archipelago.agent.host.Report;
import io.archipelago.agent.host.SpecCopy;
import io.archipelago.agent.world.SimHost;
import io.archipelago.agent.world.SimSite;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A host with production's agent and its simulated drivers. */
final class AgentHost implements Host {

    // Heartbeats say nothing here, and without them an idle host costs nothing.
    private static final HostSettings SETTINGS = new HostSettings(
            Duration.ofDays(1000),
            Duration.ofMinutes(5),
            Duration.ofSeconds(1),
            Duration.ofMinutes(20),
            Duration.ofMillis(200),
            Duration.ofSeconds(5),
            Duration.ofMillis(500),
            Duration.ofSeconds(20));

    private final World world;
    private final Site site;
    private final SimSite hosts;
    private final SimHost host;
    private final SplittableRandom jitter;
    private final Set<ResourceKey> wanted = new HashSet<>();
    private SpecCopy copy = SpecCopy.EMPTY;
    private @Nullable HostAgent agent;
    private long epoch;
    private long stepAt = Long.MAX_VALUE;

    AgentHost(World world, Site site, SimSite hosts, SimHost host) {
        this.world = world;
        this.site = site;
        this.hosts = hosts;
        this.host = host;
        this.jitter = new SplittableRandom(world.dice().seed());
        restart();
    }

    @Override
    public HostId id() {
        return host.id();
    }

    @Override
    public Map<ResourceKey, ResourceSpec> things() {
        Map<ResourceKey, ResourceSpec> things = new LinkedHashMap<>();
        host.things(site.now()).forEach((key, thing) -> things.put(key, thing.spec()));
        return things;
    }

    @Override
    public boolean isUp() {
        return agent != null;
    }

    @Override
    public void take(Lane.Delivery delivery) {
        hear(delivery.posted());
        delivery.done();
        stepIn(world.dice().between(1_000L, 200_000L));
    }

    @Override
    public void crash() {
        agent = null;
        stepAt = Long.MAX_VALUE;
    }

    @Override
    public void restart() {
        if (agent != null) {
            return;
        }
        Inventory inventory = Objects.requireNonNull(site.inventories().get(id()));
        agent = new HostAgent(
                id(), ++epoch, SETTINGS, SimDrivers.of(host), () -> inventory, copy, kept -> copy = kept, jitter);
        if (world.dice().chance(0.3)) {
            // It finds its broker only after a first look at what it kept.
            agent.brokerUnreachable();
            step();
        }
        wanted.clear();
        site.broker().lanesOf(this).forEach(Lane::skipToEnd);
        site.broker().compactedContents(Topics.desired(id())).forEach(this::hear);
        agent.caughtUp();
        stepIn(1_000);
    }

    @Override
    public void clockJumped() {
        stepIn(1_000);
    }

    @Override
    public void poke() {}

    private void hear(Posted posted) {
        HostAgent running = Objects.requireNonNull(agent);
        if (posted.message() instanceof DesiredResource spec) {
            running.desire(spec);
            wanted.add(spec.key());
        } else {
            running.forget((ResourceKey) posted.key());
            wanted.remove((ResourceKey) posted.key());
        }
    }

    private void stepIn(long delay) {
        long at = world.scheduler().now() + delay;
        if (at < stepAt) {
            stepAt = at;
            world.scheduler().at(at, () -> {
                if (stepAt == at) {
                    stepAt = Long.MAX_VALUE;
                    if (agent != null) {
                        step();
                    }
                }
            });
        }
    }

    private void step() {
        HostAgent running = Objects.requireNonNull(agent);
        hosts.setFaultRate(world.calm() ? 0 : 0.03);
        Map<ResourceKey, ResourceSpec> before = things();
        Instant now = site.now();
        List<Report> reports = running.step(now);
        compare(before, things());
        hosts.violations().stream().findFirst().ifPresent(violation -> {
            throw new InvariantBroken(violation.host() + ": " + Words.of(violation.key()) + " " + violation.what());
        });
        reports.forEach(report -> publish(running, report));
        boolean idle = wanted.isEmpty() && host.things(now).isEmpty();
        if (!(idle && world.workloadOver())) {
            long due = site.trueTime(later(running.nextDue(), now.plusMillis(1)))
                    - world.scheduler().now();
            stepIn(Math.clamp(due, 1_000, 10 * Scheduler.MINUTE));
        }
    }

    /** What was made must be bearable beside what was there; what was removed must have had no user. */
    private void compare(Map<ResourceKey, ResourceSpec> before, Map<ResourceKey, ResourceSpec> after) {
        after.forEach((key, spec) -> {
            if (!spec.equals(before.get(key))) {
                world.tell(site, id().value(), () -> "makes " + Words.of(key));
                Physics.make(site, id(), after, key, spec, world.strays());
            }
        });
        before.keySet().forEach(key -> {
            if (!after.containsKey(key)) {
                world.tell(site, id().value(), () -> "removed " + Words.of(key));
                Physics.remove(id(), after, key);
            }
        });
    }

    private void publish(HostAgent running, Report report) {
        if (report instanceof Report.Said said && said.message() instanceof ResourceObserved seen) {
            Posted posted = new Posted(
                    world.newMessageId(), Site.observed(id(), seen.key().kind().owner()), seen.key(), null, seen);
            world.storable(posted);
            world.scheduler().after(world.latency(), () -> {
                if (agent == running) {
                    site.broker().append(posted);
                }
            });
        }
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
