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
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.StringSerializer;
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
    private static final int STOP_SECONDS = 5;

    private final Vertx vertx;
    private final Pool pool;
    private final BusConfig config;
    private final Supplier<Producer<String, String>> producers;
    private final Context loop;
    private final AtomicBoolean wakePending = new AtomicBoolean();

    private volatile @Nullable RelaySession active;
    private volatile boolean running;

    @Inject
    OutboxRelay(
            Vertx vertx, Pool pool, BusConfig config, @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this(vertx, pool, config, () -> producer(kafka));
    }

    OutboxRelay(Vertx vertx, Pool pool, BusConfig config, Supplier<Producer<String, String>> producers) {
        this.vertx = vertx;
        this.pool = pool;
        this.config = config;
        this.producers = producers;
        this.loop = ((VertxInternal) vertx).createEventLoopContext();
    }

    private static Producer<String, String> producer(Map<String, Object> kafka) {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        // A record that was given up is tried again from its row, so patience here would only hide the trouble.
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000);
        settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
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

    void onStart(@Observes @Priority(AFTER_ALL_OTHERS) StartupEvent event) {
        if (config.relay().enabled()) {
            start();
        }
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
        if (!running) {
            return;
        }
        running = false;
        java.util.concurrent.CompletableFuture<Void> done = new java.util.concurrent.CompletableFuture<>();
        loop.runOnContext(ignored -> {
            RelaySession session = active;
            active = null;
            (session == null ? Future.<Void>succeededFuture() : session.close())
                    .onComplete(result -> done.complete(null));
        });
        try {
            done.get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
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
                .map(rows -> rows.iterator().next().getBoolean(0))
                .compose(won -> {
                    if (won && running) {
                        activate(PgConnection.cast(connection));
                        return Future.succeededFuture(true);
                    }
                    return connection.close().map(false);
                })
                .onFailure(failure -> connection.close());
    }

    private void activate(PgConnection connection) {
        RelaySession session = new RelaySession(vertx, loop, connection, producers, config, this::lost);
        active = session;
        LOG.info("outbox relay is active");
        session.open();
    }

    private void lost(Throwable cause) {
        if (running) {
            LOG.warnf("outbox relay lost its connection: %s", cause.getMessage());
            active = null;
            later();
        }
    }

    private void later() {
        Duration poll = config.relay().poll();
        vertx.setTimer(poll.toMillis(), ignored -> loop.runOnContext(again -> contend()));
    }
}
