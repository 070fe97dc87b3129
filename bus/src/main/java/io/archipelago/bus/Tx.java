package io.archipelago.bus;

import io.archipelago.contracts.Message;
import io.archipelago.contracts.federation.StreamPosition;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Supplier;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * An open transaction: what may be read, written and said in it. Only {@link UnitOfWork} and {@link Inbox} give one; it ends when the
 * work that got it is done, and is of no use after that.
 */
public interface Tx {

    /** The session of this transaction. Its operations follow one another, they never run side by side. */
    Mutiny.Session session();

    /** When the transaction began, by the database's clock. */
    Instant now();

    /** A new version 7 id of this time. */
    UUID newId();

    /** The id that all messages caused by one request share. */
    String correlationId();

    /**
     * Says something once the transaction has committed. Messages of one topic and key leave in the order of their transactions'
     * commits, provided that those transactions locked the same row before they sent.
     *
     * @param key the topic's partition key, which becomes the envelope's subject
     * @throws IllegalArgumentException if the message is not registered or larger than a broker takes (900 KiB)
     */
    void send(String topic, String key, Message message);

    /**
     * Says something with its place in what this site says to a peer. All such messages of one topic leave one after the other,
     * whatever their key.
     */
    void send(String topic, String key, StreamPosition position, Message message);

    /** Removes a key from a compacted topic, in order with what is sent under that key. */
    void tombstone(String topic, String key);

    /**
     * Does something after all other work of the transaction, just before it commits: for rows that many transactions want, and that must be
     * locked last and for a short time. What is asked for comes in the order of {@code rank}, equal ranks in the order of asking.
     */
    void atEnd(String rank, Supplier<Uni<Void>> work);

    /**
     * What a store keeps until the transaction ends, made when it is first asked for: what the messages of a batch have in common is then
     * read and written once for all of them.
     */
    <T> T atHand(Class<T> type, Supplier<T> made);
}
