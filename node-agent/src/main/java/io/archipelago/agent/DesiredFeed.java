package io.archipelago.agent;

import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.wire.Wire;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Reads the desired topics of all hosts from their beginning, with one consumer of no group, and tells each host's follower. */
final class DesiredFeed implements Runnable, AutoCloseable {

    private static final Logger LOG = Logger.getLogger(DesiredFeed.class);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final AgentProcess.Home home;
    private final Duration offlineAfter;
    private final boolean createTopics;
    private final Clock clock;
    private final Map<String, Follower> hosts = new HashMap<>();
    private final List<HostId> ids = new ArrayList<>();
    private final Thread thread;

    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile @Nullable Consumer<String, String> consumer;

    DesiredFeed(AgentProcess.Home home, AgentConfig config, Clock clock, List<? extends Follower> followers) {
        this.home = home;
        this.offlineAfter = config.offlineAfter();
        this.createTopics = config.createTopics();
        this.clock = clock;
        for (Follower follower : followers) {
            hosts.put(Topics.desired(follower.id()), follower);
            ids.add(follower.id());
        }
        this.thread = new Thread(this, "desired-feed");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    @Override
    public void run() {
        Instant started = clock.instant();
        boolean complained = false;
        while (!isClosing()) {
            try {
                follow();
            } catch (WakeupException | InterruptException e) {
                LOG.debug("the feed is told to stop");
            } catch (KafkaException e) {
                if (!complained) {
                    LOG.warnf(
                            "the broker at %s does not answer: %s; trying on", home.bootstrapServers(), e.getMessage());
                    complained = true;
                }
                if (!isClosing() && !clock.instant().isBefore(started.plus(offlineAfter))) {
                    hosts.values().forEach(Follower::brokerUnreachable);
                }
                pause();
            }
        }
    }

    @Override
    public void close() {
        closing.countDown();
        Consumer<String, String> open = consumer;
        if (open != null) {
            open.wakeup();
        }
        try {
            thread.join(ANSWER);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void follow() {
        try (Consumer<String, String> opened = open()) {
            consumer = opened;
            if (isClosing()) {
                return;
            }
            Set<TopicPartition> behind = assign(opened);
            Map<TopicPartition, Long> ends = opened.endOffsets(behind, ANSWER);
            while (!isClosing()) {
                Set<Follower> told = new HashSet<>();
                for (ConsumerRecord<String, String> message : opened.poll(behind.isEmpty() ? POLL : PAUSE)) {
                    Follower follower = hosts.get(message.topic());
                    if (follower != null) {
                        hear(follower, message);
                        told.add(follower);
                    }
                }
                told.forEach(Follower::heard);
                if (!behind.isEmpty()) {
                    behind.removeIf(
                            partition -> opened.position(partition, ANSWER) >= ends.getOrDefault(partition, 0L));
                    announce(behind);
                }
            }
        } finally {
            consumer = null;
        }
    }

    private void announce(Set<TopicPartition> behind) {
        Set<String> late = new HashSet<>();
        behind.forEach(partition -> late.add(partition.topic()));
        hosts.forEach((topic, follower) -> {
            if (!late.contains(topic)) {
                follower.caughtUp();
            }
        });
        if (late.isEmpty()) {
            LOG.infof("siteId=%s caught up with the desired state of %d hosts", home.id(), hosts.size());
        }
    }

    private void hear(Follower follower, ConsumerRecord<String, String> message) {
        try {
            ResourceKey key = ResourceKey.parse(message.key());
            if (message.value() == null) {
                follower.hear(key, null);
                return;
            }
            Envelope envelope = Wire.read(message.value());
            if (envelope.message() instanceof DesiredResource desired
                    && desired.key().equals(key)) {
                follower.hear(key, envelope);
            } else {
                passedOver(message, "it is no specification of that key");
            }
        } catch (Wire.UnreadableMessage | RuntimeException e) {
            passedOver(message, String.valueOf(e.getMessage()));
        }
    }

    private static void passedOver(ConsumerRecord<String, String> message, String why) {
        LOG.errorf("%s offset %d key %s passed over: %s", message.topic(), message.offset(), message.key(), why);
    }

    private Consumer<String, String> open() {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        home.bootstrapServers(),
                        ConsumerConfig.CLIENT_ID_CONFIG,
                        "agent-" + home.id(),
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        "false",
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                        "false",
                        ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
                        Integer.toString(4 << 20),
                        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        Long.toString(ANSWER.toMillis())),
                new StringDeserializer(),
                new StringDeserializer());
    }

    private Set<TopicPartition> assign(Consumer<String, String> opened) {
        Set<TopicPartition> partitions = new HashSet<>();
        Map<String, List<PartitionInfo>> topics = opened.listTopics(ANSWER);
        // A client for this alone costs every start a tenth of its work, and is needed at a host's first.
        if (createTopics && !topics.keySet().containsAll(ownTopics())) {
            createTopics();
            topics = opened.listTopics(ANSWER);
        }
        for (String topic : hosts.keySet()) {
            List<PartitionInfo> found = topics.get(topic);
            if (found == null) {
                throw new KafkaException("there is no topic " + topic);
            }
            found.forEach(partition -> partitions.add(new TopicPartition(topic, partition.partition())));
        }
        opened.assign(partitions);
        opened.seekToBeginning(partitions);
        return partitions;
    }

    private List<String> ownTopics() {
        List<String> topics = new ArrayList<>();
        for (HostId id : ids) {
            topics.add(Topics.desired(id));
            topics.add(Topics.observed(id));
        }
        return topics;
    }

    private void createTopics() {
        try (Admin admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, home.bootstrapServers(),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Long.toString(ANSWER.toMillis()),
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Long.toString(ANSWER.toMillis())))) {
            List<NewTopic> topics =
                    ownTopics().stream().map(DesiredFeed::compacted).toList();
            for (var made : admin.createTopics(topics).values().values()) {
                await(made);
            }
        }
    }

    private static void await(KafkaFuture<Void> made) {
        try {
            made.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException || e.getCause() instanceof AuthorizationException) {
                return;
            }
            throw new KafkaException("cannot make the topics of the hosts", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    private static NewTopic compacted(String name) {
        return new NewTopic(name, Optional.of(1), Optional.empty()).configs(Topics.SETTINGS_OF_HOSTS);
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void pause() {
        try {
            boolean unused = closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
