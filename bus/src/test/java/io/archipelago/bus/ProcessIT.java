package io.archipelago.bus;

import static io.archipelago.bus.Fixture.PATIENCE;
import static io.archipelago.bus.Fixture.sequences;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.federation.ShareMessage.ShareConfirmed;
import io.archipelago.testkit.EmbeddedInfrastructure;
import io.archipelago.testkit.Seed;
import io.archipelago.wire.Wire;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Processes that are stopped and killed while they work. */
class ProcessIT {

    private static final boolean ALL = Boolean.getBoolean("vc.tests.all");
    private static final int KEYS = 30;
    private static final int PER_KEY = ALL ? 300 : 200;
    private static final int ROUNDS = ALL ? 3 : 2;
    /** To look is work for the database, which it does not do for the processes meanwhile. */
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

    private static final int STOP_SECONDS = 20;

    /** Whoever deletes from the outbox waits for the session that says this. */
    private static final String HOLD_DELETIONS = """
            create or replace function hold() returns trigger language plpgsql as
            $$ begin perform pg_advisory_xact_lock_shared(4711); return null; end $$;
            select pg_advisory_lock(4711);
            create trigger hold before delete on outbox for each statement execute function hold();
            """;

    private static final String HELD =
            "from pg_stat_activity where datname = current_database() and wait_event = 'advisory'";

    private static final EmbeddedInfrastructure INFRASTRUCTURE = new EmbeddedInfrastructure();
    private static Map<String, String> config = Map.of();
    private static ProductionApp app;
    private static Topic topic;

    private final List<AllocationId> keys =
            Stream.generate(Fixture::allocation).limit(KEYS).toList();

    @BeforeAll
    static void build() throws Exception {
        INFRASTRUCTURE.init(Map.of("topics", Ledger.TOPIC + "," + Ledger.ANSWERS));
        config = INFRASTRUCTURE.start();
        topic = new Topic(requireNonNull(config.get("kafka.bootstrap.servers")));
        app = ProductionApp.build(config);
    }

    @AfterAll
    static void stop() {
        topic.close();
        INFRASTRUCTURE.stop();
    }

    @BeforeEach
    void load() {
        for (long sequence = 1; sequence <= PER_KEY; sequence++) {
            for (AllocationId key : keys) {
                topic.writeLater(Ledger.TOPIC, key.toString(), message(key, sequence));
            }
        }
        topic.flush();
    }

    @Test
    void condemnsNothingWhenItIsStoppedUnderLoad() throws Exception {
        // Given
        try (ProductionApp.Running first = app.start()) {
            awaitApplied(KEYS * PER_KEY / 10);

            // When
            boolean ended = first.stop(STOP_SECONDS);

            // Then
            assertThat(ended).isTrue();
        }
        int before = applied();
        assertThat(before).as("stopped in the middle").isLessThan(KEYS * PER_KEY);
        assertNothingIsCondemned();
        try (ProductionApp.Running second = app.start()) {
            awaitApplied(KEYS * PER_KEY);
            assertEveryMessageTookEffectOnceAndInOrder();
            assertNothingIsCondemned();
            second.stop(STOP_SECONDS);
        }
    }

    @Test
    void losesAndRepeatsNothingWhenKilledAtAnyMoment() throws Exception {
        // Given
        Random random = Seed.random();

        // When
        for (int round = 1; round <= ROUNDS; round++) {
            try (ProductionApp.Running one = app.start();
                    ProductionApp.Running other = app.start()) {
                awaitApplied(applied() + 1 + random.nextInt(KEYS * PER_KEY / (2 * ROUNDS)));
                one.kill();
                other.kill();
            }
        }
        assertThat(applied()).as("killed in the middle").isLessThan(KEYS * PER_KEY);

        // Then
        try (ProductionApp.Running last = app.start()) {
            awaitApplied(KEYS * PER_KEY);
            assertEveryMessageTookEffectOnceAndInOrder();
            assertNothingIsCondemned();
            last.stop(STOP_SECONDS);
        }
    }

