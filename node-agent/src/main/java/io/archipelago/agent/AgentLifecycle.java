package io.archipelago.agent;

import io.archipelago.agent.AgentProcess.Home;
import io.archipelago.agent.state.HostDirectory;
import io.archipelago.contracts.Ids.SiteId;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Starts the agents with the process, and stops them with it. */
@ApplicationScoped
class AgentLifecycle {

    /** The process ends with this code when an agent for one of its hosts runs already. */
    static final int SECOND_AGENT = 4;

    private static final Logger LOG = Logger.getLogger(AgentLifecycle.class);

    private final AgentConfig config;
    private final String site;
    private final int number;
    private final String bootstrapServers;
    private volatile @Nullable AgentProcess process;

    AgentLifecycle(
            AgentConfig config,
            @ConfigProperty(name = "site.id") String site,
            @ConfigProperty(name = "site.number") int number,
            @ConfigProperty(name = "kafka.bootstrap.servers") String bootstrapServers) {
        this.config = config;
        this.site = site;
        this.number = number;
        this.bootstrapServers = bootstrapServers;
    }

    /** The running agents; nothing before they are started. */
    Optional<AgentProcess> process() {
        return Optional.ofNullable(process);
    }

    void start(@Observes StartupEvent event) throws IOException {
        try {
            process =
                    AgentProcess.start(config, new Home(new SiteId(site), number, bootstrapServers), Clock.systemUTC());
        } catch (HostDirectory.SecondAgent e) {
            LOG.error(e.getMessage());
            Quarkus.asyncExit(SECOND_AGENT);
        }
    }

    void stop(@Observes ShutdownEvent event) {
        AgentProcess running = process;
        if (running != null) {
            running.close();
        }
    }
}
