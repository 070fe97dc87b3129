package io.archipelago.testkit;

import static java.util.Objects.requireNonNull;

import io.archipelago.local.TopicSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/** Makes topics on a broker that is not ours. */
final class BrokerTopics {

    private static final int PATIENCE_SECONDS = 30;

    private BrokerTopics() {}

    static void recreate(String bootstrapServers, Collection<TopicSpec> wanted) throws IOException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            Set<String> existing = admin.listTopics().names().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            List<String> old = wanted.stream()
                    .map(TopicSpec::name)
                    .filter(existing::contains)
                    .toList();
            admin.deleteTopics(old).all().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            create(admin, wanted);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("topics could not be created: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** A deleted topic is gone a moment later. */
    private static void create(Admin admin, Collection<TopicSpec> wanted)
            throws ExecutionException, InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        Collection<TopicSpec> missing = wanted;
        while (!missing.isEmpty()) {
            Map<String, KafkaFuture<Void>> results = admin.createTopics(
                            missing.stream().map(BrokerTopics::newTopic).collect(Collectors.toList()))
                    .values();
            List<TopicSpec> again = new ArrayList<>();
            for (TopicSpec topic : missing) {
                try {
                    requireNonNull(results.get(topic.name())).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof TopicExistsException) || System.nanoTime() > deadline) {
                        throw e;
                    }
                    again.add(topic);
                }
            }
            missing = again;
        }
    }

    private static NewTopic newTopic(TopicSpec spec) {
        NewTopic topic = new NewTopic(spec.name(), spec.partitions(), (short) 1);
        return spec.compacted()
                ? topic.configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT))
                : topic;
    }
}
