package io.archipelago.agent;

import io.archipelago.agent.host.HostSettings;
import io.archipelago.agent.state.HostDirectory;
import io.archipelago.agent.state.HostDirectory.SealingKey;
import io.archipelago.agent.world.SimCapacity;
import io.archipelago.agent.world.SimHost;
import io.archipelago.agent.world.SimSite;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.host.HostMessage.HostRole;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.wire.Sealed;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jboss.logging.Logger;

/** The agents of all simulated hosts of a site, in one process. */
final class AgentProcess implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(AgentProcess.class);
    private static final int THREADS = 2;

    private final List<HostDirectory> directories = new ArrayList<>();
    private final Map<HostId, HostRunner> runners = new LinkedHashMap<>();
    private final SimSite site;
    private final ScheduledExecutorService threads;
    private final Publisher publisher;
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

    private AgentProcess(AgentConfig config, Home home, Clock clock) throws IOException, HostDirectory.SecondAgent {
        Map<HostId, SimCapacity> hosts = SimHosts.of(home.id(), config.sim());
        site = SimHosts.site(config.sim());
        threads = Executors.newScheduledThreadPool(THREADS);
        publisher = new Publisher(home.id(), clock, home.bootstrapServers());
        try {
            for (HostId host : hosts.keySet()) {
                directories.add(HostDirectory.open(config.stateDirectory(), host));
            }
            for (HostDirectory directory : directories) {
                SimCapacity capacity = Objects.requireNonNull(hosts.get(directory.host()), "every host has its size");
                runners.put(directory.host(), runner(config, home, clock, directory, capacity));
            }
        } catch (IOException | HostDirectory.SecondAgent | RuntimeException e) {
            release();
            throw e;
        }
        feed = new DesiredFeed(
                home.id(), home.bootstrapServers(), config.offlineAfter(), config.createTopics(), clock, runners());
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
        LOG.infof("siteId=%s playing %d hosts", home.id(), process.runners.size());
        return process;
    }

    private HostRunner runner(AgentConfig config, Home home, Clock clock, HostDirectory directory, SimCapacity capacity)
            throws IOException {
        SealingKey key = directory.sealingKey();
        SimHost host = site.addHost(directory.host(), capacity, secret -> unseal(key, secret));
        return new HostRunner(
                host,
                directory,
                settings(config),
                inventory(directory, capacity, key, home, runners.size()),
                publisher,
                clock,
                threads,
                config.sim().seed());
    }

    SimSite site() {
        return site;
    }

    List<HostRunner> runners() {
        return List.copyOf(runners.values());
    }

    Optional<HostRunner> runner(HostId host) {
        return Optional.ofNullable(runners.get(host));
    }

    /** The hosts whose agents do not know yet what is desired. */
    List<HostId> notReady() {
        return runners.values().stream()
                .filter(runner -> !runner.isReady())
                .map(HostRunner::id)
                .toList();
    }

    @Override
    public void close() {
        feed.close();
        release();
    }

    private void release() {
        threads.shutdownNow();
        publisher.close();
        for (HostDirectory directory : directories) {
            try {
                directory.close();
            } catch (IOException e) {
                LOG.warnf("hostId=%s its lock is left behind: %s", directory.host(), e.getMessage());
            }
        }
    }

    private static Optional<String> unseal(SealingKey key, String secret) {
        try {
            return Optional.of(Sealed.unseal(key.secret(), secret));
        } catch (Sealed.CannotUnseal e) {
            return Optional.empty();
        }
    }

    private static Inventory inventory(
            HostDirectory directory, SimCapacity capacity, SealingKey key, Home home, int index) throws IOException {
        boolean gateway = capacity.roles().contains(HostRole.GATEWAY);
        return new Inventory(
                directory.machineId(),
                capacity.roles(),
                capacity.cpus(),
                capacity.memoryBytes(),
                capacity.pools(),
                capacity.roles().contains(HostRole.STORAGE)
                        ? "10.254.%d.%d:3260".formatted(home.number(), index % 250 + 1)
                        : "",
                capacity.cacheBytes(),
                gateway ? "10.255.%d.%d".formatted(home.number(), index % 250 + 1) : "",
                gateway ? Map.of(LinkDriver.OPENVPN, "") : Map.of(),
                key.announced(),
                Map.of("agent", version(), "drivers", "sim"),
                Map.of(),
                List.of());
    }

    private static HostSettings settings(AgentConfig config) {
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

    private static String version() {
        String version = AgentProcess.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
