package io.archipelago.agent;

import io.archipelago.agent.host.HostAgent;
import io.archipelago.agent.host.Report;
import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Runs the agent of one host in real time: tells it what it has to hear, lets it step and beat when that is due, publishes what it says. */
final class HostRunner implements Follower {

    private static final Logger LOG = Logger.getLogger(HostRunner.class);
    private static final Duration UNTIL_THE_FIRST_LOOK = Duration.ofSeconds(1);
    private static final Duration AFTER_A_BUG = Duration.ofSeconds(5);

    private final HostAgent agent;
    private final Outlet outlet;
    private final Clock clock;
    private final Alarm steps;
    private final Alarm beats;
    private final Map<ResourceKey, String> correlations = new ConcurrentHashMap<>();
    private final AtomicBoolean lost = new AtomicBoolean();

    /** Held while a step is done: whoever has it sees none half done. */
    private final Object stepping = new Object();

    /** The same for a heartbeat. */
    private final Object beating = new Object();

    private volatile boolean halted;

    /** Where the reports of an agent go. */
    interface Outlet {

        /** A step was done; nothing of what it reports has been published yet. */
        void stepped();

        /**
         * Publishes a report, in the order of the calls of one key.
         *
         * @param onLoss called if the broker did not take it
         */
        void publish(Report report, String correlationId, Runnable onLoss);
    }

    /**
     * A runner that waits to be told something.
     *
     * @param threads two of them at least are for this host: its heart beats while it steps
     */
    HostRunner(HostAgent agent, Outlet outlet, Clock clock, ScheduledExecutorService threads) {
        this.agent = agent;
        this.outlet = outlet;
        this.clock = clock;
        this.steps = new Alarm(clock, threads, this::step);
        this.beats = new Alarm(clock, threads, this::beat);
    }

    @Override
    public HostId id() {
        return agent.host();
    }

    long epoch() {
        return agent.epoch();
    }

    @Override
    public void hear(ResourceKey key, @Nullable Envelope envelope) {
        if (envelope != null && envelope.message() instanceof DesiredResource desired) {
            correlations.put(key, envelope.correlationId());
            agent.desire(desired);
        } else {
            correlations.remove(key);
            agent.forget(key);
        }
    }

    @Override
    public void heard() {
        steps.now();
    }

    @Override
    public void caughtUp() {
        agent.caughtUp();
        steps.now();
        // The first look may hang, and the host is to say that it lives all the same.
        beats.now();
    }

    @Override
    public void brokerUnreachable() {
        agent.brokerUnreachable();
        steps.now();
    }

    @Override
    public boolean isReady() {
        return agent.knowledge() == HostAgent.Knowledge.FOLLOWING;
    }

    /** Something on the host may have changed. */
    void look() {
        agent.look();
        steps.now();
    }

    /** Something that was reported may not have arrived. */
    void sayAllAgain() {
        agent.sayAllAgain();
        steps.now();
    }

    /** Lets the agent do nothing and say nothing from now on; a step that is being done is waited for. */
    void halt() {
        synchronized (stepping) {
            synchronized (beating) {
                halted = true;
            }
        }
    }

    /** Lets it go on. */
    void goOn() {
        synchronized (stepping) {
            halted = false;
        }
        steps.now();
    }

    private Instant step() {
        synchronized (stepping) {
            if (halted) {
                return Instant.MAX;
            }
            try {
                if (lost.getAndSet(false)) {
                    agent.sayAllAgain();
                }
                List<Report> reports = agent.step(clock.instant());
                if (Thread.currentThread().isInterrupted()) {
                    // The agent is being stopped: what was cut off says nothing of the host, and the next agent looks
                    // anew.
                    return Instant.MAX;
                }
                outlet.stepped();
                reports.forEach(this::publish);
            } catch (RuntimeException e) {
                LOG.errorf(e, "hostId=%s step failed", id());
                agent.failed(e);
                agent.sayAllAgain();
                return clock.instant().plus(AFTER_A_BUG);
            } finally {
                beats.set(agent.nextBeat());
            }
            return agent.nextDue();
        }
    }

    private Instant beat() {
        synchronized (beating) {
            if (halted) {
                return Instant.MAX;
            }
            try {
                agent.beat(clock.instant()).forEach(this::publish);
                Instant next = agent.nextBeat();
                return next.equals(Instant.MAX) ? clock.instant().plus(UNTIL_THE_FIRST_LOOK) : next;
            } catch (RuntimeException e) {
                LOG.errorf(e, "hostId=%s heartbeat failed", id());
                return clock.instant().plus(AFTER_A_BUG);
            }
        }
    }

    private void publish(Report report) {
        outlet.publish(report, correlationId(report), () -> lost.set(true));
        if (report instanceof Report.Said said && said.message() instanceof ResourceObserved observed) {
            boolean worthKnowing = observed.phase() == Phase.FAILED || observed.generation() == 0;
            LOG.logf(
                    worthKnowing ? Logger.Level.WARN : Logger.Level.DEBUG,
                    "hostId=%s key=%s generation=%d phase=%s %s",
                    id(),
                    observed.key(),
                    observed.generation(),
                    observed.phase(),
                    observed.reason());
        }
    }

    private String correlationId(Report report) {
        return report instanceof Report.Said said && said.message() instanceof ResourceObserved observed
                ? correlations.getOrDefault(observed.key(), report.key())
                : report.key();
    }
}
