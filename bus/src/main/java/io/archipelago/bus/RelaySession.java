package io.archipelago.bus;

import io.archipelago.bus.Lanes.Except;
import io.archipelago.bus.Lanes.Lane;
import io.archipelago.bus.Lanes.Waiting;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One turn of being the active relay, from getting the lock to losing it or giving it back. All state belongs to the relay's event loop.
 *
 * <p>Rows are read in the order of their ids into one lane per ordering key. The head of each lane is on its way; the next one follows
 * when the head was acknowledged. Reading, sending and deleting overlap. What becomes of lanes that make no way: {@link Lanes}.
 */
final class RelaySession {

    private static final Logger LOG = Logger.getLogger(RelaySession.class);
    // Looked up by hash, whatever the plan: rows of topics that are shut are many, and all of them are passed over each
    // time.
    private static final String FETCH = """
            select id, topic, key, ordering_key, payload, headers from outbox
            where topic not in (select unnest($3::text[]))
              and ordering_key not in (select unnest($2::text[]))
              and id not in (select unnest($1::bigint[]))
            order by id limit $4
            """;
    private static final String DELETE = "delete from outbox where id = any($1)";
    // With the pauses as they are by default: every few minutes.
    private static final int SAY_AGAIN = 50;
    private static final Duration DRAIN = Duration.ofSeconds(2);

    private final Vertx vertx;
    private final Context loop;
    private final PgConnection connection;
    private final Supplier<Broker> brokers;
    private final BusConfig config;
    private final BusMetrics metrics;
    private final Consumer<Throwable> lost;
    private final Promise<Void> drained = Promise.promise();

    private final Lanes lanes;
    private final List<Long> acknowledged = new ArrayList<>();

    private Broker broker;
    private int onTheWay;
    private boolean fetching;
    private boolean fetchAgain;
    private boolean deleting;
    private boolean draining;
    private boolean closed;
    // No timer bears this number.
    private long poll = -1;

    /** @param lost told once, when the session ended by itself */
    RelaySession(
            Vertx vertx,
            Context loop,
            PgConnection connection,
            Supplier<Broker> brokers,
            BusConfig config,
            BusMetrics metrics,
            Consumer<Throwable> lost) {
        this.vertx = vertx;
        this.loop = loop;
        this.connection = connection;
        this.brokers = brokers;
        this.broker = brokers.get();
        this.config = config;
        this.lanes = new Lanes(config.relay().window());
        this.metrics = metrics;
        this.lost = lost;
    }

    void open() {
        connection.closeHandler(ignored -> fail(new IllegalStateException("the connection was closed")));
        connection.notificationHandler(ignored -> onLoop(this::fetch));
        connection.query("listen " + OutboxRelay.CHANNEL).execute().onFailure(this::fail);
        poll = vertx.setPeriodic(config.relay().poll().toMillis(), ignored -> onLoop(this::fetch));
        fetch();
    }

    /** Reads what is not yet in memory, as far as there is room. */
    void fetch() {
        int room = lanes.room();
        if (closed || draining) {
            return;
        }
        if (fetching || room <= 0) {
            fetchAgain = true;
            return;
        }
        fetching = true;
        fetchAgain = false;
        Except except = lanes.except();
        connection
                .preparedQuery(FETCH)
                .execute(Tuple.of(
                        except.ids().toArray(Long[]::new),
                        except.orderingKeys().toArray(String[]::new),
                        except.topics().toArray(String[]::new),
                        room))
                .timeout(patience(), TimeUnit.MILLISECONDS)
                .onSuccess(rows -> onLoop(() -> fetched(rows, room)))
                .onFailure(this::fail);
    }

    private void fetched(RowSet<Row> rows, int room) {
        fetching = false;
        if (closed || draining) {
            return;
        }
        List<Waiting> found = new ArrayList<>();
        rows.forEach(row -> found.add(waiting(row)));
        lanes.add(found).forEach(lane -> sendHead(lane, 1));
        if (fetchAgain || rows.size() == room) {
            fetch();
        }
    }

