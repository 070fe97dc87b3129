package io.archipelago.local;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * What waits to be read at a broker; all empty when it does not answer.
 *
 * @param lags by consumer group
 * @param ends where the streams end, by topic, for those who remember themselves how far they have read
 */
record Backlogs(Map<String, Long> lags, Map<String, Long> ends) {

    private static final int ANSWER_SECONDS = 5;

    /** @param streams topics of one partition */
    static Backlogs of(String bootstrapServers, List<String> streams) throws IOException {
        Map<String, Object> settings = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "4000",
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, "2000");
        Map<String, Long> lags = new LinkedHashMap<>();
        try (Admin admin = Admin.create(settings)) {
            for (GroupListing group : admin.listGroups().all().get(ANSWER_SECONDS, TimeUnit.SECONDS)) {
                lags.put(group.groupId(), lag(admin, group.groupId()));
            }
            return new Backlogs(lags, ends(admin, streams));
        } catch (ExecutionException | TimeoutException noAnswer) {
            return new Backlogs(Map.of(), Map.of());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static Map<String, Long> ends(Admin admin, List<String> streams)
            throws ExecutionException, InterruptedException, TimeoutException {
        Set<TopicPartition> partitions =
                streams.stream().map(topic -> new TopicPartition(topic, 0)).collect(Collectors.toSet());
        Map<String, Long> ends = new HashMap<>();
        offsets(admin, partitions, OffsetSpec.latest()).forEach((partition, end) -> ends.put(partition.topic(), end));
        return ends;
    }

    /** A partition of which nothing was ever committed is behind by all that it holds: whoever hangs at the first message shows too. */
    private static long lag(Admin admin, String group)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, Long> positions = new HashMap<>();
        admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get(ANSWER_SECONDS, TimeUnit.SECONDS)
                .forEach((partition, committed) -> {
                    if (committed != null) {
                        positions.put(partition, committed.offset());
                    }
                });
        Set<TopicPartition> untouched = assigned(admin, group);
        untouched.removeAll(positions.keySet());
        positions.putAll(offsets(admin, untouched, OffsetSpec.earliest()));
        return offsets(admin, positions.keySet(), OffsetSpec.latest()).entrySet().stream()
                .mapToLong(end -> Math.max(0, end.getValue() - positions.getOrDefault(end.getKey(), end.getValue())))
                .sum();
    }

    private static Set<TopicPartition> assigned(Admin admin, String group)
            throws ExecutionException, InterruptedException, TimeoutException {
        return admin
                .describeConsumerGroups(List.of(group))
                .all()
                .get(ANSWER_SECONDS, TimeUnit.SECONDS)
                .values()
                .stream()
                .flatMap(description -> description.members().stream())
                .flatMap(member -> member.assignment().topicPartitions().stream())
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static Map<TopicPartition, Long> offsets(Admin admin, Set<TopicPartition> partitions, OffsetSpec which)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        partitions.forEach(partition -> wanted.put(partition, which));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        admin.listOffsets(wanted)
                .all()
                .get(ANSWER_SECONDS, TimeUnit.SECONDS)
                .forEach((partition, found) -> offsets.put(partition, found.offset()));
        return offsets;
    }
}
