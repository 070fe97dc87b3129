package io.archipelago.agent;

import io.archipelago.agent.host.HostSettings;
import io.archipelago.agent.state.HostDirectory;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.SiteId;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jboss.logging.Logger;

/** The agents of a process with their ways to the broker: of the host it runs on, or of all simulated hosts of a site. */
final class AgentProcess implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(AgentProcess.class);

    /** A host's step, its heartbeat, and a look at its inventory may all take place at once. */
    private static final int THREADS = 3;

    private final ScheduledExecutorService threads;
    private final Publisher publisher;
    private final Crew crew;
    private final DesiredFeed feed;

    /**
     * Where the agents belong.
     *
     * @param id the site
     * @param number its number, 1 to 255
     * @param bootstrapServers its broker
     */
    record Home(SiteId id, int number, String bootstrapServers) {
        Home {
            if (number < 1 || number > 255) {
                throw new IllegalArgumentException("site.number is a number from 1 to 255, not " + number);
            }
        }
    }

    /** What all agents of a process share. */
    record Means(Publisher publisher, Clock clock, ScheduledExecutorService threads) {}

    /** The agents that a process consists of. */
    interface Crew extends AutoCloseable {

        /** One for each host. */
        List<? extends Follower> followers();

        /** Lets others have the hosts. */
        @Override
        void close();
    }

    private AgentProcess(AgentConfig config, Home home, Clock clock) throws IOException, HostDirectory.SecondAgent {
        threads = Executors.newScheduledThreadPool(THREADS);
        publisher = new Publisher(home, clock);
        try {
            Means means = new Means(publisher, clock, threads);
            crew = switch (config.drivers()) {
                case SIM -> new SimAgents(config, home, means);
                case LINUX -> new LinuxAgent(config, means);
            };
        } catch (IOException | HostDirectory.SecondAgent | RuntimeException e) {
            threads.shutdownNow();
            publisher.close();
            throw e;
        }
        feed = new DesiredFeed(home, config, clock, crew.followers());
    }

    /**
     * Starts the agents.
     *
     * @throws HostDirectory.SecondAgent if one of the hosts has an agent already; then none is started
     * @throws IOException if the state directory can not be used
     */
    static AgentProcess start(AgentConfig config, Home home, Clock clock)
            throws IOException, HostDirectory.SecondAgent {
        AgentProcess process = new AgentProcess(config, home, clock);
        process.feed.start();
        LOG.infof(
                "siteId=%s agent of %d hosts, drivers %s",
                home.id(), process.followers().size(), config.drivers());
        return process;
    }

    List<? extends Follower> followers() {
        return crew.followers();
    }

    /** The simulated hosts; nothing if the host is real. */
    Optional<SimAgents> simulated() {
        return crew instanceof SimAgents agents ? Optional.of(agents) : Optional.empty();
    }

    /** The hosts whose agents do not know yet what is desired. */
    List<HostId> notReady() {
        return followers().stream()
                .filter(follower -> !follower.isReady())
                .<HostId>map(Follower::id)
                .toList();
    }

    @Override
    public void close() {
        feed.close();
        threads.shutdownNow();
        publisher.close();
        crew.close();
    }

    static HostSettings settings(AgentConfig config) {
        HostSettings usual = HostSettings.DEFAULT;
        return new HostSettings(
                config.heartbeatEvery(),
                config.reconcileEvery(),
                config.settleEvery(),
                config.repeatEvery(),
                usual.waitFirst(),
                usual.waitMost(),
                usual.retryFirst(),
                usual.retryMost());
    }

    static String version() {
        String version = AgentProcess.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
