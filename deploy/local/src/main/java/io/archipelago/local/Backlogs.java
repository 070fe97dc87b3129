package io.archipelago.local;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Properties;
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

/** What waits: messages that a service wrote and did not send yet, and messages that it did not read yet. */
final class Backlogs {

    private static final String TIMEOUT_SECONDS = "2";
    private static final int ANSWER_SECONDS = 5;

    private Backlogs() {}

    /** Empty when the database does not answer or has no outbox yet. */
    static OptionalLong outbox(String jdbcUrl, String role, String password) {
        Properties properties = new Properties();
        properties.setProperty("user", role);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", TIMEOUT_SECONDS);
        properties.setProperty("socketTimeout", TIMEOUT_SECONDS);
        try (Connection connection = DriverManager.getConnection(jdbcUrl, properties);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select count(*) from outbox")) {
            rows.next();
            return OptionalLong.of(rows.getLong(1));
        } catch (SQLException unknown) {
            return OptionalLong.empty();
        }
    }

    /** Lag by consumer group; empty when the broker does not answer. */
    static Map<String, Long> lags(String bootstrapServers) throws IOException {
        Map<String, Object> settings = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "4000",
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, "2000");
        Map<String, Long> lags = new LinkedHashMap<>();
        try (Admin admin = Admin.create(settings)) {
            for (GroupListing group : admin.listGroups().all().get(ANSWER_SECONDS, TimeUnit.SECONDS)) {
                lags.put(group.groupId(), lag(admin, group.groupId()));
            }
            return lags;
        } catch (ExecutionException | TimeoutException noAnswer) {
            return Map.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
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
