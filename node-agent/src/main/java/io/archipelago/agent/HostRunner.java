package io.archipelago.agent;

import io.archipelago.agent.drivers.Drivers;
import io.archipelago.agent.host.HostAgent;
import io.archipelago.agent.host.HostSettings;
import io.archipelago.agent.host.Report;
import io.archipelago.agent.state.HostDirectory;
import io.archipelago.agent.world.SimHost;
import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Runs the agent of one simulated host in real time, and plays the mishaps that may befall it. */
final class HostRunner {

    private static final Logger LOG = Logger.getLogger(HostRunner.class);
    private static final Duration AFTER_A_BUG = Duration.ofSeconds(5);

    /** So that an agent whose clock was set back finds out. */
    private static final Duration LONGEST_SLEEP = Duration.ofSeconds(5);

    /** How a host and its agent fare. */
    enum Mode {
        /** Well. */
        RUNNING,
        /** The agent does nothing and says nothing; what is on the host goes on. */
        SILENT,
        /** The agent works, and neither hears from the broker nor reaches it. */
        CUT_OFF,
        /** The host has no power. */
        OFF
    }

    private final SimHost host;
    private final Drivers drivers;
    private final HostDirectory directory;
    private final HostSettings settings;
    private final Inventory inventory;
    private final Publisher publisher;
    private final Clock clock;
    private final ScheduledExecutorService threads;
    private final long seed;

    /** What the desired topic holds, for the host's next start. */
    private final Map<ResourceKey, Envelope> topic = new HashMap<>();

    private final Set<ResourceKey> missedTombstones = new HashSet<>();
    private final AtomicBoolean lost = new AtomicBoolean();

    private HostAgent agent;
    private Mode mode = Mode.RUNNING;
    private boolean topicRead;
    private long keptVersion;
    private Instant wakeAt = Instant.MAX;

    HostRunner(
            SimHost host,
            HostDirectory directory,
            HostSettings settings,
            Inventory inventory,
            Publisher publisher,
            Clock clock,
            ScheduledExecutorService threads,
            long seed)
            throws IOException {
        this.host = host;
        this.drivers = SimDrivers.of(host);
        this.directory = directory;
        this.settings = settings;
        this.inventory = inventory;
        this.publisher = publisher;
        this.clock = clock;
        this.threads = threads;
        this.seed = seed;
        directory.world().ifPresent(host::restore);
        this.keptVersion = host.version();
        this.agent = newAgent();
        if (!host.isPowered()) {
            mode = Mode.OFF;
        }
    }

    HostId id() {
        return host.id();
    }

    SimHost host() {
        return host;
    }

    Drivers drivers() {
        return drivers;
    }

    synchronized Mode mode() {
        return mode;
    }

    synchronized long epoch() {
        return agent.epoch();
    }

    /** Whether the agent knows all that is desired, or can not be expected to. */
    synchronized boolean isReady() {
        return mode != Mode.RUNNING || agent.knowledge() == HostAgent.Knowledge.FOLLOWING;
    }

    /** A message of the desired topic; no envelope: a tombstone. */
    synchronized void hear(ResourceKey key, @Nullable Envelope envelope) {
        if (envelope == null) {
            topic.remove(key);
        } else {
            topic.put(key, envelope);
        }
        if (mode == Mode.RUNNING || mode == Mode.SILENT) {
            tell(key, envelope);
        } else if (envelope == null) {
            missedTombstones.add(key);
        }
    }

    /** The desired topic was read to its end. */
    synchronized void caughtUp() {
        topicRead = true;
        if (mode == Mode.RUNNING || mode == Mode.SILENT) {
            agent.caughtUp();
        }
        wake(clock.instant());
    }

    synchronized void brokerUnreachable() {
        agent.brokerUnreachable();
        wake(clock.instant());
    }

    /** Messages have come: the next step is due. */
    synchronized void wake() {
        wake(clock.instant());
    }

