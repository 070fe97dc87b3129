package io.archipelago.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.contracts.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaServerIT {

    private static final TopicSpec COMMANDS = TopicSpec.of("placement.commands.v1", 4);
    private static final TopicSpec DESIRED = TopicSpec.compacted("host.tokyo-c01.desired.v1");

    @TempDir
    Path directory;

    private KafkaServer server;

    @BeforeEach
    void start() throws Exception {
        server = new KafkaServer(directory, 0);
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    @Test
    void keepsWhatItAcknowledgedWhenItIsKilledAndStartedAgain() throws Exception {
        // Given
        server.createTopics(List.of(COMMANDS));
        for (int i = 0; i < 20; i++) {
            send(COMMANDS.name(), "message " + i);
        }

        // When
        server.kill();
        server.start();

        // Then
        assertThat(readAll(COMMANDS, 20)).hasSize(20).contains("message 0", "message 19");
    }

    @Test
    void keepsWhatItAcknowledgedWhenItIsStoppedAndStartedAgain() throws Exception {
        // Given
        server.createTopics(List.of(DESIRED));
        send(DESIRED.name(), "spec");

        // When
        server.stop();
        server.start();

        // Then
        assertThat(readAll(DESIRED, 1)).containsExactly("spec");
    }

    @Test
    void createsTopicsThatAreThereAlreadyWithoutComplaint() throws Exception {
        server.createTopics(List.of(COMMANDS, DESIRED));
        server.createTopics(List.of(COMMANDS, DESIRED));

        assertThat(partitions(COMMANDS)).isEqualTo(4);
        assertThat(partitions(DESIRED)).isEqualTo(1);
    }

    @Test
    void compactsOnlyTheTopicsThatSaySo() throws Exception {
        server.createTopics(List.of(COMMANDS, DESIRED));

        for (Map.Entry<String, String> each : Topics.SETTINGS_OF_HOSTS.entrySet()) {
            assertThat(setting(DESIRED, each.getKey())).as(each.getKey()).isEqualTo(each.getValue());
        }
        assertThat(setting(DESIRED, "cleanup.policy")).isEqualTo("compact");
        assertThat(setting(COMMANDS, "cleanup.policy")).isEqualTo("delete");
        assertThat(setting(COMMANDS, "flush.messages")).isEqualTo("1");
    }

    @Test
    void createsNoTopicUnasked() {
        assertThatThrownBy(() -> send("misspelt.v1", "lost")).isInstanceOf(ExecutionException.class);
    }

    @Test
    void namesThePortThatIsInUse() throws Exception {
        KafkaServer second = new KafkaServer(directory.resolve("second"), server.port());

        assertThatThrownBy(second::start).hasMessageContaining("port " + server.port() + ", which kafka needs");
    }

    private void send(String topic, String message) throws Exception {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", server.bootstrapServers(),
                "max.block.ms", "3000",
                "key.serializer", StringSerializer.class.getName(),
                "value.serializer", StringSerializer.class.getName());
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings)) {
            producer.send(new ProducerRecord<>(topic, message, message)).get(10, TimeUnit.SECONDS);
        }
    }

    private List<String> readAll(TopicSpec topic, int expected) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", server.bootstrapServers(),
                "auto.offset.reset", "earliest",
                "key.deserializer", StringDeserializer.class.getName(),
                "value.deserializer", StringDeserializer.class.getName());
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings)) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (int partition = 0; partition < topic.partitions(); partition++) {
                partitions.add(new TopicPartition(topic.name(), partition));
            }
            consumer.assign(partitions);
            long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (values.size() < expected && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(200)).forEach(message -> values.add(message.value()));
            }
        }
        return values;
    }

    private int partitions(TopicSpec topic) throws Exception {
        try (Admin admin = server.admin()) {
            return admin.describeTopics(List.of(topic.name()))
                    .topicNameValues()
                    .values()
                    .iterator()
                    .next()
                    .get(10, TimeUnit.SECONDS)
                    .partitions()
                    .size();
        }
    }

    private String setting(TopicSpec topic, String name) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
        try (Admin admin = server.admin()) {
            Config config = admin.describeConfigs(List.of(resource))
                    .values()
                    .values()
                    .iterator()
                    .next()
                    .get(10, TimeUnit.SECONDS);
            return config.get(name).value();
        }
    }
}
