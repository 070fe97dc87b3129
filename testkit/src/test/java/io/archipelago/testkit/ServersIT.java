package io.archipelago.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.local.TopicSpec;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class ServersIT {

    private static final TopicSpec TOPIC = TopicSpec.of("left.over.v1", 1);

    @Test
    void givesTheNextModuleEmptyTopicsOnASharedBroker() throws Exception {
        try (EmbeddedServers shared = new EmbeddedServers()) {
            // Given
            Servers first = new GivenServers(shared.postgres(), shared.password(), shared.bootstrapServers());
            first.createTopics(List.of(TOPIC));
            write(first);
            assertThat(end(first)).isEqualTo(1);

            // When
            Servers second = new GivenServers(shared.postgres(), shared.password(), shared.bootstrapServers());
            second.createTopics(List.of(TOPIC));

            // Then
            assertThat(end(second)).isZero();
            String url = "jdbc:postgresql://" + second.postgres() + "/postgres";
            try (Connection connection = DriverManager.getConnection(url, Servers.USER, second.password())) {
                assertThat(connection.isValid(1)).isTrue();
            }
        }
    }

    private static void write(Servers servers) throws ExecutionException, InterruptedException {
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings(servers), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(TOPIC.name(), "key", "value")).get();
        }
    }

    private static long end(Servers servers) throws ExecutionException, InterruptedException {
        TopicPartition partition = new TopicPartition(TOPIC.name(), 0);
        try (Admin admin = Admin.create(settings(servers))) {
            ListOffsetsResultInfo end = admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get();
            return end.offset();
        }
    }

    private static Map<String, Object> settings(Servers servers) {
        return Map.of("bootstrap.servers", servers.bootstrapServers());
    }
}
