package io.archipelago.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a relay begins. */
@QuarkusTest
class RelayStartIT {

    @Inject
    Vertx vertx;

    @Inject
    Pool pool;

    @Inject
    BusConfig config;

    @Inject
    BusMetrics metrics;

    private final CompletableFuture<Void> first = new CompletableFuture<>();
    private final CompletableFuture<Void> second = new CompletableFuture<>();
    private OutboxRelay relay;

    @BeforeEach
    void aRelayBehindTwoGates() {
        relay = new OutboxRelay(vertx, pool, config, metrics, () -> {
            throw new IllegalStateException("the service's own relay has the lock");
        });
        relay.startAfter(List.of(() -> first, () -> second));
    }

    @AfterEach
    void stop() {
        relay.stop();
    }

    @Test
    void beginsWhenEveryGateIsOpen() {
        first.complete(null);
        assertThat(relay.isRunning()).isFalse();

        second.complete(null);
        assertThat(relay.isRunning()).isTrue();
    }

    @Test
    void doesNotBeginOnceItWasStopped() {
        relay.stop();

        first.complete(null);
        second.complete(null);

        assertThat(relay.isRunning()).isFalse();
    }
}
