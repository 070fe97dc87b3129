package io.archipelago.bus;

import static io.archipelago.bus.Fixture.PATIENCE;
import static io.archipelago.bus.Fixture.allocation;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Ids.AllocationId;
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
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator does about parked messages. */
@QuarkusTest
class DeadLettersIT {

    @Inject
    Fixture fixture;

    @Inject
    ParkedKeys parked;

    @Inject
    DeadLetters deadLetters;

    @Inject
    Ledger ledger;

    @Inject
    Inbox inbox;

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    DataSource database;

    @AfterEach
    void cure() {
        ledger.cure();
    }

    @Test
    void replaysInOrderOnceTheCauseIsGone() {
        // Given
        AllocationId bad = parked.from(2, 4);
        ledger.cure();

        // When
        DeadLetters.Outcome outcome = parked.replay(bad);

        // Then
        assertThat(outcome).isEqualTo(new DeadLetters.Outcome(3, 0, null));
        assertThat(fixture.applied(bad)).containsExactly(1L, 2L, 3L, 4L);
        assertThat(parked.of(bad)).isEmpty();
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
        DeadLetters.Outcome outcome = parked.replay(key);

        // Then
        assertThat(outcome).isEqualTo(new DeadLetters.Outcome(1, 0, null));
        assertThat(fixture.applied(key)).containsExactly(1L);
    }

    @Test
    void appliesWhatFollowsAReplay() {
        // Given
        AllocationId bad = parked.from(1, 2);
        ledger.cure();
        parked.replay(bad);

        // When
        fixture.send(bad, 3, 3);

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fixture.applied(bad)).containsExactly(1L, 2L, 3L));
    }

    @Test
    void keepsTheKeyParkedWhileTheCauseIsThere() {
        // Given
        AllocationId bad = parked.from(2, 4);

        // When
        DeadLetters.Outcome outcome = parked.replay(bad);

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
        AllocationId bad = parked.from(1, last);
        ledger.cure();
        CompletableFuture<DeadLetters.Outcome> replay;

        // When
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("lock table entry in share mode");
            replay = deadLetters.replay(parked.of(bad).getFirst().id()).subscribeAsCompletionStage();
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
        assertThat(parked.of(bad)).isEmpty();
    }

    @Test
    void skipsADiscardedMessage() {
        // Given
        AllocationId bad = parked.from(1, 3);

        // When
        DeadLetters.Outcome outcome = parked.discard(bad);

        // Then
        assertThat(outcome).isEqualTo(new DeadLetters.Outcome(2, 0, null));
        assertThat(fixture.applied(bad)).containsExactly(2L, 3L);
    }

    @Test
    void discardsNoOtherMessageWhenAskedTwice() {
        // Given
        AllocationId bad = parked.from(1, 3);
        ledger.poison(bad, 2);
        DeadLetters.Parked first = parked.of(bad).getFirst();

        // When
        discard(first.id(), first.messageId()).statusCode(200).body("waiting", equalTo(2));
        ledger.cure();

        // Then
        discard(first.id(), first.messageId()).statusCode(409).body("code", equalTo("conflict"));
        assertThat(parked.replay(bad)).isEqualTo(new DeadLetters.Outcome(2, 0, null));
        assertThat(fixture.applied(bad)).containsExactly(2L, 3L);
    }

    @Test
    void asksWhichMessageToDiscard() {
        // Given
        AllocationId bad = parked.from(1, 1);
        long id = parked.of(bad).getFirst().id();

        // Then
        operator()
                .contentType(ContentType.JSON)
                .body("{}")
                .post("/api/v1/dead-letters/{id}/discard", id)
                .then()
                .statusCode(400)
                .body("errors[0].field", equalTo("messageId"));
        assertThat(parked.of(bad)).hasSize(1);
    }

    @Test
    void letsAnOperatorSeeAndReplay() {
        // Given
        AllocationId bad = parked.from(1, 1);
        ledger.cure();

        // When
        long id = parked.of(bad).getFirst().id();

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

    private static ValidatableResponse discard(long id, UUID messageId) {
        return operator()
                .contentType(ContentType.JSON)
                .body(Map.of("messageId", messageId))
                .post("/api/v1/dead-letters/{id}/discard", id)
                .then();
    }
}
