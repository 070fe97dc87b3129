package io.archipelago.bus;

import static io.archipelago.bus.Fixture.PATIENCE;
import static io.archipelago.bus.Fixture.allocation;
import static io.archipelago.bus.Fixture.sequences;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.federation.ShareMessage.ShareRefused;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@QuarkusTest
class UnitOfWorkIT {

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    Fixture fixture;

    @Inject
    Vertx vertx;

    @Inject
    MeterRegistry registry;

    @Test
    void deliversWhatWasCommitted() {
        // Given
        AllocationId allocation = allocation();

        // When
        fixture.send(allocation, 1, 20);

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fixture.applied(allocation)).isEqualTo(sequences(1, 20)));
    }

    @Test
    void deliversNothingOfWhatWasRolledBack() {
        // Given
        AllocationId allocation = allocation();

        // When
        assertThatThrownBy(() -> fixture.inTransaction(tx -> {
                    Fixture.send(tx, allocation, 1);
                    return Uni.createFrom().failure(new IllegalArgumentException("changed my mind"));
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("changed my mind");
        fixture.send(allocation, 2, 2);

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fixture.applied(allocation)).containsExactly(2L));
    }

    @Test
    void rollsBackWhenTheWorkThrows() {
        // Given
        UUID id = UUID.randomUUID();

        // When
        assertThatThrownBy(() -> fixture.inTransaction(tx -> tx.session()
                        .persist(new DocumentRow(id, "{}", null))
                        .chain(() -> {
                            throw new IllegalStateException("no");
                        })))
                .hasMessage("no");

        // Then
        assertThat(find(id)).isNull();
    }

    @Test
    void mayBeCalledFromAnyThread() throws Exception {
        // Given
        CompletableFuture<String> onEventLoop = new CompletableFuture<>();
        CompletableFuture<String> onWorker = new CompletableFuture<>();
        CompletableFuture<String> onVirtual = new CompletableFuture<>();

        // When
        vertx.getOrCreateContext().runOnContext(ignored -> insertInto(onEventLoop));
        vertx.executeBlocking(() -> {
            insertInto(onWorker);
            return "";
        });
        Thread.ofVirtual().start(() -> insertInto(onVirtual));

        // Then
        for (CompletableFuture<String> result : List.of(onEventLoop, onWorker, onVirtual)) {
            assertThat(result).succeedsWithin(PATIENCE);
        }
        assertThat(onEventLoop.get()).startsWith("vert.x-eventloop-thread");
    }

    private void insertInto(CompletableFuture<String> result) {
        unitOfWork
                .inTransaction(tx -> tx.session().persist(new DocumentRow(UUID.randomUUID(), "{}", null)))
                .subscribe()
                .with(ignored -> result.complete(Thread.currentThread().getName()), result::completeExceptionally);
    }

    @Test
    void sendsUnderTheCorrelationOfItsCaller() {
        // Given
        LogContext.set(LogContext.Key.CORRELATION_ID, "walk-1");

        // When
        String correlation;
        try {
            correlation = fixture.inTransaction(tx -> Uni.createFrom().item(tx.correlationId()));
        } finally {
            LogContext.set(LogContext.Key.CORRELATION_ID, null);
        }

        // Then
        assertThat(correlation).isEqualTo("walk-1");
        assertThat(fixture.<String>inTransaction(tx -> Uni.createFrom().item(tx.correlationId())))
                .isNotEqualTo("walk-1");
    }

    @Test
    void doesLastWhatIsAskedForTheEndInTheOrderOfItsRank() {
        // Given
        List<String> done = new ArrayList<>();

        // When
        fixture.inTransaction(tx -> {
            tx.atEnd("b", () -> say(done, "b"));
            tx.atEnd("a", () -> say(done, "first a"));
            tx.atEnd("a", () -> say(done, "second a"));
            return say(done, "work");
        });

        // Then
        assertThat(done).containsExactly("work", "first a", "second a", "b");
    }

    private static Uni<Void> say(List<String> done, String what) {
        return Uni.createFrom().voidItem().invoke(() -> done.add(what));
    }

    @Test
    void refusesAMessageThatNoBrokerTakes() {
        // Given
        AllocationId allocation = allocation();
        Refusal huge = Refusal.of(ErrorCode.INTERNAL, "cpus", "x".repeat(1024 * 1024));

        // When, Then
        assertThatThrownBy(() -> fixture.inTransaction(tx -> {
                    tx.send(Ledger.TOPIC, allocation.toString(), new ShareRefused(allocation, 1, List.of(huge)));
                    return Uni.createFrom().voidItem();
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("larger than a broker takes");
    }

    @Test
    void refusesATransactionWithinATransaction() {
        assertThatThrownBy(() -> fixture.inTransaction(outer ->
                        unitOfWork.inTransaction(inner -> Uni.createFrom().voidItem())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("pass its Tx on");
    }

    @Test
    void allowsATransactionAfterATransaction() {
        String result = unitOfWork
                .inTransaction(first -> Uni.createFrom().item("a"))
                .chain(a -> unitOfWork.inTransaction(second -> Uni.createFrom().item(a + "b")))
                .await()
                .atMost(PATIENCE);

        assertThat(result).isEqualTo("ab");
    }

    @Test
    void doesTheWorkAgainAfterADeadlock() throws Exception {
        // Given
        UUID one = UUID.randomUUID();
        UUID other = UUID.randomUUID();
        fixture.inTransaction(tx -> tx.session()
                .persistAll(new DocumentRow(one, "{\"n\": 0}", null), new DocumentRow(other, "{\"n\": 0}", null)));
        CyclicBarrier bothHoldTheirFirst = new CyclicBarrier(2);
        double retriesBefore = retries();

        // When
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<?> there = threads.submit(() -> incrementBoth(one, other, bothHoldTheirFirst));
            Future<?> back = threads.submit(() -> incrementBoth(other, one, bothHoldTheirFirst));
            there.get();
            back.get();
        }

        // Then
        assertThat(find(one).state).contains("2");
        assertThat(find(other).state).contains("2");
        assertThat(retries()).isGreaterThan(retriesBefore);
    }

    private double retries() {
        return registry.counter(BusMetrics.TRANSACTION_RETRIES).count();
    }

    private void incrementBoth(UUID first, UUID second, CyclicBarrier barrier) {
        boolean[] met = new boolean[1];
        fixture.inTransaction(tx -> increment(tx, first)
                .chain(() -> met[0] ? Uni.createFrom().voidItem() : meet(barrier, met))
                .chain(() -> increment(tx, second)));
    }

    private Uni<Void> meet(CyclicBarrier barrier, boolean[] met) {
        met[0] = true;
        return Uni.createFrom()
                .completionStage(
                        () -> vertx.executeBlocking(barrier::await, false).toCompletionStage())
                .replaceWithVoid();
    }

    private static Uni<Void> increment(Tx tx, UUID id) {
        return tx.session()
                .createNativeQuery(
                        "update document set state = jsonb_set(state, '{n}', to_jsonb((state ->> 'n')::int + 1)) where id = :id")
                .setParameter("id", id)
                .executeUpdate()
                .replaceWithVoid();
    }

    @Test
    void keepsOrderPerKeyWhenManySendAtOnce() {
        // Given
        AllocationId allocation = allocation();
        UUID counter = UUID.randomUUID();
        fixture.inTransaction(tx -> tx.session().persist(new DocumentRow(counter, "{\"n\": 0}", null)));

        // When
        List<Uni<Void>> senders = IntStream.range(0, 60)
                .mapToObj(n -> unitOfWork.inTransaction(tx -> increment(tx, counter)
                        .chain(() -> tx.session()
                                .createNativeQuery(
                                        "select (state ->> 'n')::bigint from document where id = :id", Long.class)
                                .setParameter("id", counter)
                                .getSingleResult())
                        .invoke(sequence -> Fixture.send(tx, allocation, sequence))
                        .replaceWithVoid()))
                .toList();
        Uni.join().all(senders).andFailFast().await().atMost(PATIENCE);

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fixture.applied(allocation)).isEqualTo(sequences(1, 60)));
    }

    @Test
    void keepsAStateAsJson() {
        // Given
        UUID id = UUID.randomUUID();

        // When
        fixture.inTransaction(tx -> tx.session().persist(new DocumentRow(id, "{\"a\": {\"b\": 1}}", tx.now())));

        // Then
        assertThat(fixture.<String>inTransaction(tx -> tx.session()
                        .createNativeQuery("select state -> 'a' ->> 'b' from document where id = :id", String.class)
                        .setParameter("id", id)
                        .getSingleResult()))
                .isEqualTo("1");
        assertThat(find(id).state).isEqualToIgnoringWhitespace("{\"a\": {\"b\": 1}}");
    }

    private DocumentRow find(UUID id) {
        return fixture.inTransaction(tx -> tx.session().find(DocumentRow.class, id));
    }
}
