package io.archipelago.reservation.messaging;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.federation.StreamPosition;
import io.archipelago.wire.Wire;
import io.archipelago.wire.Wire.UnreadableMessage;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Finds out how far this site's own topics have come, to be compared with what its database remembers. */
final class StreamEnds {

    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Comparator<StreamPosition> ORDER =
            Comparator.comparingLong(StreamPosition::epoch).thenComparingLong(StreamPosition::sequence);

    /** A relay that was thought dead may have sent something late: the last record need not have the last place. */
    private static final int LAST = 50;

    private StreamEnds() {}

    /** The last place in the topic to each site; sites whose topic is empty or absent are left out. */
    static Map<SiteId, StreamPosition> find(Map<String, Object> settings, Collection<SiteId> sites) {
        Map<SiteId, StreamPosition> found = new HashMap<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings)) {
            for (SiteId site : sites) {
                String topic = Topics.federationTo(site);
                if (!consumer.partitionsFor(topic).isEmpty()) {
                    last(consumer, new TopicPartition(topic, 0)).ifPresent(place -> found.put(site, place));
                }
            }
        }
        return found;
    }

    private static Optional<StreamPosition> last(KafkaConsumer<String, String> consumer, TopicPartition partition) {
        consumer.assign(List.of(partition));
        long begin = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
        long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        consumer.seek(partition, Math.max(begin, end - LAST));
        Optional<StreamPosition> last = Optional.empty();
        while (consumer.position(partition) < end) {
            ConsumerRecords<String, String> records = consumer.poll(POLL);
            last = Stream.concat(
                            last.stream(),
                            StreamSupport.stream(records.spliterator(), false)
                                    .map(StreamEnds::place)
                                    .flatMap(Optional::stream))
                    .max(ORDER);
        }
        return last;
    }

    private static Optional<StreamPosition> place(ConsumerRecord<String, String> record) {
        try {
            return Optional.ofNullable(Wire.read(record.value()).stream());
        } catch (UnreadableMessage e) {
            return Optional.empty();
        }
    }
}
