package io.archipelago.bus;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready once the relay runs, be it active or standing by; the database's and the channels' own checks say the rest. */
@Readiness
@ApplicationScoped
class RelayHealth implements HealthCheck {

    private final OutboxRelay relay;
    private final BusConfig config;

    RelayHealth(OutboxRelay relay, BusConfig config) {
        this.relay = relay;
        this.config = config;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("outbox relay")
                .withData("role", relay.isActive() ? "active" : "standby")
                .status(relay.isRunning() || !config.relay().enabled())
                .build();
    }
}
