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
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
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

    // Where no host fails heartbeats say nothing, and without them an idle host costs nothing.
    private static final HostSettings MUTE = settings(Duration.ofDays(1000));

    private static final HostSettings SPEAKING = settings(Figures.HEARTBEAT);

    private final World world;
    private final Site site;
    private final SimSite hosts;
    private final SimHost host;
    private final SplittableRandom jitter;
    private final Set<ResourceKey> wanted = new HashSet<>();
    private final Map<ResourceKey, @Nullable Instant> toldEnds = new HashMap<>();
    private SpecCopy copy = SpecCopy.EMPTY;
    private @Nullable HostAgent agent;
    private long epoch;
    private long stepAt = Long.MAX_VALUE;
    private boolean cut;
    private boolean destroyed;
    private long spokeAt;
    private long atWorkSince;

    AgentHost(World world, Site site, SimSite hosts, SimHost host) {
        this.world = world;
        this.site = site;
        this.hosts = hosts;
        this.host = host;
        this.jitter = new SplittableRandom(world.dice().seed());
        restart();
    }

    private static HostSettings settings(Duration heartbeatEvery) {
        return new HostSettings(
                heartbeatEvery,
                Duration.ofMinutes(5),
                Duration.ofSeconds(1),
                Duration.ofMinutes(20),
                Duration.ofMillis(200),
                Duration.ofSeconds(5),
                Duration.ofMillis(500),
                Duration.ofSeconds(20));
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
        return agent != null && !cut;
    }

    @Override
    public void cut() {
        cut = true;
    }

    @Override
    public void switchOff() {
        crash();
        host.cutPower(site.now());
    }

    @Override
    public void destroy() {
        switchOff();
        host.restore(new SimHost.Contents(false, Map.of(), Set.of()));
        destroyed = true;
    }

    @Override
    public void mend() {
        if (destroyed) {
            return;
        }
        if (!host.isPowered()) {
            host.restorePower();
        }
        if (cut) {
            cut = false;
            site.broker().lanesOf(this).forEach(Lane::poll);
            if (agent != null) {
                if (agent.knowledge() != HostAgent.Knowledge.FOLLOWING) {
                    read();
                }
                agent.sayAllAgain();
                stepIn(1_000);
            }
        }
        restart();
    }

    @Override
    public boolean isOn() {
        return host.isPowered();
    }

    @Override
    public boolean isDestroyed() {
        return destroyed;
    }

    @Override
    public long spokeAt() {
        return spokeAt;
    }

    @Override
    public long atWorkSince() {
        return agent == null ? Long.MAX_VALUE : atWorkSince;
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
        if (agent != null || !host.isPowered()) {
            return;
        }
        atWorkSince = world.scheduler().now();
        Inventory inventory = Objects.requireNonNull(site.inventories().get(id()));
        agent = new HostAgent(
                id(),
                ++epoch,
                world.hostsFail() ? SPEAKING : MUTE,
                SimDrivers.of(host),
                () -> inventory,
                copy,
                kept -> copy = kept,
                jitter);
        if (cut || world.dice().chance(0.3)) {
            // It finds its broker only after a first look at what it kept.
            agent.brokerUnreachable();
            step();
        }
        if (cut) {
            stepIn(1_000);
            return;
        }
        read();
        stepIn(1_000);
    }

    /** Its desired topic, from the start to the end. */
    private void read() {
        HostAgent running = Objects.requireNonNull(agent);
        wanted.clear();
        site.broker().lanesOf(this).forEach(Lane::skipToEnd);
        site.broker().compactedContents(Topics.desired(id())).forEach(this::hear);
        running.caughtUp();
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
            running.desire(
                    world.broken(Mutation.AGENT_IGNORES_THE_END)
                            ? new DesiredResource(spec.key(), spec.generation(), spec.absent(), null, spec.spec())
                            : spec);
            wanted.add(spec.key());
            toldEnds.put(spec.key(), spec.notAfter());
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
        running.beat(now).forEach(report -> publish(running, report));
        boolean idle = wanted.isEmpty() && host.things(now).isEmpty();
        boolean over = world.hostsFail() ? site.isSettled() : world.workloadOver();
        if (!(idle && over)) {
            long due = site.trueTime(later(earlier(running.nextDue(), running.nextBeat()), now.plusMillis(1)))
                    - world.scheduler().now();
            stepIn(Math.clamp(due, 1_000, 10 * Scheduler.MINUTE));
        }
    }

    /** What was made must be bearable beside what was there; what was removed must have had no user. */
    private void compare(Map<ResourceKey, ResourceSpec> before, Map<ResourceKey, ResourceSpec> after) {
        after.forEach((key, spec) -> {
            if (!spec.equals(before.get(key))) {
                world.tell(site, id().value(), () -> "makes " + Words.of(key));
                Physics.make(site, id(), after, key, spec);
            }
        });
        before.keySet().forEach(key -> {
            if (!after.containsKey(key)) {
                world.tell(site, id().value(), () -> "removed " + Words.of(key));
                Physics.remove(site, id(), removed(after, key, before), key, toldEnds.get(key));
            }
        });
    }

    private void publish(HostAgent running, Report report) {
        if (!(report instanceof Report.Said said)) {
            return;
        }
        Posted posted = switch (said.message()) {
            case ResourceObserved seen ->
                new Posted(
                        world.newMessageId(),
                        Site.observed(id(), seen.key().kind().owner()),
                        seen.key(),
                        null,
                        seen);
            case HostHeartbeat beat -> new Posted(world.newMessageId(), Topics.observed(id()), id(), null, beat);
        };
        world.storable(posted);
        world.scheduler().after(world.latency(), () -> {
            if (agent == running && !cut) {
                if (said.message() instanceof HostHeartbeat) {
                    spokeAt = world.scheduler().now();
                }
                site.broker().append(posted);
            }
        });
    }

    /** What was there when a thing was removed: what is left, and the thing itself. */
    private static Map<ResourceKey, ResourceSpec> removed(
            Map<ResourceKey, ResourceSpec> after, ResourceKey key, Map<ResourceKey, ResourceSpec> before) {
        Map<ResourceKey, ResourceSpec> there = new LinkedHashMap<>(after);
        there.put(key, Objects.requireNonNull(before.get(key)));
        return there;
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
