package io.archipelago.local;

import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
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
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        streams.forEach(topic -> wanted.put(new TopicPartition(topic, 0), OffsetSpec.latest()));
        Map<String, Long> ends = new HashMap<>();
        admin.listOffsets(wanted)
                .all()
                .get(ANSWER_SECONDS, TimeUnit.SECONDS)
                .forEach((partition, end) -> ends.put(partition.topic(), end.offset()));
        return ends;
    }

    private static long lag(Admin admin, String group)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get(ANSWER_SECONDS, TimeUnit.SECONDS);
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        committed.keySet().forEach(partition -> wanted.put(partition, OffsetSpec.latest()));
        Map<TopicPartition, ListOffsetsResultInfo> ends =
                admin.listOffsets(wanted).all().get(ANSWER_SECONDS, TimeUnit.SECONDS);
        long lag = 0;
        for (Map.Entry<TopicPartition, ListOffsetsResultInfo> end : ends.entrySet()) {
            OffsetAndMetadata position = committed.get(end.getKey());
            if (position != null) {
                lag += Math.max(0, end.getValue().offset() - position.offset());
            }
        }
        return lag;
    }
}
