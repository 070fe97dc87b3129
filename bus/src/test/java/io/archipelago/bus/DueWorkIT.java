package io.archipelago.bus;

import static io.archipelago.bus.Fixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class DueWorkIT {

    private static final DueRows DOCUMENTS = new DueRows("document", "id", "due_at");

    @Inject
    Fixture fixture;

    @Inject
    Vertx vertx;

    @Inject
    Pool pool;

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    BusConfig config;

    private final Queue<UUID> done = new ConcurrentLinkedQueue<>();
    private final Set<UUID> begun = ConcurrentHashMap.newKeySet();
    private final Set<UUID> failing = ConcurrentHashMap.newKeySet();
    private final Set<UUID> endless = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> answer = new CompletableFuture<>();
    private final List<DueLoop> loops = new ArrayList<>();

    @BeforeEach
    void nothingIsDue() {
        fixture.inTransaction(
                tx -> tx.session().createNativeQuery("delete from document").executeUpdate());
    }

    /** A loop that is still at work would take the rows of the next test. */
    @AfterEach
    void stop() {
        answer.complete(null);
        loops.forEach(loop -> assertThat(loop.stop()).succeedsWithin(PATIENCE));
    }

    @Test
    void picksUpWhatIsDue() {
        // Given
        List<UUID> due = List.of(dueIn(Duration.ofSeconds(-1)), dueIn(Duration.ofHours(-1)));
        dueIn(Duration.ofHours(1));

        // When
        start();

        // Then
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(done).hasSizeGreaterThanOrEqualTo(2));
        assertThat(done).containsExactlyInAnyOrderElementsOf(due);
    }

    @Test
    void picksUpWhatBecomesDue() {
        // Given
        start();

        // When
        UUID soon = dueIn(Duration.ofMillis(300));

        // Then
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(done).containsExactly(soon));
    }

    @Test
    void picksUpEachRowOnceWhenSeveralLook() {
        // Given
        List<UUID> due = IntStream.range(0, 200)
                .mapToObj(n -> dueIn(Duration.ofSeconds(-1)))
                .toList();

        // When
        start();
        start();
        start();

        // Then
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(done).hasSizeGreaterThanOrEqualTo(200));
        assertThat(done).containsExactlyInAnyOrderElementsOf(due);
    }

    @Test
    void keepsNothingWaitingForARowThatFails() {
        // Given
        UUID bad = dueIn(Duration.ofHours(-1));
        failing.add(bad);
        UUID good = dueIn(Duration.ofSeconds(-1));

        // When
        start();

        // Then
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(done).containsExactly(good));
        failing.clear();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(done).containsExactly(good, bad));
    }

    @Test
    void keepsNothingWaitingForARowThatIsNeverDone() {
        // Given
        endless.add(dueIn(Duration.ofHours(-1)));
        UUID first = dueIn(Duration.ofSeconds(-1));
        start();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(done).containsExactly(first));

        // When: the loop has to look again
        UUID then = dueIn(Duration.ofSeconds(-1));

        // Then
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(done).containsExactly(first, then));
    }

    @Test
    void hasStoppedOnceAllThatItBeganHasEnded() {
        // Given
        endless.add(dueIn(Duration.ofHours(-1)));
        start();
        await().atMost(PATIENCE).until(() -> begun.containsAll(endless));

        // When
        CompletableFuture<Void> stopped = loops.getFirst().stop().toCompletableFuture();

        // Then: also after it waits no longer for the row
        assertThat(stopped).failsWithin(config.due().patience().multipliedBy(2));
        answer.complete(null);
        assertThat(stopped).succeedsWithin(PATIENCE);
    }

    @Test
    void keepsNothingWaitingForManyRowsThatFail() {
        // Given
        IntStream.range(0, 410).forEach(n -> failing.add(dueIn(Duration.ofHours(-1))));
        UUID good = dueIn(Duration.ofSeconds(-1));

        // When
        start(vertx, new Resting(config));

        // Then
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(done).containsExactly(good));
    }

    @Test
    void leavesTheTimersOfOthersAlone() {
        // Given
        Vertx fresh = Vertx.vertx();
        long others = fresh.setTimer(Duration.ofHours(1).toMillis(), ignored -> {});

        // When
        start(fresh, new Resting(config));

        // Then
        long own = others + 1;
        await().atMost(PATIENCE).until(() -> fresh.cancelTimer(own));
        assertThat(others).isZero();
        assertThat(fresh.cancelTimer(others)).isTrue();
        // The loop ends with its event loop.
        loops.clear();
        assertThat(fresh.close().toCompletionStage()).succeedsWithin(PATIENCE);
    }

    private UUID dueIn(Duration delay) {
        UUID id = UUID.randomUUID();
        fixture.inTransaction(
                tx -> tx.session().persist(new DocumentRow(id, "{}", tx.now().plus(delay))));
        return id;
    }

    private void start() {
        start(vertx, config);
    }

    private void start(Vertx vertx, BusConfig config) {
        DueLoop loop = new DueLoop(vertx, pool, unitOfWork, config, "a document", DOCUMENTS, this::handle);
        loops.add(loop);
        loop.start();
    }

    private Uni<Void> handle(Tx tx, String id) {
        UUID document = UUID.fromString(id);
        begun.add(document);
        if (endless.contains(document)) {
            return Uni.createFrom().completionStage(answer);
        }
        if (failing.contains(document)) {
            throw new IllegalStateException("not yet");
        }
        return tx.session()
                .find(DocumentRow.class, document)
                .invoke(row -> row.dueAt = null)
                .call(() -> tx.session().flush())
                .invoke(() -> done.add(document))
                .replaceWithVoid();
    }

    /** Failed rows, and the loop between two looks, rest for longer than any test. */
    private record Resting(BusConfig given) implements BusConfig {

        @Override
        public Backoff backoff() {
            return new Backoff() {
                @Override
                public Duration initial() {
                    return Duration.ofHours(1);
                }

                @Override
                public Duration max() {
                    return Duration.ofHours(1);
                }
            };
        }

        @Override
        public String site() {
            return given.site();
        }

        @Override
        public String service() {
            return given.service();
        }

        @Override
        public int transactionRetries() {
            return given.transactionRetries();
        }

        @Override
        public Relay relay() {
            return given.relay();
        }

        @Override
        public Inbox inbox() {
            return given.inbox();
        }

        @Override
        public Due due() {
            return new Due() {
                @Override
                public Duration interval() {
                    return Duration.ofHours(1);
                }

                @Override
                public Duration patience() {
                    return given.due().patience();
                }
            };
        }
    }
}
