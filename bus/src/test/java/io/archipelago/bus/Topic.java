package io.archipelago.bus;

import static java.util.Objects.requireNonNull;

import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.wire.Wire;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** Topics as somebody outside sees them. */
@ApplicationScoped
class Topic {

    private final Map<String, Object> settings;
    private final KafkaProducer<String, String> producer;

    Topic(@ConfigProperty(name = "kafka.bootstrap.servers") String servers) {
        settings = Map.of("bootstrap.servers", servers);
        producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }

    @PreDestroy
    void close() {
        producer.close(Duration.ZERO);
    }

    static String header(ConsumerRecord<String, String> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    static Envelope message(ConsumerRecord<String, String> record) {
        try {
            return Wire.read(record.value());
        } catch (Wire.UnreadableMessage e) {
            throw new IllegalStateException(e);
        }
    }

    static long sequence(ConsumerRecord<String, String> record) {
        return ((ShareMessage) message(record).message()).sequence();
    }

    void write(String topic, @Nullable String key, @Nullable String value) {
        try {
            producer.send(new ProducerRecord<>(topic, key, value)).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Not yet acknowledged when it returns. */
    void writeLater(String topic, @Nullable String key, @Nullable String value) {
        var ignored = producer.send(new ProducerRecord<>(topic, key, value));
    }

    void flush() {
        producer.flush();
    }

    /** The records of a key that are in the topic now. */
    List<ConsumerRecord<String, String>> read(String topic, String key) {
        return readAll(topic).stream()
                .filter(record -> key.equals(record.key()))
                .toList();
    }

    List<ConsumerRecord<String, String>> readAll(String topic) {
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<String, String>> records = new ArrayList<>();
            while (partitions.stream()
                    .anyMatch(partition -> consumer.position(partition) < requireNonNull(ends.get(partition)))) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
            return records;
        }
    }
}
