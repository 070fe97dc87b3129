package io.archipelago.bus;

import io.archipelago.contracts.Topics;
import io.archipelago.wire.Json;
import io.smallrye.mutiny.Uni;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.hibernate.reactive.mutiny.Mutiny;

/** The inbox's and the parked messages' statements. */
final class Parking {

    private static final String REMEMBER = """
            insert into inbox (consumer, message_id)
            select :consumer, cast(id as uuid) from jsonb_array_elements_text(cast(cast(:ids as text) as jsonb)) as ids (id)
            on conflict do nothing
            returning cast(message_id as text)
            """;
    // Locked, so that a replay which is about to free the key waits for what is parked behind it, and the other way
    // round.
    private static final String PARKED = """
            select ordering_key from parked_key
            where consumer = :consumer
              and ordering_key in (select jsonb_array_elements_text(cast(cast(:keys as text) as jsonb)))
            order by id for update
            """;
    private static final String PARK_KEY = """
            insert into parked_key (consumer, ordering_key) values (:consumer, :orderingKey)
            on conflict (consumer, ordering_key) do update set since = parked_key.since
            returning id
            """;
    private static final String PARK_MESSAGE = """
            insert into parked_message (parked_key, message_id, topic, partition, position, key, payload, reason)
            values (:parkedKey, cast(:messageId as uuid), :topic, :partition, :position, cast(:key as text), cast(:payload as text), :reason)
            """;

    private static final int MAX_REASON_LENGTH = 1000;
    private static final int MAX_REASON_BYTES = 4 * 1024;
    private static final int MAX_KEY_BYTES = 16 * 1024;
    private static final int MAX_COPY_BYTES = OpenTx.MAX_PAYLOAD_BYTES;

    private Parking() {}

    /** Marks messages as applied; gives those that were not marked before. */
    static Uni<Set<UUID>> remember(Mutiny.Session session, String consumer, Collection<UUID> ids) {
        return session.<String>createNativeQuery(REMEMBER)
                .setParameter("consumer", consumer)
                .setParameter("ids", Json.write(ids))
                .getResultList()
                .map(fresh -> fresh.stream().map(UUID::fromString).collect(Collectors.toSet()));
    }

    /** Which of these keys are parked. */
    static Uni<Set<String>> parked(Mutiny.Session session, String consumer, Collection<String> orderingKeys) {
        return session.<String>createNativeQuery(PARKED)
                .setParameter("consumer", consumer)
                .setParameter("keys", Json.write(orderingKeys))
                .getResultList()
                .map(HashSet::new);
    }

    static Uni<Void> park(OpenTx tx, String consumer, Delivery delivery, String reason) {
        return tx.session()
                .<Long>createNativeQuery(PARK_KEY)
                .setParameter("consumer", consumer)
                .setParameter("orderingKey", delivery.orderingKey())
                .getSingleResult()
                .chain(key -> tx.session()
                        .createNativeQuery(PARK_MESSAGE)
                        .setParameter("parkedKey", key)
                        .setParameter("messageId", delivery.id().toString())
                        .setParameter("topic", delivery.topic())
                        .setParameter("partition", delivery.partition())
                        .setParameter("position", delivery.position())
                        .setParameter("key", delivery.key())
                        .setParameter("payload", delivery.payload())
                        .setParameter("reason", reason)
                        .executeUpdate())
                .replaceWithVoid();
    }

    /** Parks a message that can not be applied, and tells of it. */
    static Uni<Void> refuse(OpenTx tx, String consumer, Delivery delivery, String reason) {
        copy(tx, consumer, delivery, reason);
        return park(tx, consumer, delivery, reason);
    }

    /**
     * Tells of a message that can not be applied, on the consumer's dead-letter topic. What came may be as large as a broker takes, and has
     * grown since: it is cut, with a header that says so, for a copy that no broker takes would be tried without end.
     */
    static void copy(OpenTx tx, String consumer, Delivery delivery, String reason) {
        String topic = Topics.deadLetter(consumer);
        String wholeKey = delivery.key() == null ? "" : delivery.key();
        String key = Utf8.cut(wholeKey, MAX_KEY_BYTES);
        String payload = delivery.payload() == null ? null : Utf8.cut(delivery.payload(), MAX_COPY_BYTES);
        Map<String, String> headers = new HashMap<>(Map.of(
                "dead-letter-reason", Utf8.cut(reason, MAX_REASON_BYTES),
                "dead-letter-topic", delivery.topic(),
                "dead-letter-partition", Integer.toString(delivery.partition()),
                "dead-letter-offset", Long.toString(delivery.position())));
        if (!key.equals(wholeKey) || !Objects.equals(payload, delivery.payload())) {
            headers.put("dead-letter-cut", "true");
        }
        tx.outbox().add(new OutboxRow(topic, key, OutboxRow.orderingKey(topic, key), payload, headers));
    }

    /** For operators: what went wrong, in one line. */
    static String reason(Throwable failure) {
        String text = failure.getClass().getSimpleName() + ": " + failure.getMessage();
        return text.replace('\0', ' ').replace('\n', ' ').substring(0, Math.min(text.length(), MAX_REASON_LENGTH));
    }

    static List<UUID> ids(Collection<Delivery> deliveries) {
        return deliveries.stream().map(Delivery::id).distinct().toList();
    }
}