    /** Lets a mishap befall the host, or ends it. */
    synchronized void setMode(Mode next) throws IOException {
        if (next == mode) {
            return;
        }
        Mode before = mode;
        mode = next;
        LOG.infof("hostId=%s mode from %s to %s", host.id(), before, next);
        if (next == Mode.OFF) {
            host.cutPower(clock.instant());
            keepWorld();
            return;
        }
        if (before == Mode.OFF) {
            host.restorePower();
            agent = newAgent();
        }
        if (next == Mode.CUT_OFF) {
            agent.brokerUnreachable();
        } else {
            missedTombstones.forEach(agent::forget);
            missedTombstones.clear();
            topic.forEach(this::tell);
            if (topicRead) {
                agent.caughtUp();
            }
            agent.sayAllAgain();
        }
        wake(clock.instant());
    }

    /** Changes what is on the host, behind the agent's back. */
    synchronized void meddle(Runnable mishap) {
        mishap.run();
        keepWorld();
    }

    private HostAgent newAgent() throws IOException {
        return new HostAgent(
                host.id(),
                directory.nextEpoch(clock.instant()),
                settings,
                drivers,
                () -> inventory,
                directory.specs(),
                directory::keep,
                new SplittableRandom(seed ^ host.id().value().hashCode()));
    }

    private void tell(ResourceKey key, @Nullable Envelope envelope) {
        if (envelope != null && envelope.message() instanceof DesiredResource desired) {
            agent.desire(desired);
        } else {
            agent.forget(key);
        }
    }

    private synchronized void run(Instant target) {
        if (!target.equals(wakeAt)) {
            return;
        }
        wakeAt = Instant.MAX;
        if (mode == Mode.OFF || mode == Mode.SILENT) {
            return;
        }
        Instant next;
        try {
            step();
            next = agent.nextDue();
        } catch (RuntimeException e) {
            LOG.errorf(e, "hostId=%s step failed", host.id());
            agent.sayAllAgain();
            next = clock.instant().plus(AFTER_A_BUG);
        }
        wake(next);
    }

    private void step() {
        if (lost.getAndSet(false)) {
            agent.sayAllAgain();
        }
        Iterable<Report> reports = agent.step(clock.instant());
        keepWorld();
        if (mode == Mode.CUT_OFF) {
            return;
        }
        for (Report report : reports) {
            publisher.publish(host.id(), report, correlationId(report), () -> lost.set(true));
            if (report instanceof Report.Said said && said.message() instanceof ResourceObserved observed) {
                boolean worthKnowing = observed.phase() == Phase.FAILED || observed.generation() == 0;
                LOG.logf(
                        worthKnowing ? Logger.Level.WARN : Logger.Level.DEBUG,
                        "hostId=%s key=%s generation=%d phase=%s %s",
                        host.id(),
                        observed.key(),
                        observed.generation(),
                        observed.phase(),
                        observed.reason());
            }
        }
    }

    private String correlationId(Report report) {
        if (report instanceof Report.Said said && said.message() instanceof ResourceObserved observed) {
            Envelope cause = topic.get(observed.key());
            return cause == null ? report.key() : cause.correlationId();
        }
        return report.key();
    }

    /** Before anything is reported: what was reported is still there when the process is killed. */
    private void keepWorld() {
        long version = host.version();
        if (version == keptVersion) {
            return;
        }
        try {
            directory.keep(host.contents());
            keptVersion = version;
        } catch (UncheckedIOException e) {
            LOG.errorf("hostId=%s cannot keep what is on the simulated host: %s", host.id(), e.getMessage());
        }
    }

    private void wake(Instant at) {
        if (!at.isBefore(wakeAt)) {
            return;
        }
        wakeAt = at;
        Instant now = clock.instant();
        Duration pause = at.isAfter(now) ? Duration.between(now, at) : Duration.ZERO;
        long sleep = pause.compareTo(LONGEST_SLEEP) < 0 ? pause.toNanos() : LONGEST_SLEEP.toNanos();
        try {
            var unused = threads.schedule(() -> run(at), sleep, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debugf("hostId=%s not woken: the process is stopping", host.id());
        }
    }
}
