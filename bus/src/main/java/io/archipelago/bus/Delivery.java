package io.archipelago.bus;

import io.archipelago.contracts.Envelope;
import io.archipelago.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record as it came, and what could be read of it.
 *
 * @param id the message's id; for one that can not be read, an id made of its place and its text
 * @param orderingKey records that share it are applied one after the other
 * @param envelope null if the record can not be read
 * @param unreadable why it can not be read; null if it can
 */
record Delivery(
        String topic,
        int partition,
        long position,
        @Nullable String key,
        @Nullable String payload,
        UUID id,
        String orderingKey,
        @Nullable Envelope envelope,
        @Nullable String unreadable) {

    static Delivery of(ConsumerRecord<String, String> record) {
        return of(record.topic(), record.partition(), record.offset(), record.key(), record.value());
    }

    static Delivery of(
            String topic, int partition, long position, @Nullable String rawKey, @Nullable String rawPayload) {
        String key = storable(rawKey);
        String payload = storable(rawPayload);
        String place = topic + "/" + partition + "/" + position;
        // Without a key nothing was promised about order, so nothing waits behind such a record.
        String orderingKey = key == null ? place : OutboxRow.orderingKey(topic, key);
        try {
            Envelope envelope = Wire.read(payload);
            return new Delivery(topic, partition, position, key, payload, envelope.id(), orderingKey, envelope, null);
        } catch (Wire.UnreadableMessage e) {
            UUID id = UUID.nameUUIDFromBytes((place + "/" + payload).getBytes(StandardCharsets.UTF_8));
            return new Delivery(
                    topic, partition, position, key, payload, id, orderingKey, null, "unreadable: " + e.getMessage());
        }
    }

    /** PostgreSQL's text has no place for a NUL, and no message of ours contains one. */
    private static @Nullable String storable(@Nullable String text) {
        return text == null ? null : text.replace('\0', '\uFFFD');
    }
}
