package io.archipelago.testkit;

import static java.util.Objects.requireNonNull;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.allocation.AllocationCommand;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.wire.Wire;
import io.archipelago.wire.Wire.UnreadableMessage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** What a participant answers on its topic, read as long as the tests run. */
final class Answers implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private record About(AllocationId allocation, long sequence) {}

    private final Map<About, CompletableFuture<AllocationEvent>> first = new ConcurrentHashMap<>();
    private final KafkaConsumer<String, String> consumer;
    private final Thread reader;
    private volatile boolean closed;

    Answers(String bootstrapServers, String topic) {
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers), new StringDeserializer(), new StringDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        reader = Thread.ofPlatform().daemon().name("answers on " + topic).start(this::read);
    }

    /** The first answer to a command; {@link AssertionError} if none comes. */
    AllocationEvent to(AllocationCommand command) {
        try {
            return future(new About(command.allocation(), command.sequence()))
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("no answer to " + command, e);
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private void read() {
        try (consumer) {
            while (!closed) {
                consumer.poll(POLL).forEach(this::take);
            }
        }
    }

    private void take(ConsumerRecord<String, String> record) {
        try {
            // What placement says of the site's capacity stands beside its answers.
            if (Wire.read(requireNonNull(record.value())).message() instanceof AllocationEvent event) {
                future(new About(event.allocation(), event.sequence())).complete(event);
            }
        } catch (UnreadableMessage e) {
            throw new AssertionError(e);
        }
    }

    private CompletableFuture<AllocationEvent> future(About about) {
        return first.computeIfAbsent(about, any -> new CompletableFuture<>());
    }

    @Override
    public void close() {
        closed = true;
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
