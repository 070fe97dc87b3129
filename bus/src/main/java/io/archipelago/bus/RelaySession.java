package io.archipelago.bus;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RetriableException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One turn of being the active relay, from getting the lock to losing it. All state belongs to the relay's event loop; the producer,
 * whose calls may block, is called on threads of its own.
 *
 * <p>Rows are read in the order of their ids and queued per ordering key; the head of each queue is on its way, the next one follows
 * when it was acknowledged.
 */
final class RelaySession {

    private static final Logger LOG = Logger.getLogger(RelaySession.class);
    private static final String FETCH =
            "select id, topic, key, ordering_key, payload, headers from outbox where id <> all($1) order by id limit $2";
    private static final String DELETE = "delete from outbox where id = any($1)";

    private final Vertx vertx;
    private final Context loop;
    private final PgConnection connection;
    private final Supplier<Producer<String, String>> producers;
    private final BusConfig config;
    private final Consumer<Throwable> lost;

    private final ExecutorService sender = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("outbox-sender").factory());
    // Asking for an unknown topic blocks until the broker knows it, which may be never.
    private final ExecutorService topicLookup = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("outbox-topic-", 0).factory());

    private final Map<String, Deque<Waiting>> lanes = new HashMap<>();
    private final Set<Long> taken = new HashSet<>();
    private final List<Long> acknowledged = new ArrayList<>();
    private final Set<String> knownTopics = new HashSet<>();

    private @Nullable Producer<String, String> producer;
    private boolean fetching;
    private boolean fetchAgain;
    private boolean deleting;
    private boolean closed;
    private long poll;

    private record Waiting(long id, OutboxRow row) {}

    RelaySession(
            Vertx vertx,
            Context loop,
            PgConnection connection,
            Supplier<Producer<String, String>> producers,
            BusConfig config,
            Consumer<Throwable> lost) {
        this.vertx = vertx;
        this.loop = loop;
        this.connection = connection;
        this.producers = producers;
        this.config = config;
        this.lost = lost;
    }

    void open() {
        connection.closeHandler(ignored -> onLoop(() -> fail(new IllegalStateException("closed"))));
        connection.notificationHandler(ignored -> onLoop(this::fetch));
        connection.query("listen " + OutboxRelay.CHANNEL).execute().onFailure(this::fail);
        poll = vertx.setPeriodic(config.relay().poll().toMillis(), ignored -> onLoop(this::fetch));
        fetch();
    }

    /** Reads what is not yet in memory, as far as there is room. */
    void fetch() {
        int room = config.relay().window() - taken.size();
        if (closed || fetching || room <= 0) {
            fetchAgain = true;
            return;
        }
        fetching = true;
        fetchAgain = false;
        connection
                .preparedQuery(FETCH)
                .execute(Tuple.of(taken.toArray(Long[]::new), room))
                .onSuccess(rows -> onLoop(() -> accept(rows)))
                .onFailure(this::fail);
    }

    private void accept(RowSet<Row> rows) {
        fetching = false;
        for (Row row : rows) {
            enqueue(waiting(row));
        }
        if (fetchAgain) {
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

    private void enqueue(Waiting waiting) {
        taken.add(waiting.id());
        Deque<Waiting> lane = lanes.computeIfAbsent(waiting.row().orderingKey(), key -> new ArrayDeque<>());
        lane.add(waiting);
        if (lane.size() == 1) {
            sendHead(lane, 1);
        }
    }

    private void sendHead(Deque<Waiting> lane, int attempt) {
        if (closed) {
            return;
        }
        Waiting head = lane.element();
        boolean known = knownTopics.contains(head.row().topic());
        Producer<String, String> current = producer();
        (known ? sender : topicLookup).execute(() -> {
            try {
                if (!known) {
                    current.partitionsFor(head.row().topic());
                }
                current.send(
                        record(head.row()),
                        (metadata, failure) -> onLoop(() -> sent(lane, head, attempt, current, failure)));
            } catch (RuntimeException e) {
                onLoop(() -> sent(lane, head, attempt, current, e));
            }
        });
    }

    private static ProducerRecord<String, String> record(OutboxRow row) {
        ProducerRecord<String, String> record = new ProducerRecord<>(row.topic(), row.key(), row.payload());
        row.headers().forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        return record;
    }

    private void sent(
            Deque<Waiting> lane,
            Waiting head,
            int attempt,
            Producer<String, String> used,
            @Nullable Exception failure) {
        if (closed) {
            return;
        }
        if (failure != null) {
            again(lane, head, attempt, used, failure);
            return;
        }
        knownTopics.add(head.row().topic());
        lane.remove();
        acknowledged.add(head.id());
        if (lane.isEmpty()) {
            lanes.remove(head.row().orderingKey());
        } else {
            sendHead(lane, 1);
        }
        deleteAcknowledged();
    }

    private void again(
            Deque<Waiting> lane, Waiting head, int attempt, Producer<String, String> used, Exception failure) {
        if (attempt == 1) {
            LOG.warnf("%s takes no message, will try again: %s", head.row().topic(), failure.getMessage());
        }
        knownTopics.remove(head.row().topic());
        if (used.equals(producer) && !(failure instanceof RetriableException) && !aboutTheTopic(failure)) {
            replaceProducer();
        }
        vertx.setTimer(pause(attempt).toMillis(), ignored -> onLoop(() -> sendHead(lane, attempt + 1)));
    }

    private static boolean aboutTheTopic(Exception failure) {
        return failure instanceof ApiException
                && failure.getClass().getSimpleName().contains("Topic");
    }

    private Duration pause(int attempt) {
        return Pause.of(config.backoff(), attempt, ThreadLocalRandom.current());
    }

    private void deleteAcknowledged() {
        if (closed || deleting || acknowledged.isEmpty()) {
            return;
        }
        deleting = true;
        List<Long> ids = List.copyOf(acknowledged);
        acknowledged.clear();
        connection
                .preparedQuery(DELETE)
                .execute(Tuple.of(ids.toArray(Long[]::new)))
                .onSuccess(rows -> onLoop(() -> deleted(ids)))
                .onFailure(this::fail);
    }

    private void deleted(List<Long> ids) {
        deleting = false;
        ids.forEach(taken::remove);
        deleteAcknowledged();
        if (fetchAgain) {
            fetch();
        }
    }

    private Producer<String, String> producer() {
        if (producer == null) {
            producer = producers.get();
        }
        return producer;
    }

    /** After an error that a producer does not recover from. */
    private void replaceProducer() {
        Producer<String, String> broken = producer;
        producer = null;
        if (broken != null) {
            topicLookup.execute(() -> broken.close(Duration.ZERO));
        }
    }

    /** Gives everything back; rows on their way are sent again by the next relay. */
    Future<Void> close() {
        if (closed) {
            return Future.succeededFuture();
        }
        closed = true;
        vertx.cancelTimer(poll);
        connection.closeHandler(ignored -> {});
        replaceProducer();
        sender.shutdown();
        topicLookup.shutdown();
        // Closing alone would give the connection back to its pool with the lock on it.
        return connection
                .query("select pg_advisory_unlock_all(); unlisten *")
                .execute()
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

    private void onLoop(Runnable action) {
        loop.runOnContext(ignored -> action.run());
    }
}
