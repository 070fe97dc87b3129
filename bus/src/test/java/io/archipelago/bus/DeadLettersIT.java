package io.archipelago.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.federation.ShareMessage.ShareConfirmed;
import io.archipelago.testkit.EmbeddedInfrastructure;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(value = EmbeddedInfrastructure.class, initArgs = @ResourceArg(name = "topics", value = Ledger.TOPIC))
class DeadLettersIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    DeadLetters deadLetters;

    @Inject
    Ledger ledger;

    @AfterEach
    void cure() {
        ledger.cure();
    }

    @Test
    void parksTheKeyOfAPoisonMessageUntilItIsReplayed() {
        // Given
        AllocationId bad = allocation();
        AllocationId good = allocation();
        ledger.poison(bad.toString(), 2);

        // When
        send(bad, 1, 4);
        send(good, 1, 4);

        // Then
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(applied(good)).containsExactly(1L, 2L, 3L, 4L);
            assertThat(applied(bad)).containsExactly(1L);
            assertThat(parked(bad)).singleElement().satisfies(parked -> {
                assertThat(parked.reason()).contains("no such booking");
                assertThat(parked.waiting()).isEqualTo(3);
            });
        });

        DeadLetters.Outcome stuck =
                deadLetters.replay(parked(bad).getFirst().id()).await().atMost(PATIENCE);
        assertThat(stuck.applied()).isZero();
        assertThat(stuck.reason()).contains("no such booking");

        ledger.cure();
        DeadLetters.Outcome replayed =
                deadLetters.replay(parked(bad).getFirst().id()).await().atMost(PATIENCE);
        assertThat(replayed).isEqualTo(new DeadLetters.Outcome(3, 0, null));
        assertThat(applied(bad)).containsExactly(1L, 2L, 3L, 4L);
        assertThat(parked(bad)).isEmpty();

        send(bad, 5, 5);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(applied(bad)).containsExactly(1L, 2L, 3L, 4L, 5L));
    }

    @Test
    void skipsADiscardedMessage() {
        AllocationId bad = allocation();
        ledger.poison(bad.toString(), 1);
        send(bad, 1, 3);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(parked(bad))
                        .singleElement()
                        .satisfies(parked -> assertThat(parked.waiting()).isEqualTo(3)));

        DeadLetters.Outcome outcome =
                deadLetters.discard(parked(bad).getFirst().id()).await().atMost(PATIENCE);

        assertThat(outcome).isEqualTo(new DeadLetters.Outcome(2, 0, null));
        assertThat(applied(bad)).containsExactly(2L, 3L);
    }

    private void send(AllocationId allocation, long from, long to) {
        unitOfWork
                .inTransaction(tx -> {
                    LongStream.rangeClosed(from, to)
                            .forEach(sequence -> tx.send(
                                    Ledger.TOPIC, allocation.toString(), new ShareConfirmed(allocation, sequence)));
                    return Uni.createFrom().voidItem();
                })
                .await()
                .atMost(PATIENCE);
    }

    private List<DeadLetters.Parked> parked(AllocationId allocation) {
        return deadLetters.list().await().atMost(PATIENCE).stream()
                .filter(parked -> allocation.toString().equals(parked.key()))
                .toList();
    }

    private static AllocationId allocation() {
        return new AllocationId(new ReservationId(UUID.randomUUID()), new SiteId("tokyo"));
    }

    private List<Long> applied(AllocationId allocation) {
        return unitOfWork
                .inTransaction(tx -> tx.session()
                        .createNativeQuery("select sequence from entry where key = :key order by id", Long.class)
                        .setParameter("key", allocation.toString())
                        .getResultList())
                .await()
                .atMost(PATIENCE);
    }
}