    @Test
    void repeatsUnderItsIdWhatWasSentWhenItWasKilledBeforeItForgotIt() throws Exception {
        // Given
        try (ProductionApp.Running first = app.start();
                Connection connection = connect();
                Statement statement = connection.createStatement()) {
            awaitApplied(1);
            statement.execute(HOLD_DELETIONS);

            // When
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(count("select count(*) " + HELD)).isOne());
            first.kill();
            // Of a process that is dead its database would hear only after it has deleted.
            statement.execute("select pg_terminate_backend(pid) " + HELD);
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(count("select count(*) " + HELD)).isZero());
            statement.execute("drop trigger hold on outbox");
        }
        assertThat(count("select count(*) from outbox")).isPositive();

        // Then
        try (ProductionApp.Running last = app.start()) {
            awaitApplied(KEYS * PER_KEY);
            assertEveryMessageTookEffectOnceAndInOrder();
            assertThat(answers().stream().map(ProcessIT::id))
                    .as("some answer came twice")
                    .hasSizeGreaterThan(KEYS * PER_KEY);
            assertThat(answers().stream().map(ProcessIT::id).distinct()).hasSize(KEYS * PER_KEY);
            assertNothingIsCondemned();
            last.stop(STOP_SECONDS);
        }
    }

    /** The answers to this test's keys, as often as they were sent. */
    private List<ConsumerRecord<String, String>> answers() {
        Set<String> own = keys.stream().map(AllocationId::toString).collect(Collectors.toSet());
        return topic.readAll(Ledger.ANSWERS).stream()
                .filter(record -> own.contains(record.key()))
                .toList();
    }

    private static UUID id(ConsumerRecord<String, String> record) {
        try {
            return Wire.read(record.value()).id();
        } catch (Wire.UnreadableMessage e) {
            throw new AssertionError(e);
        }
    }

    private void assertEveryMessageTookEffectOnceAndInOrder() throws SQLException {
        Map<String, List<Long>> ledger = ledger();
        for (AllocationId key : keys) {
            assertThat(ledger.get(key.toString())).as("ledger of %s", key).isEqualTo(sequences(1, PER_KEY));
        }
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(count("select count(*) from outbox")).isZero());
        Map<String, Set<Long>> answers = new LinkedHashMap<>();
        for (ConsumerRecord<String, String> record : topic.readAll(Ledger.ANSWERS)) {
            // A repeated answer bears the id of the first, so it is the first that counts.
            answers.computeIfAbsent(record.key(), key -> new LinkedHashSet<>()).add(Topic.sequence(record));
        }
        for (AllocationId key : keys) {
            assertThat(List.copyOf(answers.getOrDefault(key.toString(), Set.of())))
                    .as("answers to %s", key)
                    .isEqualTo(sequences(1, PER_KEY));
        }
    }

    private void assertNothingIsCondemned() throws Exception {
        assertThat(count("select count(*) from parked_message")).isZero();
        assertThat(topic.readAll(Topics.deadLetter(Ledger.CONSUMER))).isEmpty();
        assertThat(app.logged("ERROR").stream().filter(line -> line.contains("archipelago.bus")))
                .isEmpty();
    }

    private void awaitApplied(int count) {
        await().atMost(PATIENCE.multipliedBy(3))
                .pollInterval(BETWEEN_LOOKS)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(applied()).isGreaterThanOrEqualTo(count));
    }

    /** How many messages of this test's keys took effect. */
    private int applied() throws SQLException {
        String ours = keys.stream().map(key -> "'" + key + "'").collect(Collectors.joining(","));
        return ledgerExists() ? (int) count("select count(*) from entry where key in (" + ours + ")") : 0;
    }

    private static boolean ledgerExists() throws SQLException {
        return count("select count(*) from pg_tables where tablename = 'entry'") > 0;
    }

    private static Map<String, List<Long>> ledger() throws SQLException {
        Map<String, List<Long>> ledger = new LinkedHashMap<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select key, sequence from entry order by id")) {
            while (rows.next()) {
                ledger.computeIfAbsent(rows.getString(1), key -> new ArrayList<>())
                        .add(rows.getLong(2));
            }
        }
        return ledger;
    }

    private static long count(String query) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static Connection connect() throws SQLException {
        return DriverManager.getConnection(
                config.get("quarkus.datasource.jdbc.url"),
                config.get("quarkus.datasource.username"),
                config.get("quarkus.datasource.password"));
    }

    private static String message(AllocationId key, long sequence) {
        return Wire.write(new Envelope(
                UUID.randomUUID(),
                "/tokyo/test",
                key.toString(),
                Instant.now(),
                "test",
                null,
                new ShareConfirmed(key, sequence)));
    }
}
