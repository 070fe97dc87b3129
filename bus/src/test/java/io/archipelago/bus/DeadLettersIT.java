package io.archipelago.bus;

import static io.archipelago.bus.Fixture.PATIENCE;
import static io.archipelago.bus.Fixture.allocation;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.federation.ShareMessage.ShareConfirmed;
import io.archipelago.testkit.Tokens;
import io.archipelago.wire.Wire;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class DeadLettersIT {

    @Inject
    Fixture fixture;

    @Inject
    DeadLetters deadLetters;

    @Inject
    Ledger ledger;

    @Inject
    Inbox inbox;

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    Topic topic;

    @Inject
    BusConfig config;

    @Inject
    DataSource database;

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
            assertThat(parked(bad)).singleElement().satisfies(parked -> {
                assertThat(parked.reason()).contains("no such booking");
                assertThat(parked.waiting()).isEqualTo(3);
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
        assertThat(parked(key)).isEmpty();
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
                .untilAsserted(() -> assertThat(parked(bad))
                        .singleElement()
                        .satisfies(parked -> assertThat(parked.reason()).contains("another was first")));
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
                .untilAsserted(() -> assertThat(parked(key)).singleElement().satisfies(parked -> {
                    assertThat(parked.reason()).startsWith("unreadable");
                    assertThat(parked.waiting()).isEqualTo(2);
                }));
        assertThat(discard(key)).isEqualTo(new DeadLetters.Outcome(1, 0, null));
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

    @Test
    void replaysInOrderOnceTheCauseIsGone() {
        // Given
        AllocationId bad = parkedFrom(2, 4);
        ledger.cure();

        // When
        DeadLetters.Outcome outcome = replay(bad);

        // Then
        assertThat(outcome).isEqualTo(new DeadLetters.Outcome(3, 0, null));
        assertThat(fixture.applied(bad)).containsExactly(1L, 2L, 3L, 4L);
        assertThat(parked(bad)).isEmpty();
    }

    @Test
    void replaysBeforeAnythingWasRead() {
        // Given
        AllocationId key = allocation();
        inbox.register("clerk", Ledger.TOPIC, ledger::on);
        Envelope message = new Envelope(
                UUID.randomUUID(),
                "/tokyo/test",
                key.toString(),
                Instant.now(),
                "test",
                null,
                new ShareConfirmed(key, 1));
        Delivery delivery = Delivery.of(Ledger.TOPIC, 0, 1, key.toString(), Wire.write(message));
        unitOfWork
                .run(tx -> Parking.park(tx, "clerk", delivery, "was bad"))
                .await()
                .atMost(PATIENCE);

        // When
        DeadLetters.Outcome outcome = replay(key);

        // Then
        assertThat(outcome).isEqualTo(new DeadLetters.Outcome(1, 0, null));
        assertThat(fixture.applied(key)).containsExactly(1L);
    }

    @Test
    void appliesWhatFollowsAReplay() {
        // Given
        AllocationId bad = parkedFrom(1, 2);
        ledger.cure();
        replay(bad);

        // When
        fixture.send(bad, 3, 3);

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fixture.applied(bad)).containsExactly(1L, 2L, 3L));
    }

    @Test
    void keepsTheKeyParkedWhileTheCauseIsThere() {
        // Given
        AllocationId bad = parkedFrom(2, 4);

        // When
        DeadLetters.Outcome outcome = replay(bad);

        // Then
        assertThat(outcome.applied()).isZero();
        assertThat(outcome.waiting()).isEqualTo(3);
        assertThat(outcome.reason()).contains("no such booking");
        assertThat(fixture.applied(bad)).containsExactly(1L);
    }

    /**
     * A replay is held in the middle of a message: of the only one, after which it frees the key, or of the first of many. What is delivered
     * meanwhile waits for it.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 20})
    void losesNothingThatArrivesDuringAReplay(long last) throws SQLException {
        // Given
        AllocationId bad = parkedFrom(1, last);
        ledger.cure();
        CompletableFuture<DeadLetters.Outcome> replay;

        // When
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("lock table entry in share mode");
            replay = deadLetters.replay(parked(bad).getFirst().id()).subscribeAsCompletionStage();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(fixture.waitingForLocks()).isEqualTo(1));
            fixture.send(bad, last + 1, last + 40);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(fixture.waitingForLocks()).isEqualTo(2));
            connection.commit();
        }

        // Then
        assertThat(replay.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .join()
                        .applied())
                .isGreaterThanOrEqualTo(last);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fixture.applied(bad)).isEqualTo(Fixture.sequences(1, last + 40)));
        assertThat(parked(bad)).isEmpty();
    }

    @Test
    void skipsADiscardedMessage() {
        // Given
        AllocationId bad = parkedFrom(1, 3);

        // When
        DeadLetters.Outcome outcome = discard(bad);

        // Then
        assertThat(outcome).isEqualTo(new DeadLetters.Outcome(2, 0, null));
        assertThat(fixture.applied(bad)).containsExactly(2L, 3L);
    }

    @Test
    void discardsNoOtherMessageWhenAskedTwice() {
        // Given
        AllocationId bad = parkedFrom(1, 3);
        ledger.poison(bad, 2);
        DeadLetters.Parked first = parked(bad).getFirst();

        // When
        discard(first.id(), first.messageId()).statusCode(200).body("waiting", equalTo(2));
        ledger.cure();

        // Then
        discard(first.id(), first.messageId()).statusCode(409).body("code", equalTo("conflict"));
        assertThat(replay(bad)).isEqualTo(new DeadLetters.Outcome(2, 0, null));
        assertThat(fixture.applied(bad)).containsExactly(2L, 3L);
    }

    @Test
    void asksWhichMessageToDiscard() {
        // Given
        AllocationId bad = parkedFrom(1, 1);
        long id = parked(bad).getFirst().id();

        // Then
        operator()
                .contentType(ContentType.JSON)
                .body("{}")
                .post("/api/v1/dead-letters/{id}/discard", id)
                .then()
                .statusCode(400)
                .body("errors[0].field", equalTo("messageId"));
        assertThat(parked(bad)).hasSize(1);
    }

    @Test
    void letsAnOperatorSeeAndReplay() {
        // Given
        AllocationId bad = parkedFrom(1, 1);
        ledger.cure();

        // When
        long id = parked(bad).getFirst().id();

        // Then
        operator()
                .get("/api/v1/dead-letters")
                .then()
                .statusCode(200)
                .body("find { it.id == " + id + " }.key", equalTo(bad.toString()));
        operator()
                .post("/api/v1/dead-letters/{id}/replay", id)
                .then()
                .statusCode(200)
                .body("applied", equalTo(1));
        operator().post("/api/v1/dead-letters/{id}/replay", id).then().statusCode(404);
        discard(id, UUID.randomUUID()).statusCode(404);
    }

    private static RequestSpecification operator() {
        return given().auth().oauth2(Tokens.of("olga", "", "operator"));
    }

    /** A key with messages 1 to last, of which the poison one and those behind it are parked. */
    private AllocationId parkedFrom(long poison, long last) {
        AllocationId allocation = allocation();
        ledger.poison(allocation, poison);
        fixture.send(allocation, 1, last);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(parked(allocation))
                        .singleElement()
                        .satisfies(parked -> assertThat(parked.waiting()).isEqualTo(last - poison + 1)));
        return allocation;
    }

    private DeadLetters.Outcome replay(AllocationId allocation) {
        return deadLetters.replay(parked(allocation).getFirst().id()).await().atMost(PATIENCE);
    }

    private DeadLetters.Outcome discard(AllocationId allocation) {
        DeadLetters.Parked first = parked(allocation).getFirst();
        return deadLetters.discard(first.id(), first.messageId()).await().atMost(PATIENCE);
    }

    private static ValidatableResponse discard(long id, UUID messageId) {
        return operator()
                .contentType(ContentType.JSON)
                .body(Map.of("messageId", messageId))
                .post("/api/v1/dead-letters/{id}/discard", id)
                .then();
    }

    private List<DeadLetters.Parked> parked(AllocationId allocation) {
        return deadLetters.list().await().atMost(PATIENCE).stream()
                .filter(parked -> allocation.toString().equals(parked.key()))
                .toList();
    }
}
