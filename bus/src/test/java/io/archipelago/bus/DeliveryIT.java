package io.archipelago.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(value = EmbeddedInfrastructure.class, initArgs = @ResourceArg(name = "topics", value = Ledger.TOPIC))
class DeliveryIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Inject
    UnitOfWork unitOfWork;

    @Test
    void deliversWhatWasCommitted() {
        // Given
        AllocationId allocation = allocation();

        // When
        unitOfWork
                .inTransaction(tx -> {
                    LongStream.rangeClosed(1, 20).forEach(sequence -> send(tx, allocation, sequence));
                    return Uni.createFrom().voidItem();
                })
                .await()
                .atMost(PATIENCE);

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(applied(allocation))
                        .containsExactlyElementsOf(
                                LongStream.rangeClosed(1, 20).boxed().toList()));
    }

    @Test
    void deliversNothingOfWhatWasRolledBack() {
        AllocationId allocation = allocation();

        assertThatThrownBy(() -> unitOfWork
                        .inTransaction(tx -> {
                            send(tx, allocation, 1);
                            return Uni.createFrom().failure(new IllegalArgumentException("changed my mind"));
                        })
                        .await()
                        .atMost(PATIENCE))
                .hasMessage("changed my mind");

        unitOfWork
                .inTransaction(tx -> {
                    send(tx, allocation, 2);
                    return Uni.createFrom().voidItem();
                })
                .await()
                .atMost(PATIENCE);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(applied(allocation)).containsExactly(2L));
    }

    @Test
    void keepsJsonbFromText() {
        UUID id = UUID.randomUUID();
        unitOfWork
                .inTransaction(tx -> {
                    DocumentRow row = new DocumentRow();
                    row.id = id;
                    row.state = "{\"a\": {\"b\": 1}}";
                    row.dueAt = tx.now();
                    return tx.session().persist(row);
                })
                .await()
                .atMost(PATIENCE);

        String b = unitOfWork
                .inTransaction(tx -> tx.session()
                        .createNativeQuery("select state -> 'a' ->> 'b' from document where id = :id", String.class)
                        .setParameter("id", id)
                        .getSingleResult())
                .await()
                .atMost(PATIENCE);
        assertThat(b).isEqualTo("1");
        String state = unitOfWork
                .inTransaction(tx -> tx.session().find(DocumentRow.class, id).map(row -> row.state))
                .await()
                .atMost(PATIENCE);
        assertThat(state).contains("\"b\"");
    }

    private static void send(Tx tx, AllocationId allocation, long sequence) {
        tx.send(Ledger.TOPIC, allocation.toString(), new ShareConfirmed(allocation, sequence));
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
