package io.archipelago.bus;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import org.jboss.logging.Logger;

/** Measures the backlog and forgets the ids of messages that no topic keeps any more. Harmless if several instances do it. */
@ApplicationScoped
class Housekeeping {

    private static final Logger LOG = Logger.getLogger(Housekeeping.class);
    private static final Duration MEASURE_EVERY = Duration.ofSeconds(5);
    private static final Duration PURGE_EVERY = Duration.ofMinutes(10);
    private static final String BACKLOG = """
            select (select count(*) from outbox),
                   (select coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::bigint from outbox),
                   (select count(*) from parked_message)
            """;
    // Some at a time, so that no lock or log record grows large.
    private static final String PURGE = """
            delete from inbox where ctid = any (array(
                select ctid from inbox where at < clock_timestamp() - make_interval(secs => $1) limit 10000))
            """;

    private final Vertx vertx;
    private final Pool pool;
    private final BusConfig config;
    private final BusMetrics metrics;
    private long measuring;
    private long purging;

    Housekeeping(Vertx vertx, Pool pool, BusConfig config, BusMetrics metrics) {
        this.vertx = vertx;
        this.pool = pool;
        this.config = config;
        this.metrics = metrics;
    }

    void onStart(@Observes @Priority(OutboxRelay.AFTER_ALL_OTHERS) StartupEvent event) {
        measuring = vertx.setPeriodic(MEASURE_EVERY.toMillis(), ignored -> measure());
        purging = vertx.setPeriodic(PURGE_EVERY.toMillis(), ignored -> purge());
    }

    void onStop(@Observes ShutdownEvent event) {
        vertx.cancelTimer(measuring);
        vertx.cancelTimer(purging);
    }

    private void measure() {
        pool.query(BACKLOG)
                .execute()
                .onSuccess(rows -> {
                    Row row = rows.iterator().next();
                    metrics.backlog(row.getLong(0), row.getLong(1), row.getLong(2));
                })
                .onFailure(failure -> LOG.debugf("no backlog figures: %s", failure.getMessage()));
    }

    void purge() {
        pool.preparedQuery(PURGE)
                .execute(Tuple.of((double) config.inbox().memory().toSeconds()))
                .onSuccess(rows -> {
                    if (rows.rowCount() > 0) {
                        purge();
                    }
                })
                .onFailure(failure -> LOG.warnf("old message ids could not be forgotten: %s", failure.getMessage()));
    }
}
