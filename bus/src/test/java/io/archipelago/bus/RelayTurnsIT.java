package io.archipelago.bus;

import static io.archipelago.bus.Fixture.PATIENCE;
import static io.archipelago.bus.Fixture.allocation;
import static io.archipelago.bus.Fixture.sequences;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.testkit.EmbeddedInfrastructure;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.common.annotation.Identifier;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Of several relays one sends; another goes on where it was stopped, cut off or never told. */
@QuarkusTest
class RelayTurnsIT {

    private static final String LOCK_HOLDER = """
            select l.pid from pg_locks l join pg_database d on d.oid = l.database
            where l.locktype = 'advisory' and l.granted and d.datname = current_database()
            """;

    @Inject
    Fixture fixture;

    @Inject
    Topic topic;

    @Inject
    OutboxRelay own;

    @Inject
    Vertx vertx;

    @Inject
    Pool pool;

    @Inject
    BusConfig config;

    @Inject
    BusMetrics metrics;

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    private final List<OutboxRelay> others = new ArrayList<>();

    @BeforeEach
    void ownRelayIsActive() {
        await().atMost(PATIENCE).until(own::isActive);
    }

    @AfterEach
    void stopOthers() {
        others.forEach(OutboxRelay::stop);
        if (!own.isRunning()) {
            own.start();
        }
    }

    @Test
    void standsByWhileAnotherIsActive() {
        // Given
        OutboxRelay other = start(this::broker);
        AllocationId allocation = allocation();

        // When
        fixture.send(allocation, 1, 5);

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(topic.read(Ledger.TOPIC, allocation.toString()))
                        .hasSize(5));
        assertThat(own.isActive()).isTrue();
        assertThat(other.isActive()).isFalse();
    }

    @Test
    void takesOverFromOneThatStops() {
        // Given
        OutboxRelay other = start(this::broker);
        AllocationId allocation = allocation();

        // When
        own.stop();
        fixture.send(allocation, 1, 5);

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fixture.applied(allocation)).isEqualTo(sequences(1, 5)));
        assertThat(other.isActive()).isTrue();
    }

    @Test
    void givesBackATurnThatItGetsWhileItStops() {
        // Given
        OutboxRelay hasty = start(this::broker);
        AllocationId allocation = allocation();
        hasty.stop();
        own.stop();

        // When
        for (int time = 0; time < 200; time++) {
            hasty.start();
            // Not to wait for something: these are the instants at which it stops.
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(20 * time));
            hasty.stop();
        }
        own.start();
        fixture.send(allocation, 1, 5);

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fixture.applied(allocation)).isEqualTo(sequences(1, 5)));
    }

    @Test
    void becomesActiveAgainAfterItLostItsConnection() {
        // Given
        AllocationId allocation = allocation();

        // When
        cutOffActiveRelay();
        fixture.send(allocation, 1, 5);

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fixture.applied(allocation)).isEqualTo(sequences(1, 5)));
    }

    @Test
    void givesUpItsTurnWhenTheDatabaseDoesNotAnswer() throws Exception {
        assumeTrue(EmbeddedInfrastructure.mayStopServers());
        // Given
        AllocationId allocation = allocation();
        String backend = activeRelaysBackend();

        // When
        signal("STOP", backend);

        // Then
        try {
            await().atMost(PATIENCE).until(() -> !own.isActive());
        } finally {
            signal("CONT", backend);
        }
        fixture.send(allocation, 1, 5);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fixture.applied(allocation)).isEqualTo(sequences(1, 5)));
    }

    @Test
    void sendsAgainWhatWasAcknowledgedButNotDeleted() {
        // Given
        own.stop();
        OutboxRelay dying = start(() -> new NeverToldBroker(kafka));
        AllocationId allocation = allocation();
        fixture.send(allocation, 1, 1);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(topic.read(Ledger.TOPIC, allocation.toString()))
                        .hasSize(1));

        // When
        cutOffActiveRelay();
        dying.stop();
        own.start();

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(topic.read(Ledger.TOPIC, allocation.toString()))
                        .hasSize(2));
        assertThat(topic.read(Ledger.TOPIC, allocation.toString()).stream()
                        .map(record -> Topic.message(record).id())
                        .distinct())
                .hasSize(1);
        fixture.send(allocation, 2, 2);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fixture.applied(allocation)).containsExactly(1L, 2L));
    }

    @Test
    void keepsOrderPerKeyWhileRelaysTakeTurns() {
        // Given
        start(this::broker);
        start(this::broker);
        List<AllocationId> keys = List.of(allocation(), allocation(), allocation());

        // When
        for (long sequence = 1; sequence <= 40; sequence++) {
            for (AllocationId key : keys) {
                fixture.send(key, sequence, sequence);
            }
            if (sequence % 10 == 0) {
                cutOffActiveRelay();
            }
        }

        // Then
        for (AllocationId key : keys) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(fixture.applied(key)).isEqualTo(sequences(1, 40)));
            assertThat(firstDeliveries(key)).isEqualTo(sequences(1, 40));
        }
    }

    @Test
    void keepsOrderPerKeyWhenSendingFailsNowAndThen() {
        // Given
        own.stop();
        start(() -> new FlakyBroker(kafka));
        List<AllocationId> keys = List.of(allocation(), allocation(), allocation());

        // When
        for (AllocationId key : keys) {
            fixture.send(key, 1, 10);
        }

        // Then
        for (AllocationId key : keys) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(fixture.applied(key)).isEqualTo(sequences(1, 10)));
        }
    }

    private OutboxRelay start(Supplier<Broker> brokers) {
        OutboxRelay relay = new OutboxRelay(vertx, pool, config, metrics, brokers);
        others.add(relay);
        relay.start();
        return relay;
    }

    private Broker broker() {
        return new Broker(kafka);
    }

    /** As if the active relay's host had lost its way to the database. */
    private void cutOffActiveRelay() {
        fixture.inTransaction(tx -> tx.session()
                .createNativeQuery("select pg_terminate_backend(pid) from (" + LOCK_HOLDER + ") l", Boolean.class)
                .getResultList());
    }

    private String activeRelaysBackend() {
        return fixture.inTransaction(tx -> tx.session()
                .createNativeQuery("select cast(pid as text) from (" + LOCK_HOLDER + ") l", String.class)
                .getSingleResult());
    }

    private static void signal(String name, String process) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, process).start().waitFor())
                .isZero();
    }

    private List<Long> firstDeliveries(AllocationId key) {
        return List.copyOf(new LinkedHashSet<>(topic.read(Ledger.TOPIC, key.toString()).stream()
                .map(Topic::sequence)
                .toList()));
    }

    /** Sends, but its relay never learns that the broker has it. */
    private static final class NeverToldBroker extends Broker {

        NeverToldBroker(Map<String, Object> kafka) {
            super(kafka);
        }

        @Override
        CompletionStage<Void> send(OutboxRow row) {
            var ignored = super.send(row);
            return new CompletableFuture<>();
        }
    }

    /** Loses every third record before it is sent. */
    private static final class FlakyBroker extends Broker {

        private final AtomicInteger sends = new AtomicInteger();

        FlakyBroker(Map<String, Object> kafka) {
            super(kafka);
        }

        @Override
        CompletionStage<Void> send(OutboxRow row) {
            return sends.incrementAndGet() % 3 == 0
                    ? CompletableFuture.failedFuture(new TimeoutException("lost"))
                    : super.send(row);
        }
    }
}
