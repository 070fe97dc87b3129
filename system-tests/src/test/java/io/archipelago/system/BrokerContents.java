package io.archipelago.system;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/** What a site's broker keeps, read by somebody who is no service and leaves no trace. */
final class BrokerContents {

    private static final Predicate<String> DESIRED =
            Pattern.compile("host\\.[^.]+\\.desired\\.v1").asMatchPredicate();
    private static final Predicate<String> DEAD_LETTERS =
            Pattern.compile("[^.]+\\.dead-letter\\.v1").asMatchPredicate();
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Map<String, Object> settings;

    BrokerContents(String bootstrapServers) {
        settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                (int) PATIENCE.toMillis());
    }

    /** What the site's agents would be told to keep if they all began anew: each key whose last message is no tombstone, after its topic. */
    List<String> desired() {
        Map<String, @Nullable String> last = new LinkedHashMap<>();
        read(DESIRED).forEach(record -> last.put(record.topic() + " " + record.key(), record.value()));
        return last.entrySet().stream()
                .filter(each -> each.getValue() != null)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** All that was ever given up, also what an operator has dealt with since. */
    List<String> deadLetters() {
        return read(DEAD_LETTERS).stream()
                .map(record -> record.topic() + " " + record.partition() + "/" + record.offset() + " " + record.key()
                        + ": " + record.value())
                .toList();
    }

    /** Every message that is kept, of every topic, as text. */
    List<String> everything() {
        return read(topic -> true).stream()
                .map(record -> record.topic() + " " + record.key() + ": " + record.value())
                .toList();
    }

    /** From the beginning to where the topics end now. */
    private List<ConsumerRecord<String, @Nullable String>> read(Predicate<String> topics) {
        Instant deadline = Instant.now().plus(PATIENCE);
        try (KafkaConsumer<String, @Nullable String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.listTopics().entrySet().stream()
                    .filter(each -> topics.test(each.getKey()))
                    .flatMap(each -> each.getValue().stream())
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            if (partitions.isEmpty()) {
                throw new AssertionError("the broker has no such topics: this looks for something that is not there");
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<String, @Nullable String>> records = new ArrayList<>();
            while (partitions.stream()
                    .anyMatch(partition -> consumer.position(partition) < requireNonNull(ends.get(partition)))) {
                if (Instant.now().isAfter(deadline)) {
                    throw new AssertionError("the broker does not give what it has");
                }
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
            return records;
        }
    }
}
