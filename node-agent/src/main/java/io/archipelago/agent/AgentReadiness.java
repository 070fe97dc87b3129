package io.archipelago.agent;

import io.archipelago.contracts.Ids.HostId;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready once every host's desired topic was read to its end. */
@Readiness
class AgentReadiness implements HealthCheck {

    private final AgentLifecycle lifecycle;

    AgentReadiness(AgentLifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    @Override
    public HealthCheckResponse call() {
        var process = lifecycle.process();
        if (process.isEmpty()) {
            return HealthCheckResponse.down("desired state");
        }
        List<HostId> late = process.get().notReady();
        return HealthCheckResponse.named("desired state")
                .withData("hosts", process.get().followers().size())
                .withData("late", late.size())
                .status(late.isEmpty())
                .build();
    }
}
