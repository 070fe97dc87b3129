package io.archipelago.bus;

import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Message;
import io.archipelago.contracts.Uuid7;
import io.archipelago.contracts.federation.StreamPosition;
import io.archipelago.wire.Wire;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jspecify.annotations.Nullable;

/** A transaction as seen by the handling of one message, or by a piece of work that no message caused. */
record OpenTx(
        Mutiny.Session session,
        Instant now,
        String correlationId,
        String source,
        RandomGenerator random,
        List<OutboxRow> outbox,
        List<AtEnd> atEnd,
        Map<Class<?>, Object> atHand)
        implements Tx {

    /** Work for the end of the transaction. */
    record AtEnd(String rank, Supplier<Uni<Void>> work) {}

    /** A broker takes 1 MiB, and key and headers need their place in it. */
    static final int MAX_PAYLOAD_BYTES = 900 * 1024;

    private static final Map<String, String> HEADERS = Map.of("content-type", Wire.CONTENT_TYPE);

    /** The same transaction while it handles a message: what is sent now was caused by it. */
    OpenTx causedBy(Envelope cause) {
        return new OpenTx(session, now, cause.correlationId(), source, random, outbox, atEnd, atHand);
    }

    @Override
    public void atEnd(String rank, Supplier<Uni<Void>> work) {
        atEnd.add(new AtEnd(rank, work));
    }

    @Override
    public <T> T atHand(Class<T> type, Supplier<T> made) {
        return type.cast(atHand.computeIfAbsent(type, none -> made.get()));
    }

    Uni<Void> end() {
        Uni<Void> all = Uni.createFrom().voidItem();
        for (AtEnd last :
                atEnd.stream().sorted(Comparator.comparing(AtEnd::rank)).toList()) {
            all = all.chain(last.work()::get);
        }
        return all;
    }

    @Override
    public UUID newId() {
        return Uuid7.next(now, random);
    }

    @Override
    public void send(String topic, String key, Message message) {
        add(topic, key, OutboxRow.orderingKey(topic, key), null, message);
    }

    @Override
    public void send(String topic, String key, StreamPosition position, Message message) {
        add(topic, key, topic, position, message);
    }

    @Override
    public void tombstone(String topic, String key) {
        outbox.add(new OutboxRow(topic, key, OutboxRow.orderingKey(topic, key), null, Map.of()));
    }

    private void add(String topic, String key, String orderingKey, @Nullable StreamPosition position, Message message) {
        String payload = Wire.write(new Envelope(newId(), source, key, now, correlationId, position, message));
        if (payload.getBytes(StandardCharsets.UTF_8).length > MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException("a message for " + topic + " is larger than a broker takes");
        }
        outbox.add(new OutboxRow(topic, key, orderingKey, payload, HEADERS));
    }
}