    private static Waiting waiting(Row row) {
        Map<String, String> headers = new HashMap<>();
        row.get(JsonObject.class, "headers")
                .forEach(header -> headers.put(header.getKey(), (String) header.getValue()));
        return new Waiting(
                row.getLong("id"),
                new OutboxRow(
                        row.getString("topic"),
                        row.getString("key"),
                        row.getString("ordering_key"),
                        row.getString("payload"),
                        headers));
    }

    private void sendHead(Lane lane, int attempt) {
        if (closed || draining) {
            return;
        }
        Waiting head = lane.head();
        Broker current = broker;
        onTheWay++;
        var ignored = current.send(head.row())
                .whenComplete((done, failure) -> onLoop(() -> sent(lane, head, attempt, current, failure)));
    }

    private void sent(Lane lane, Waiting head, int attempt, Broker used, @Nullable Throwable failure) {
        onTheWay--;
        if (closed) {
            return;
        }
        if (failure != null) {
            again(lane, head, attempt, used, failure);
        } else {
            acknowledged.add(head.id());
            fetchAgain |= lanes.taken(lane);
            if (!lane.isEmpty()) {
                sendHead(lane, 1);
            }
        }
        deleteAcknowledged();
        fetchIfAsked();
    }

    private void again(Lane lane, Waiting head, int attempt, Broker used, Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        if (attempt % SAY_AGAIN == 1) {
            LOG.warnf("%s takes no message, try %d: %s", head.row().topic(), attempt, cause.getMessage());
        }
        if (Broker.isFinal(cause) && used == broker) {
            broker = brokers.get();
            used.close();
        }
        if (!lanes.refused(lane, Broker.isOfTopic(cause))) {
            return;
        }
        Duration pause = Pause.of(config.backoff(), attempt, ThreadLocalRandom.current());
        vertx.setTimer(pause.toMillis(), ignored -> onLoop(() -> sendHead(lane, attempt + 1)));
    }

    private void deleteAcknowledged() {
        if (deleting || closed) {
            return;
        }
        if (acknowledged.isEmpty()) {
            if (draining && onTheWay == 0) {
                drained.tryComplete();
            }
            return;
        }
        deleting = true;
        List<Long> ids = List.copyOf(acknowledged);
        acknowledged.clear();
        connection
                .preparedQuery(DELETE)
                .execute(Tuple.of(ids.toArray(Long[]::new)))
                .timeout(patience(), TimeUnit.MILLISECONDS)
                .onSuccess(rows -> onLoop(() -> deleted(ids)))
                .onFailure(this::fail);
    }

    private void deleted(List<Long> ids) {
        deleting = false;
        metrics.sent(ids.size());
        lanes.deleted(ids);
        deleteAcknowledged();
        fetchIfAsked();
    }

    private void fetchIfAsked() {
        if (fetchAgain && !fetching) {
            fetch();
        }
    }

    /** Lets what is on its way arrive and be deleted, then gives the lock back. */
    Future<Void> drain() {
        draining = true;
        vertx.setTimer(DRAIN.toMillis(), ignored -> drained.tryComplete());
        deleteAcknowledged();
        return drained.future().compose(ignored -> close());
    }

    /** At once; rows on their way are sent again by the next relay. */
    Future<Void> close() {
        if (closed) {
            return Future.succeededFuture();
        }
        closed = true;
        vertx.cancelTimer(poll);
        connection.closeHandler(ignored -> {});
        broker.close();
        // Closing alone would give the connection back to its pool with the lock on it.
        return connection
                .query("select pg_advisory_unlock_all(); unlisten *")
                .execute()
                .timeout(patience(), TimeUnit.MILLISECONDS)
                .eventually(() -> connection.close())
                .mapEmpty();
    }

    private void fail(Throwable cause) {
        onLoop(() -> {
            if (!closed) {
                close().onComplete(ignored -> lost.accept(cause));
            }
        });
    }

    /** Sending stops before the server gives the lock of a client that it can not hear to another. */
    private long patience() {
        return config.relay().patience().toMillis();
    }

    private void onLoop(Runnable action) {
        loop.runOnContext(ignored -> action.run());
    }
}
