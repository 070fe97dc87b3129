package io.archipelago.agent;

import io.archipelago.agent.host.HostSettings;
import io.archipelago.agent.state.HostDirectory;
import io.archipelago.agent.state.HostDirectory.SealingKey;
import io.archipelago.agent.world.SimCapacity;
import io.archipelago.agent.world.SimHost;
import io.archipelago.agent.world.SimSite;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.HostMessage.HostRole;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.LinkDriver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/** The agents of all hosts of a simulated site. */
final class SimAgents implements AgentProcess.Crew {

    private static final Logger LOG = Logger.getLogger(SimAgents.class);

    private final List<HostDirectory> directories = new ArrayList<>();
    private final Map<HostId, SimHostRunner> runners = new LinkedHashMap<>();
    private final SimSite site;

    /**
     * Takes all hosts of the site.
     *
     * @throws HostDirectory.SecondAgent if one of them has an agent already; then none is taken
     * @throws IOException if the state directory can not be used
     */
    SimAgents(AgentConfig config, AgentProcess.Home home, AgentProcess.Means means)
            throws IOException, HostDirectory.SecondAgent {
        Map<HostId, SimCapacity> hosts = SimHosts.of(home.id(), config.sim());
        site = SimHosts.site(config.sim());
        HostSettings settings = AgentProcess.settings(config);
        try {
            for (HostId host : hosts.keySet()) {
                directories.add(HostDirectory.open(config.stateDirectory(), host));
            }
            for (HostDirectory directory : directories) {
                SealingKey key = directory.sealingKey();
                SimHost host = site.addHost(directory.host(), capacity(hosts, directory.host()), key::unseal);
                Inventory inventory = inventory(directory, host.capacity(), key, home);
                long seed = config.sim().seed();
                runners.put(directory.host(), new SimHostRunner(host, directory, settings, inventory, means, seed));
            }
        } catch (IOException | HostDirectory.SecondAgent | RuntimeException e) {
            close();
            throw e;
        }
    }

    SimSite site() {
        return site;
    }

    @Override
    public List<SimHostRunner> followers() {
        return List.copyOf(runners.values());
    }

    Optional<SimHostRunner> runner(HostId host) {
        return Optional.ofNullable(runners.get(host));
    }

    @Override
    public void close() {
        for (HostDirectory directory : directories) {
            try {
                directory.close();
            } catch (IOException e) {
                LOG.warnf("hostId=%s its lock is left behind: %s", directory.host(), e.getMessage());
            }
        }
    }

    private static SimCapacity capacity(Map<HostId, SimCapacity> hosts, HostId host) {
        return Optional.ofNullable(hosts.get(host)).orElseThrow();
    }

    private Inventory inventory(HostDirectory directory, SimCapacity capacity, SealingKey key, AgentProcess.Home home)
            throws IOException {
        boolean gateway = capacity.roles().contains(HostRole.GATEWAY);
        boolean storage = capacity.roles().contains(HostRole.STORAGE);
        int last = runners.size() % 250 + 1;
        return new Inventory(
                directory.machineId(),
                capacity.roles(),
                capacity.cpus(),
                capacity.memoryBytes(),
                capacity.pools(),
                storage ? "10.254.%d.%d:3260".formatted(home.number(), last) : "",
                capacity.cacheBytes(),
                gateway ? "10.255.%d.%d".formatted(home.number(), last) : "",
                gateway ? Map.of(LinkDriver.OPENVPN, "") : Map.of(),
                key.announced(),
                Map.of("agent", AgentProcess.version(), "drivers", "sim"),
                Map.of(),
                List.of());
    }
}
