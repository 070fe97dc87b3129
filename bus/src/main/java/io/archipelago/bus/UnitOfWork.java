package io.archipelago.bus;

import io.archipelago.contracts.Uuid7;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.hibernate.reactive.mutiny.Mutiny;

/** The only place where a transaction begins. */
@ApplicationScoped
public class UnitOfWork {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(4);
    private static final String OPEN = UnitOfWork.class.getName();
    private static final int MAX_DOUBLINGS = 6;

    private final Vertx vertx;
    private final Mutiny.SessionFactory sessions;
    private final BusConfig config;
    private final OutboxRelay relay;
    private final BusMetrics metrics;
    private final RandomGenerator random = new SecureRandom();

    UnitOfWork(Vertx vertx, Mutiny.SessionFactory sessions, BusConfig config, OutboxRelay relay, BusMetrics metrics) {
        this.vertx = vertx;
        this.sessions = sessions;
        this.config = config;
        this.relay = relay;
        this.metrics = metrics;
    }

    /**
     * Does work in a transaction of its own and commits it, together with the messages that the work sent. May be called from any
     * thread; the outcome comes on the caller's Vert.x context, if it has one. Nothing happens before subscription.
     *
     * <p>A failure rolls back and is passed on as it is. After a lost race (deadlock, serialization failure, lock timeout, exclusion or
     * unique constraint, stale version) the work is done again, up to {@link BusConfig#transactionRetries} times: it must have no effect
     * outside of the transaction.
     *
     * @throws IllegalStateException through the result, if it is called from within the work of another transaction
     */
    public <T> Uni<T> inTransaction(Function<Tx, Uni<T>> work) {
        return run(tx -> work.apply(tx));
    }

    <T> Uni<T> run(Function<OpenTx, Uni<T>> work) {
        return Uni.createFrom().deferred(() -> {
            Context caller = Vertx.currentContext();
            if (caller != null && VertxContext.isDuplicatedContext(caller) && caller.getLocal(OPEN) != null) {
                // It would wait for a second connection while it holds the first, and commit apart from it.
                throw new IllegalStateException("a transaction is open: pass its Tx on");
            }
            return attempt(work, 1);
        });
    }

    private <T> Uni<T> attempt(Function<OpenTx, Uni<T>> work, int number) {
        return FreshContext.run(vertx, () -> once(work))
                .onFailure(Faults::isContention)
                .recoverWithUni(failure -> {
                    if (number > config.transactionRetries()) {
                        return Uni.createFrom().failure(failure);
                    }
                    metrics.retried();
                    return Uni.createFrom()
                            .voidItem()
                            .onItem()
                            .delayIt()
                            .by(pause(number))
                            .chain(() -> attempt(work, number + 1));
                });
    }

    private <T> Uni<T> once(Function<OpenTx, Uni<T>> work) {
        List<OutboxRow> rows = new ArrayList<>();
        Context context = vertx.getOrCreateContext();
        context.putLocal(OPEN, true);
        return sessions.withTransaction((session, transaction) -> clock(session)
                        .map(now -> open(session, now, rows))
                        .chain(tx -> work.apply(tx).call(tx::end))
                        .call(() -> Outbox.write(session, rows)))
                .onTermination()
                .invoke(() -> context.removeLocal(OPEN))
                .invoke(() -> {
                    metrics.committed();
                    if (!rows.isEmpty()) {
                        relay.wake();
                    }
                });
    }

    private OpenTx open(Mutiny.Session session, Instant now, List<OutboxRow> rows) {
        String correlation = LogContext.get(LogContext.Key.CORRELATION_ID)
                .orElseGet(() -> Uuid7.next(now, random).toString());
        String source = "/" + config.site() + "/" + config.service();
        return new OpenTx(session, now, correlation, source, random, rows, new ArrayList<>(), new HashMap<>());
    }

    private static Uni<Instant> clock(Mutiny.Session session) {
        return session.<OffsetDateTime>createNativeQuery("select clock_timestamp()")
                .getSingleResult()
                .map(OffsetDateTime::toInstant);
    }

    private static Duration pause(int number) {
        long bound = FIRST_PAUSE.toNanos() << Math.min(number, MAX_DOUBLINGS);
        return Duration.ofNanos(ThreadLocalRandom.current().nextLong(bound / 2, bound));
    }
}
