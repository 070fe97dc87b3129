package io.archipelago.simulation;

import io.archipelago.contracts.Message;
import io.archipelago.contracts.federation.StreamPosition;
import org.jspecify.annotations.Nullable;

/**
 * A message with its address.
 *
 * @param id fixed when the sender's transaction wrote it, the same however often it arrives
 * @param topic where
 * @param key messages of one key on one topic arrive in order
 * @param stream its place in what one site says to another; null within a site
 * @param message what is said; null: nothing any more (a tombstone)
 */
record Posted(
        long id,
        String topic,
        Object key,
        @Nullable StreamPosition stream,
        @Nullable Message message) {

    String summary() {
        String body = message == null ? "tombstone" : Words.of(message);
        return stream == null ? body : body + " #" + stream.sequence();
    }
}
