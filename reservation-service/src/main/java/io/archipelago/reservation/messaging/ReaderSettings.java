package io.archipelago.reservation.messaging;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.StringDeserializer;

/** The settings of a client that reads a stream. */
final class ReaderSettings {

    private static final Map<String, Object> FIXED = Map.of(
            ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
            StringDeserializer.class,
            ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
            StringDeserializer.class,
            // A place that is not in the topic any more is a break, which nobody is to skip unseen.
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "none",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false,
            ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
            false,
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
            200,
            ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
            5000);

    private ReaderSettings() {}

    /**
     * Settings for a broker.
     *
     * @param given how it is spoken to: encryption, credentials and the like
     */
    static Map<String, Object> of(String bootstrapServers, Map<String, ?> given) {
        Map<String, Object> settings = new HashMap<>(given);
        settings.putAll(FIXED);
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        // To read as a group would take more rights than a peer gives.
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        settings.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
        return settings;
    }
}
