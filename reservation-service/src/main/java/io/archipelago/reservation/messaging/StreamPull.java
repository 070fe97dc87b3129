package io.archipelago.reservation.messaging;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.reservation.persistence.InboundStreams;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads one topic of one broker from where it was last read to. It joins no group and writes nothing there: the credentials of a peer need to
 * read this one topic and nothing more. An unreachable broker only delays.
 */
final class StreamPull implements Runnable {

    private static final Logger LOG = Logger.getLogger(StreamPull.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final SiteId from;
    private final Map<String, Object> settings;
    private final TopicPartition partition;
    private final Supplier<Uni<Long>> position;
    private final Function<ConsumerRecords<String, String>, Uni<Void>> apply;
    private final LongFunction<Uni<Void>> readUpTo;
    private final Supplier<Uni<Void>> onBreak;
    private final Thread thread;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile @Nullable KafkaConsumer<String, String> reading;

    StreamPull(
            SiteId from,
            Map<String, Object> settings,
            String topic,
            Supplier<Uni<Long>> position,
            Function<ConsumerRecords<String, String>, Uni<Void>> apply,
            LongFunction<Uni<Void>> readUpTo,
            Supplier<Uni<Void>> onBreak) {
        this.from = from;
        this.settings = settings;
        this.partition = new TopicPartition(topic, 0);
        this.position = position;
        this.apply = apply;
        this.readUpTo = readUpTo;
        this.onBreak = onBreak;
        this.thread = new Thread(this, "stream-from-" + from);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void stop() {
        stopping.countDown();
        KafkaConsumer<String, String> consumer = reading;
        if (consumer != null) {
            consumer.wakeup();
        }
    }

    @Override
    public void run() {
        while (running()) {
            try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings)) {
                reading = consumer;
                consumer.assign(List.of(partition));
                seek(consumer, position.get().await().indefinitely());
                while (running()) {
                    read(consumer);
                }
            } catch (WakeupException e) {
                LOG.debugf("the stream from site %s is read no more", from);
            } catch (RuntimeException e) {
                LOG.warnf(e, "the stream from site %s is read again in a moment", from);
                pause();
            } finally {
                reading = null;
            }
        }
    }

    private boolean running() {
        return stopping.getCount() > 0;
    }

    private void seek(KafkaConsumer<String, String> consumer, long offset) {
        if (offset == InboundStreams.END) {
            consumer.seekToEnd(List.of(partition));
        } else {
            consumer.seek(partition, offset);
        }
    }

    private void read(KafkaConsumer<String, String> consumer) {
        try {
            ConsumerRecords<String, String> batch = consumer.poll(POLL);
            if (!batch.isEmpty()) {
                apply.apply(labelled(batch)).await().indefinitely();
                readUpTo.apply(consumer.position(partition)).await().indefinitely();
            }
        } catch (OffsetOutOfRangeException e) {
            LOG.warnf("the topic of site %s was made anew, or has forgotten what was not read yet", from);
            consumer.seekToBeginning(List.of(partition));
            onBreak.get().await().indefinitely();
        }
    }

    /** Every peer's topic has the same name: what is parked, and what waits behind it, is told apart by the site that it was read from. */
    private ConsumerRecords<String, String> labelled(ConsumerRecords<String, String> batch) {
        TopicPartition label = new TopicPartition(partition.topic() + "@" + from, partition.partition());
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        for (ConsumerRecord<String, String> record : batch) {
            records.add(new ConsumerRecord<>(
                    label.topic(), label.partition(), record.offset(), record.key(), record.value()));
        }
        return new ConsumerRecords<>(Map.of(label, records), Map.of());
    }

    private void pause() {
        try {
            boolean stopped = stopping.await(AGAIN.toMillis(), TimeUnit.MILLISECONDS);
            LOG.debugf("stopped: %s", stopped);
        } catch (InterruptedException e) {
            stopping.countDown();
        }
    }
}
