package io.archipelago.bus;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record that waits to be sent.
 *
 * @param orderingKey rows that share it are sent one after the other
 * @param payload null: a tombstone
 */
record OutboxRow(
        String topic,
        String key,
        String orderingKey,
        @Nullable String payload,
        Map<String, String> headers) {

    static String orderingKey(String topic, String key) {
        return topic + "/" + key;
    }
}
