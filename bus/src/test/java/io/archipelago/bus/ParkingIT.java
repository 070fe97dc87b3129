package io.archipelago.bus;

import static io.archipelago.bus.Fixture.PATIENCE;
import static io.archipelago.bus.Fixture.allocation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Topics;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of a message that can not be applied. */
@QuarkusTest
class ParkingIT {

    @Inject
    Fixture fixture;

    @Inject
    ParkedKeys parked;

    @Inject
    Ledger ledger;

    @Inject
    Topic topic;

    @Inject
    BusConfig config;

    @AfterEach
    void cure() {
        ledger.cure();
    }

    @Test
    void parksTheKeyOfAMessageThatCannotBeApplied() {
        // Given
        AllocationId bad = allocation();
        AllocationId good = allocation();
        ledger.poison(bad, 2);

        // When
        fixture.send(bad, 1, 4);
        fixture.send(good, 1, 4);

        // Then
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(fixture.applied(good)).containsExactly(1L, 2L, 3L, 4L);
            assertThat(fixture.applied(bad)).containsExactly(1L);
            assertThat(parked.of(bad)).singleElement().satisfies(first -> {
                assertThat(first.reason()).contains("no such booking");
                assertThat(first.waiting()).isEqualTo(3);
            });
        });
    }

    @Test
    void waitsOutALostRace() {
        // Given
        AllocationId key = allocation();
        int tries = config.transactionRetries() + 1;
        ledger.races(key, tries * 3);

        // When
        fixture.send(key, 1, 2);

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fixture.applied(key)).containsExactly(1L, 2L));
        assertThat(parked.of(key)).isEmpty();
    }

    @Test
    void parksAMessageThatLosesEveryRace() {
        // Given
        AllocationId bad = allocation();
        AllocationId good = allocation();
        ledger.races(bad, Integer.MAX_VALUE);

        // When
        fixture.send(bad, 1, 1);
        fixture.send(good, 1, 1);

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(parked.of(bad))
                        .singleElement()
                        .satisfies(first -> assertThat(first.reason()).contains("another was first")));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fixture.applied(good)).containsExactly(1L));
    }

    @Test
    void copiesAMessageThatCannotBeAppliedWithItsReason() {
        // Given
        AllocationId bad = allocation();
        ledger.poison(bad, 1);

        // When
        fixture.send(bad, 1, 2);

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(topic.read(Topics.deadLetter(Ledger.CONSUMER), bad.toString()))
                        .singleElement()
                        .satisfies(copy -> {
                            assertThat(copy.value()).contains("\"sequence\":1");
                            assertThat(Topic.header(copy, "dead-letter-reason")).contains("no such booking");
                            assertThat(Topic.header(copy, "dead-letter-topic")).isEqualTo(Ledger.TOPIC);
                        }));
    }

    @Test
    void parksWhatCannotBeRead() {
        // Given
        AllocationId key = allocation();

        // When
        topic.write(Ledger.TOPIC, key.toString(), "this is \0 no message");
        fixture.send(key, 1, 1);

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(parked.of(key)).singleElement().satisfies(first -> {
                    assertThat(first.reason()).startsWith("unreadable");
                    assertThat(first.waiting()).isEqualTo(2);
                }));
        assertThat(parked.discard(key)).isEqualTo(new DeadLetters.Outcome(1, 0, null));
        assertThat(fixture.applied(key)).containsExactly(1L);
    }

    @Test
    void copiesAsMuchAsABrokerTakes() {
        // Given
        AllocationId key = allocation();

        // When
        topic.write(Ledger.TOPIC, key.toString(), "\0".repeat(1000 * 1024));

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(topic.read(Topics.deadLetter(Ledger.CONSUMER), key.toString()))
                        .singleElement()
                        .satisfies(copy -> {
                            assertThat(copy.value()).matches("\uFFFD+");
                            assertThat(Topic.header(copy, "dead-letter-cut")).isEqualTo("true");
                        }));
    }

    @Test
    void holdsNothingBehindARecordWithoutAKey() {
        // Given
        AllocationId key = allocation();

        // When
        topic.write(Ledger.TOPIC, null, "no message " + key);
        fixture.send(key, 1, 1);

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fixture.applied(key)).containsExactly(1L));
    }
}
