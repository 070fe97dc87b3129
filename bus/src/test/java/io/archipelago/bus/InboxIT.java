package io.archipelago.bus;

import static io.archipelago.bus.Fixture.PATIENCE;
import static io.archipelago.bus.Fixture.allocation;
import static io.archipelago.bus.Fixture.sequences;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.federation.ShareMessage.ShareConfirmed;
import io.archipelago.testkit.EmbeddedInfrastructure;
import io.archipelago.wire.Wire;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class InboxIT {

    @Inject
    Fixture fixture;

    @Inject
    Topic topic;

    @Inject
    Ledger ledger;

    @Inject
    Inbox inbox;

    @Inject
    DeadLetters deadLetters;

    @Inject
    MeterRegistry registry;

    @Inject
    Housekeeping housekeeping;

    @AfterEach
    void cure() {
        ledger.cure();
    }

    @Test
    void appliesAMessageOnceHoweverOftenItArrives() {
        // Given
        AllocationId key = allocation();
        String first = message(key, 1);
        double before = duplicates();

        // When
        topic.write(Ledger.TOPIC, key.toString(), first);
        topic.write(Ledger.TOPIC, key.toString(), first);
        topic.write(Ledger.TOPIC, key.toString(), message(key, 2));
        topic.write(Ledger.TOPIC, key.toString(), first);
        topic.write(Ledger.TOPIC, key.toString(), message(key, 3));

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fixture.applied(key)).containsExactly(1L, 2L, 3L));
        assertThat(duplicates()).isGreaterThanOrEqualTo(before + 2);
    }

    @Test
    void recognisesAMessageThatWasAppliedLongAgo() {
        // Given
        AllocationId key = allocation();
        ConsumerRecords<String, String> batch = batch(key, 1, 3);
        apply(batch);

        // When
        apply(batch(key, 4, 5));
        apply(batch);

        // Then
        assertThat(fixture.applied(key)).isEqualTo(sequences(1, 5));
    }

    @Test
    void answersOncePerMessage() {
        // Given
        AllocationId key = allocation();
        ConsumerRecords<String, String> batch = batch(key, 1, 20);

        // When
        apply(batch);
        apply(batch);

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fixture.waiting()).isZero());
        assertThat(topic.read(Ledger.ANSWERS, key.toString())).hasSize(20);
    }

    @Test
    void answersUnderTheCorrelationOfTheCause() throws Exception {
        // Given
        AllocationId key = allocation();

        // When
        apply(batch(key, 1, 1));

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(topic.read(Ledger.ANSWERS, key.toString())).hasSize(1));
        Envelope answer =
                Wire.read(topic.read(Ledger.ANSWERS, key.toString()).getFirst().value());
        assertThat(answer.correlationId()).isEqualTo("test");
        assertThat(answer.source()).isEqualTo("/tokyo/reservation");
        assertThat(answer.subject()).isEqualTo(key.toString());
        assertThat(answer.id().version()).isEqualTo(7);
    }

    @Test
    void appliesAKeyInOrderWhenTwoHandleItAtOnce() {
        // Given
        AllocationId key = allocation();
        ConsumerRecords<String, String> batch = batch(key, 1, 50);

        // When
        Uni.join()
                .all(inbox.apply(Ledger.CONSUMER, batch, ledger::on), inbox.apply(Ledger.CONSUMER, batch, ledger::on))
                .andFailFast()
                .await()
                .atMost(PATIENCE);

        // Then
        assertThat(fixture.applied(key)).isEqualTo(sequences(1, 50));
    }

    @Test
    void appliesTheGoodMessagesOfABatchWithABadOne() {
        // Given
        AllocationId bad = allocation();
        AllocationId good = allocation();
        ledger.poison(bad, 2);
        Map<TopicPartition, List<ConsumerRecord<String, String>>> records = Map.of(
                new TopicPartition(Ledger.TOPIC, 0), records(bad, 0, 1, 3),
                new TopicPartition(Ledger.TOPIC, 1), records(good, 1, 1, 3));

        // When
        apply(new ConsumerRecords<>(records, Map.of()));

        // Then
        assertThat(fixture.applied(good)).isEqualTo(sequences(1, 3));
        assertThat(fixture.applied(bad)).containsExactly(1L);
        assertThat(deadLetters.list().await().atMost(PATIENCE))
                .anyMatch(parked -> bad.toString().equals(parked.key()) && parked.waiting() == 2);
    }

    @Test
    void passesOverATombstone() {
        // Given
        AllocationId key = allocation();

        // When
        topic.write(Ledger.TOPIC, key.toString(), null);
        fixture.send(key, 1, 1);

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fixture.applied(key)).containsExactly(1L));
        assertNothingIsParkedOf(key);
    }

    @Test
    void appliesOnlyTheLastWhereEachReplacesTheOneBefore() {
        // Given
        AllocationId key = allocation();

        // When
        inbox.applyLatest(Ledger.CONSUMER, batch(key, 1, 5), any -> true, (topic, envelope) -> true, ledger::on)
                .await()
                .atMost(PATIENCE);

        // Then
        assertThat(fixture.applied(key)).containsExactly(5L);
    }

    @Test
    void passesOverABadMessageThatAnotherWillReplace() {
        // Given
        AllocationId bad = allocation();
        AllocationId good = allocation();
        ledger.poison(bad, 3);

        // When
        Map<TopicPartition, List<ConsumerRecord<String, String>>> records = Map.of(
                new TopicPartition(Ledger.TOPIC, 0), records(bad, 0, 1, 3),
                new TopicPartition(Ledger.TOPIC, 1), records(good, 1, 1, 3));
        inbox.applyLatest(
                        Ledger.CONSUMER,
                        new ConsumerRecords<>(records, Map.of()),
                        any -> true,
                        (topic, envelope) -> true,
                        ledger::on)
                .await()
                .atMost(PATIENCE);
        inbox.applyLatest(Ledger.CONSUMER, batch(bad, 4, 4), any -> true, (topic, envelope) -> true, ledger::on)
                .await()
                .atMost(PATIENCE);

        // Then
        assertThat(fixture.applied(good)).containsExactly(3L);
        assertThat(fixture.applied(bad)).containsExactly(4L);
        assertNothingIsParkedOf(bad);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(topic.read(Topics.deadLetter(Ledger.CONSUMER), bad.toString()))
                        .singleElement()
                        .satisfies(copy -> assertThat(Topic.header(copy, "dead-letter-reason"))
                                .contains("no such booking")));
    }

    @Test
    void forgetsWhatNoTopicKeepsAnyMore() {
        // Given
        UUID old = UUID.randomUUID();
        UUID young = UUID.randomUUID();
        fixture.inTransaction(tx -> tx.session()
                .createNativeQuery("""
                        insert into inbox (consumer, message_id, at)
                        values ('test', :old, now() - interval '9 days'), ('test', :young, now() - interval '7 days')
                        """)
                .setParameter("old", old)
                .setParameter("young", young)
                .executeUpdate());

        // When
        housekeeping.purge();

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fixture.<List<UUID>>inTransaction(tx -> tx.session()
                                .createNativeQuery("select message_id from inbox where consumer = 'test'", UUID.class)
                                .getResultList()))
                        .containsExactly(young));
    }

    @Test
    void waitsOutAFaultOfTheInfrastructure() {
        // Given
        AllocationId key = allocation();
        ledger.outages(4);

        // When
        apply(batch(key, 1, 3));

        // Then
        assertThat(fixture.applied(key)).isEqualTo(sequences(1, 3));
        assertNothingIsParkedOf(key);
    }

    @Test
    void losesNothingWhenConnectionsBreak() {
        // Given
        List<AllocationId> keys = List.of(allocation(), allocation(), allocation(), allocation());

        // When
        for (long sequence = 1; sequence <= 100; sequence++) {
            for (AllocationId key : keys) {
                topic.writeLater(Ledger.TOPIC, key.toString(), message(key, sequence));
            }
            if (sequence % 20 == 0) {
                breakConnections();
            }
        }

        // Then
        for (AllocationId key : keys) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(fixture.applied(key)).isEqualTo(sequences(1, 100)));
            assertNothingIsParkedOf(key);
        }
    }

    @Test
    void losesNothingWhileTheDatabaseIsDown() throws Exception {
        assumeTrue(EmbeddedInfrastructure.mayStopServers());
        // Given
        AllocationId key = allocation();
        fixture.send(key, 1, 50);

        // When
        EmbeddedInfrastructure.postgres().kill();
        for (long sequence = 51; sequence <= 100; sequence++) {
            topic.write(Ledger.TOPIC, key.toString(), message(key, sequence));
        }
        EmbeddedInfrastructure.postgres().start();

        // Then
        await().atMost(PATIENCE.multipliedBy(2))
                .ignoreExceptions()
                .untilAsserted(
                        () -> assertThat(fixture.applied(key)).containsExactlyInAnyOrderElementsOf(sequences(1, 100)));
        assertThat(fixture.applied(key).stream().filter(sequence -> sequence <= 50))
                .isEqualTo(sequences(1, 50));
        assertThat(fixture.applied(key).stream().filter(sequence -> sequence > 50))
                .isEqualTo(sequences(51, 100));
        assertNothingIsParkedOf(key);
    }

    private void breakConnections() {
        // The connection that this gets may be one that the last time broke.
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> fixture.inTransaction(tx -> tx.session()
                                .createNativeQuery("""
                        select pg_terminate_backend(pid) from pg_stat_activity
                        where datname = current_database() and pid <> pg_backend_pid()
                        """, Boolean.class)
                                .getResultList())
                        != null);
    }

    private void assertNothingIsParkedOf(AllocationId key) {
        assertThat(deadLetters.list().await().atMost(PATIENCE))
                .noneMatch(parked -> key.toString().equals(parked.key()));
    }

    private void apply(ConsumerRecords<String, String> batch) {
        inbox.apply(Ledger.CONSUMER, batch, ledger::on).await().atMost(PATIENCE);
    }

    private static ConsumerRecords<String, String> batch(AllocationId key, long from, long to) {
        TopicPartition partition = new TopicPartition(Ledger.TOPIC, 0);
        return new ConsumerRecords<>(Map.of(partition, records(key, 0, from, to)), Map.of());
    }

    private static List<ConsumerRecord<String, String>> records(AllocationId key, int partition, long from, long to) {
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        for (long sequence = from; sequence <= to; sequence++) {
            records.add(
                    new ConsumerRecord<>(Ledger.TOPIC, partition, sequence, key.toString(), message(key, sequence)));
        }
        return records;
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

    private double duplicates() {
        return registry.find(BusMetrics.INBOX_DUPLICATES).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }
}
