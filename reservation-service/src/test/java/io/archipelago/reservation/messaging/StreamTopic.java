package io.archipelago.reservation.messaging;

import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Topics;
import io.archipelago.wire.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** What this site says to a site, as its topic has it. */
final class StreamTopic {

    private StreamTopic() {}

    /** Everything that stands in the topic to a site. */
    static List<Envelope> read(String brokers, SiteId site) {
        TopicPartition partition = new TopicPartition(Topics.federationTo(site), 0);
        List<Envelope> said = new ArrayList<>();
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", brokers,
                "key.deserializer", StringDeserializer.class,
                "value.deserializer", StringDeserializer.class);
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings)) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = Objects.requireNonNull(
                    consumer.endOffsets(List.of(partition)).get(partition));
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(1))) {
                    said.add(Wire.read(record.value()));
                }
            }
        } catch (Wire.UnreadableMessage e) {
            throw new IllegalStateException(e);
        }
        return said;
    }
}
