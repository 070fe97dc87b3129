package io.archipelago.agent;

import io.archipelago.agent.drivers.Drivers;
import io.archipelago.agent.host.HostAgent;
import io.archipelago.agent.host.HostSettings;
import io.archipelago.agent.host.Report;
import io.archipelago.agent.state.HostDirectory;
import io.archipelago.agent.world.SimHost;
import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.ResourceKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Plays a simulated host with its agent, and the mishaps that may befall them. */
final class SimHostRunner implements Follower, HostRunner.Outlet {

    private static final Logger LOG = Logger.getLogger(SimHostRunner.class);

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
    private final AgentProcess.Means means;
    private final long seed;

    /** What the desired topic holds, for the host's next start. */
    private final Map<ResourceKey, Envelope> topic = new HashMap<>();

    private final Set<ResourceKey> missedTombstones = new HashSet<>();

    /** Held while what is on the host is written. */
    private final Object keeping = new Object();

    private HostRunner runner;
    private volatile Mode mode = Mode.RUNNING;
    private boolean topicRead;
    private long keptVersion;

    SimHostRunner(
            SimHost host,
            HostDirectory directory,
            HostSettings settings,
            Inventory inventory,
            AgentProcess.Means means,
            long seed)
            throws IOException {
        this.host = host;
        this.drivers = SimDrivers.of(host);
        this.directory = directory;
        this.settings = settings;
        this.inventory = inventory;
        this.means = means;
        this.seed = seed;
        directory.world().ifPresent(host::restore);
        this.keptVersion = host.version();
        this.runner = newRunner();
        if (!host.isPowered()) {
            mode = Mode.OFF;
            runner.halt();
        }
    }

    @Override
    public HostId id() {
        return host.id();
    }

    SimHost host() {
        return host;
    }

    Drivers drivers() {
        return drivers;
    }

    Mode mode() {
        return mode;
    }

    synchronized long epoch() {
        return runner.epoch();
    }

    @Override
    public synchronized boolean isReady() {
        return mode != Mode.RUNNING || runner.isReady();
    }

    @Override
    public synchronized void hear(ResourceKey key, @Nullable Envelope envelope) {
        if (envelope == null) {
            topic.remove(key);
        } else {
            topic.put(key, envelope);
        }
        if (hears()) {
            runner.hear(key, envelope);
        } else if (envelope == null) {
            missedTombstones.add(key);
        }
    }

    @Override
    public synchronized void heard() {
        runner.heard();
    }

    @Override
    public synchronized void caughtUp() {
        topicRead = true;
        if (hears()) {
            runner.caughtUp();
        }
    }

    @Override
    public synchronized void brokerUnreachable() {
        runner.brokerUnreachable();
    }

    private boolean hears() {
        return mode == Mode.RUNNING || mode == Mode.SILENT;
    }

    /** Lets a mishap befall the host, or ends it. */
    synchronized void setMode(Mode next) throws IOException {
        if (next == mode) {
            return;
        }
        Mode before = mode;
        LOG.infof("hostId=%s mode from %s to %s", host.id(), before, next);
        runner.halt();
        mode = next;
        if (next == Mode.OFF) {
            host.cutPower(means.clock().instant());
            keepWorld();
            return;
        }
        if (before == Mode.OFF) {
            host.restorePower();
            runner = newRunner();
        }
        if (next == Mode.CUT_OFF) {
            runner.brokerUnreachable();
        } else {
            missedTombstones.forEach(key -> runner.hear(key, null));
            missedTombstones.clear();
            topic.forEach(runner::hear);
            if (topicRead) {
                runner.caughtUp();
            }
            runner.sayAllAgain();
        }
        if (next == Mode.SILENT) {
            runner.halt();
        } else {
            runner.goOn();
        }
    }

    /** Changes what is on the host, behind the agent's back. */
    void meddle(Runnable mishap) {
        mishap.run();
        keepWorld();
    }

    /** What will be reported is still there when the process is killed. */
    @Override
    public void stepped() {
        keepWorld();
    }

    @Override
    public void publish(Report report, String correlationId, Runnable onLoss) {
        if (mode != Mode.CUT_OFF) {
            means.publisher().publish(host.id(), report, correlationId, onLoss);
        }
    }

    private HostRunner newRunner() throws IOException {
        HostAgent agent = new HostAgent(
                host.id(),
                directory.nextEpoch(means.clock().instant()),
                settings,
                drivers,
                () -> inventory,
                directory.specs(),
                directory::keep,
                new SplittableRandom(seed ^ host.id().value().hashCode()));
        return new HostRunner(agent, this, means.clock(), means.threads());
    }

    private void keepWorld() {
        synchronized (keeping) {
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
    }
}
