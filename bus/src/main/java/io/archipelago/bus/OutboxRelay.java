package io.archipelago.bus;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sends what committed. Of all relays on one database one is active, by a session advisory lock on the connection that it reads with:
 * without the connection it neither reads nor sends on. The others stand by and take over within a poll interval.
 *
 * <p>A row is deleted after the broker acknowledged it, so a relay that dies in between sends it again, with the same message id.
 */
@ApplicationScoped
public class OutboxRelay {

    static final String CHANNEL = "bus_outbox";
    // Observers of the start run in this order: persistence and messaging are wired before anything fires.
    static final int AFTER_ALL_OTHERS = 1_000_000;

    private static final Logger LOG = Logger.getLogger(OutboxRelay.class);
    private static final long LOCK = 0x6172_6368_6275_7301L;
    private static final String TRY_LOCK = "select pg_try_advisory_lock(" + LOCK + ")";
    private static final String UNLOCK = "select pg_advisory_unlock_all()";
    private static final int STOP_SECONDS = 5;

    private final Vertx vertx;
    private final Pool pool;
    private final BusConfig config;
    private final BusMetrics metrics;
    private final Supplier<Broker> brokers;
    private final Context loop;
    private final AtomicBoolean wakePending = new AtomicBoolean();

    private volatile @Nullable RelaySession active;
    private volatile boolean running;
    private volatile boolean stopped;

    @Inject
    OutboxRelay(
            Vertx vertx,
            Pool pool,
            BusConfig config,
            BusMetrics metrics,
            @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this(vertx, pool, config, metrics, () -> new Broker(kafka));
    }

    OutboxRelay(Vertx vertx, Pool pool, BusConfig config, BusMetrics metrics, Supplier<Broker> brokers) {
        this.vertx = vertx;
        this.pool = pool;
        this.config = config;
        this.brokers = brokers;
        this.metrics = metrics;
        this.loop = ((VertxInternal) vertx).createEventLoopContext();
    }

    /** Looks for new rows at once, here or, if another process has the active relay, there. */
    public void wake() {
        if (!running || !wakePending.compareAndSet(false, true)) {
            return;
        }
        loop.runOnContext(ignored -> {
            wakePending.set(false);
            RelaySession session = active;
            if (session != null) {
                session.fetch();
            } else {
                pool.query("notify " + CHANNEL).execute();
            }
        });
    }

    boolean isActive() {
        return active != null;
    }

    boolean isRunning() {
        return running;
    }

    void onStart(@Observes @Priority(AFTER_ALL_OTHERS) StartupEvent event, @Any Instance<Gate> gates) {
        if (config.relay().enabled()) {
            startAfter(gates.stream().toList());
        }
    }

    /** Starts when all of them are open, unless it is stopped before. */
    void startAfter(List<Gate> gates) {
        var ignored = CompletableFuture.allOf(gates.stream()
                        .map(gate -> gate.opened().toCompletableFuture())
                        .toArray(CompletableFuture[]::new))
                .thenRun(() -> {
                    if (!stopped) {
                        start();
                    }
                });
    }

    void onStop(@Observes ShutdownEvent event) {
        stop();
    }

    void start() {
        running = true;
        loop.runOnContext(ignored -> contend());
    }

    /** Gives the lock back, so that another relay takes over at once. */
    void stop() {
        stopped = true;
        if (!running) {
            return;
        }
        running = false;
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.runOnContext(ignored -> {
            RelaySession session = active;
            active = null;
            (session == null ? Future.<Void>succeededFuture() : session.drain())
                    .onComplete(result -> done.complete(null));
        });
        try {
            done.get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("the outbox relay did not stop in time");
        }
    }

    private void contend() {
        if (!running) {
            return;
        }
        pool.getConnection()
                .compose(this::tryLock)
                .onSuccess(won -> {
                    if (!won) {
                        later();
                    }
                })
                .onFailure(failure -> {
                    LOG.warnf("the outbox relay has no database: %s", failure.getMessage());
                    later();
                });
    }

    private Future<Boolean> tryLock(SqlConnection connection) {
        return connection
                .query(TRY_LOCK)
                .execute()
                .timeout(config.relay().patience().toMillis(), TimeUnit.MILLISECONDS)
                .map(rows -> rows.iterator().next().getBoolean(0))
                .compose(won -> {
                    if (won && running) {
                        activate(PgConnection.cast(connection));
                        return Future.succeededFuture(true);
                    }
                    return giveBack(connection).map(false);
                })
                .recover(failure -> giveBack(connection).transform(ignored -> Future.<Boolean>failedFuture(failure)));
    }

    /** The pool keeps the session, and the session the lock: nobody else would ever win it. */
    private Future<Void> giveBack(SqlConnection connection) {
        return connection
                .query(UNLOCK)
                .execute()
                .timeout(config.relay().patience().toMillis(), TimeUnit.MILLISECONDS)
                .eventually(() -> connection.close())
                .mapEmpty();
    }

    private void activate(PgConnection connection) {
        RelaySession session = new RelaySession(vertx, loop, connection, brokers, config, metrics, this::lost);
        active = session;
        LOG.info("outbox relay is active");
        session.open();
    }

    private void lost(Throwable cause) {
        active = null;
        if (running) {
            LOG.warnf("outbox relay lost its connection: %s", cause.getMessage());
            later();
        }
    }

    private void later() {
        Duration poll = config.relay().poll();
        vertx.setTimer(poll.toMillis(), ignored -> loop.runOnContext(again -> contend()));
    }
}
