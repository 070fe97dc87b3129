package io.archipelago.bus;

import static io.archipelago.bus.Fixture.PATIENCE;
import static io.archipelago.bus.Fixture.allocation;
import static io.archipelago.bus.Fixture.sequences;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.federation.ShareMessage.ShareConfirmed;
import io.archipelago.testkit.Settings;
import io.archipelago.wire.Wire;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What can not leave holds up nothing else, however much of it there is. */
@QuarkusTest
class BlockedLanesIT {

    private static final int WINDOW = 50;
    private static final Duration PROMPTLY = Duration.ofSeconds(5);
    private static final String CUT_OFF_ACTIVE_RELAY = """
            select pg_terminate_backend(l.pid) from pg_locks l join pg_database d on d.oid = l.database
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
    BusMetrics metrics;

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    private final String missing = "missing-" + System.nanoTime();
    private final List<OutboxRelay> relays = new ArrayList<>();

    @BeforeEach
    void ownRelayStops() {
        own.stop();
    }

    @AfterEach
    void ownRelayGoesOn() {
        relays.forEach(OutboxRelay::stop);
        fixture.inTransaction(
                tx -> tx.session().createNativeQuery("delete from outbox").executeUpdate());
        own.start();
    }

    @Test
    void holdsUpNothingForATopicThatDoesNotExist() throws Exception {
        // Given
        start(() -> new Broker(kafka));
        List<AllocationId> keys = allocations(2 * WINDOW);
        send(missing, keys, 1, 3);

        // When
        AllocationId good = allocation();
        fixture.send(good, 1, 1);

        // Then
        await().atMost(PROMPTLY)
                .untilAsserted(() -> assertThat(fixture.applied(good)).containsExactly(1L));
        create(missing);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(arrived(missing)).isEqualTo(inOrder(keys, 1, 3)));
    }

    @Test
    void holdsUpNothingForAKeyOfWhichTheBrokerTakesNothing() {
        // Given
        AllocationId refused = allocation();
        AtomicBoolean refuses = new AtomicBoolean(true);
        start(() -> new Broker(kafka) {
            @Override
            CompletionStage<Void> send(OutboxRow row) {
                return refuses.get() && row.key().equals(refused.toString())
                        ? CompletableFuture.failedFuture(new RecordTooLargeException("too large"))
                        : super.send(row);
            }
        });
        fixture.send(refused, 1, 3 * WINDOW);

        // When
        AllocationId good = allocation();
        fixture.send(good, 1, 3);

        // Then
        await().atMost(PROMPTLY)
                .untilAsserted(() -> assertThat(fixture.applied(good)).containsExactly(1L, 2L, 3L));
        refuses.set(false);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fixture.applied(refused)).isEqualTo(sequences(1, 3 * WINDOW)));
    }

    @Test
    void holdsUpNothingForATopicThatIsGone() throws Exception {
        // Given
        create(missing);
        start(() -> new Broker(kafka));
        List<AllocationId> keys = allocations(2 * WINDOW);
        send(missing, keys, 1, 1);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(arrived(missing)).isEqualTo(inOrder(keys, 1, 1)));
        try (Admin admin = Admin.create(kafka)) {
            admin.deleteTopics(List.of(missing)).all().get();
        }

        // When
        send(missing, keys, 2, 3);
        AllocationId good = allocation();
        fixture.send(good, 1, 1);

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fixture.applied(good)).containsExactly(1L));
        create(missing);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(arrived(missing)).isEqualTo(inOrder(keys, 2, 3)));
    }

    @Test
    void keepsOrderWhileRelaysTakeTurnsAndATopicComesLate() throws Exception {
        // Given
        start(() -> new Broker(kafka));
        start(() -> new Broker(kafka));
        List<AllocationId> keys = allocations(WINDOW);
        AllocationId good = allocation();

        // When
        for (int turn = 1; turn <= 8; turn++) {
            send(missing, keys, turn, turn);
            fixture.send(good, turn, turn);
            if (turn % 3 == 0) {
                cutOffActiveRelay();
            }
            if (turn == 5) {
                create(missing);
            }
        }

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(arrived(missing)).isEqualTo(inOrder(keys, 1, 8)));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fixture.applied(good)).isEqualTo(sequences(1, 8)));
    }

    private void start(Supplier<Broker> brokers) {
        BusConfig config = Settings.of(
                BusConfig.class,
                Map.of(
                        "bus.site", "tokyo",
                        "bus.service", "reservation",
                        "bus.backoff.initial", "10ms",
                        "bus.backoff.max", "200ms",
                        "bus.relay.window", Integer.toString(WINDOW)));
        OutboxRelay relay = new OutboxRelay(vertx, pool, config, metrics, brokers);
        relays.add(relay);
        relay.start();
    }

    private static List<AllocationId> allocations(int count) {
        return Stream.generate(Fixture::allocation).limit(count).toList();
    }

    private void send(String to, List<AllocationId> keys, long first, long last) {
        fixture.inTransaction(tx -> {
            sequences(first, last)
                    .forEach(sequence ->
                            keys.forEach(key -> tx.send(to, key.toString(), new ShareConfirmed(key, sequence))));
            return Uni.createFrom().voidItem();
        });
    }

    private void create(String name) throws Exception {
        try (Admin admin = Admin.create(kafka)) {
            admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get();
        }
    }

    private void cutOffActiveRelay() {
        fixture.inTransaction(tx -> tx.session()
                .createNativeQuery(CUT_OFF_ACTIVE_RELAY, Boolean.class)
                .getResultList());
    }

    /** The sequences of each key, in the order in which they came first. */
    private Map<String, List<Long>> arrived(String from) {
        Map<String, Set<Long>> arrived = new HashMap<>();
        topic.readAll(from)
                .forEach(record -> arrived.computeIfAbsent(record.key(), key -> new LinkedHashSet<>())
                        .add(sequence(record)));
        return arrived.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, key -> List.copyOf(key.getValue())));
    }

    private static Map<String, List<Long>> inOrder(List<AllocationId> keys, long first, long last) {
        return keys.stream().collect(Collectors.toMap(AllocationId::toString, key -> sequences(first, last)));
    }

    private static long sequence(ConsumerRecord<String, String> record) {
        try {
            return ((ShareConfirmed) Wire.read(record.value()).message()).sequence();
        } catch (Wire.UnreadableMessage e) {
            throw new IllegalStateException(e);
        }
    }
}
