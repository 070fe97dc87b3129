package io.archipelago.bus;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringSerializer;

/** Sends records and never blocks its caller: not for a broker that is away, nor for a topic that does not exist. */
class Broker implements AutoCloseable {

    private static final int REQUEST_MILLIS = 5_000;
    private static final int DELIVERY_MILLIS = 10_000;
    private static final int RECONNECT_MILLIS = 1_000;

    private final Producer<String, String> producer;
    private final Admin admin;
    // A producer blocks while it learns about a topic or its buffer is full.
    private final ExecutorService sender = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("outbox-sender").factory());
    private final Map<String, CompletableFuture<Void>> topics = new ConcurrentHashMap<>();
    // What waits for its turn in the sender is known to no client, so none would tell of its end.
    private final Set<CompletableFuture<Void>> pending = ConcurrentHashMap.newKeySet();

    Broker(Map<String, Object> kafka) {
        producer = new KafkaProducer<>(producerSettings(kafka), new StringSerializer(), new StringSerializer());
        admin = Admin.create(adminSettings(kafka));
    }

    private static Map<String, Object> producerSettings(Map<String, Object> kafka) {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        // A record that was given up is tried again from its row, so more patience here would only hide the trouble.
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, REQUEST_MILLIS);
        settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, RECONNECT_MILLIS);
        return settings;
    }

    private static Map<String, Object> adminSettings(Map<String, Object> kafka) {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS);
        settings.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, RECONNECT_MILLIS);
        return settings;
    }

    /** Completes when the broker has acknowledged the record, on any thread; fails at the latest when this is closed. */
    CompletionStage<Void> send(OutboxRow row) {
        CompletableFuture<Void> acknowledged = new CompletableFuture<>();
        pending.add(acknowledged);
        CompletableFuture<Void> topic = topic(row.topic());
        topic.thenRunAsync(() -> hand(row, topic, acknowledged), sender).exceptionally(failure -> {
            acknowledged.completeExceptionally(failure);
            return null;
        });
        return acknowledged.whenComplete((done, failure) -> {
            pending.remove(acknowledged);
            if (failure != null && !isOfRecord(failure)) {
                topics.remove(row.topic(), topic);
            }
        });
    }

    private CompletableFuture<Void> topic(String name) {
        return topics.computeIfAbsent(
                name,
                topic -> admin.describeTopics(List.of(topic))
                        .allTopicNames()
                        .toCompletionStage()
                        .toCompletableFuture()
                        .thenAccept(found -> {}));
    }

    private void hand(OutboxRow row, CompletableFuture<Void> topic, CompletableFuture<Void> acknowledged) {
        // For a topic that has gone the producer blocks at each record, and all other topics with it.
        if (topics.get(row.topic()) != topic) {
            acknowledged.completeExceptionally(new TimeoutException("an earlier record of the topic was not taken"));
            return;
        }
        ProducerRecord<String, String> record = new ProducerRecord<>(row.topic(), row.key(), row.payload());
        row.headers().forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        producer.send(record, (metadata, failure) -> {
            if (failure == null) {
                acknowledged.complete(null);
            } else {
                acknowledged.completeExceptionally(failure);
            }
        });
    }

    /** Whether a failure is one that this producer will not recover from; one of the record or its topic is not. */
    static boolean isFinal(Throwable failure) {
        return failure instanceof ApiException
                && !(failure instanceof RetriableException)
                && !isOfRecord(failure)
                && !isOfTopic(failure);
    }

    private static boolean isOfRecord(Throwable failure) {
        return failure instanceof RecordTooLargeException || failure instanceof InvalidRecordException;
    }

    /** Whether a failure says that nothing of this topic would be taken. */
    static boolean isOfTopic(Throwable failure) {
        return failure instanceof UnknownTopicOrPartitionException
                || failure instanceof TopicAuthorizationException
                || failure instanceof InvalidTopicException;
    }

    /** At once; what was not acknowledged may or may not arrive. */
    @Override
    public void close() {
        sender.shutdownNow();
        Thread.ofVirtual().name("outbox-close").start(() -> {
            try {
                producer.close(Duration.ZERO);
                admin.close(Duration.ZERO);
            } finally {
                // Only now: a record that is sent anew should not overtake, or be overtaken by, its first sending.
                pending.forEach(
                        waiting -> waiting.completeExceptionally(new DisconnectException("the producer was closed")));
            }
        });
    }
}
