package io.archipelago.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.archipelago.local.CommandLine.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole stack with fake services: what it says of itself. */
class StackStatusIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    static Path directory;

    private static CommandLine vc;

    @BeforeAll
    static void up() throws Exception {
        vc = new CommandLine(directory);
        Outcome up = vc.run("up");
        assertThat(up.code()).as(up.output()).isZero();
    }

    @AfterAll
    static void end() throws Exception {
        vc.run("down", "--purge");
    }

    @Test
    void showsEveryProcessReadyWithItsMemory() throws Exception {
        JsonNode status = vc.status();

        assertThat(status.path("processes")).hasSize(CommandLine.MEMBERS + 1);
        assertThat(status.path("processes")).allSatisfy(process -> {
            assertThat(process.path("state").asText()).isEqualTo("READY");
            assertThat(process.path("memoryBytes").asLong()).isPositive();
        });
        assertThat(vc.run("status").output()).contains("tokyo-placement", "osaka-kafka", "keycloak", "GB (PSS)");
    }

    @Test
    void keepsSecretsInOneFileThatOnlyItsOwnerCanRead() throws Exception {
        Path file = vc.home().secrets();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        String open = logs() + String.join("\n", vc.processes());
        for (JsonNode secret : JSON.readTree(Files.readString(file))) {
            assertThat(open).doesNotContain(secret.asText());
        }
    }

    @Test
    void showsWhatWaitsToBeSentAndToBeRead() throws Exception {
        // Given
        vc.execute("tokyo_placement", "drop table if exists outbox");
        vc.execute("tokyo_placement", "create table outbox (id int)");
        vc.execute("tokyo_placement", "insert into outbox values (1), (2), (3)");
        Site tokyo = vc.stack().sites().getFirst();
        writeButReadOnlyTheFirst(vc.stack().bootstrapServers(tokyo), "placement.commands.v1", "placement", 5);

        // Then a busy broker may not answer in time at first
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode placement = vc.process("tokyo-placement");
            assertThat(placement.path("outboxBacklog").asLong()).isEqualTo(3);
            assertThat(placement.path("consumerLag").asLong()).isEqualTo(4);
        });
        assertThat(vc.process("osaka-placement").path("outboxBacklog").isNull()).isTrue();
    }

    @Test
    void countsAllThatSomebodyHasToReadWhoHangsAtTheFirst() throws Exception {
        // Given
        String broker = vc.stack().bootstrapServers(vc.stack().sites().getFirst());
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                broker,
                "group.id",
                "cache",
                "enable.auto.commit",
                false,
                "auto.offset.reset",
                "earliest");
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
                var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            for (int i = 0; i < 7; i++) {
                producer.send(new ProducerRecord<>("network.events.v1", 0, "key", "value"))
                        .get(10, TimeUnit.SECONDS);
            }

            // When
            consumer.subscribe(List.of("network.events.v1"));

            // Then
            await().atMost(PATIENCE).untilAsserted(() -> {
                consumer.poll(Duration.ofMillis(100));
                assertThat(consumer.assignment()).isNotEmpty();
                assertThat(vc.process("tokyo-cache").path("consumerLag").asLong())
                        .isEqualTo(7);
            });
        }
    }

    @Test
    void countsWhatASiteHasNotReadOfWhatSitesSayToIt() throws Exception {
        // Given
        vc.execute("tokyo_reservation", "drop table if exists stream_in");
        vc.execute("tokyo_reservation", "create table stream_in (site text, position bigint)");
        vc.execute("tokyo_reservation", "insert into stream_in values ('tokyo', 0), ('osaka', 2)");

        // When
        Site osaka = vc.stack().sites().getLast();
        writeButReadOnlyTheFirst(vc.stack().bootstrapServers(osaka), "federation.to.tokyo.v1", "nobody", 5);

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(vc.process("tokyo-reservation")
                                .path("consumerLag")
                                .asLong())
                        .isEqualTo(3));
    }

    @Test
    void tellsTheCommandLineWhereTheSitesAre() throws Exception {
        JsonNode endpoints = JSON.readTree(Files.readString(vc.home().endpoints()));

        assertThat(endpoints.path("sites").path("osaka").asText())
                .isEqualTo(vc.stack().apiUrl(vc.stack().sites().getLast()));
        assertThat(endpoints.path("tokenUrl").asText()).isEqualTo(vc.stack().tokenUrl());
        assertThat(endpoints.path("defaultUser").asText()).isEqualTo("alice");
    }

    private static void writeButReadOnlyTheFirst(String broker, String topic, String group, int messages)
            throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        Map<String, Object> settings = Map.of("bootstrap.servers", broker, "group.id", group);
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
                var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            for (int i = 0; i < messages; i++) {
                producer.send(new ProducerRecord<>(topic, 0, "key", "value")).get(10, TimeUnit.SECONDS);
            }
            consumer.assign(List.of(partition));
            long end =
                    consumer.endOffsets(List.of(partition)).values().iterator().next();
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(end - messages + 1)));
        }
    }

    private static String logs() throws Exception {
        StringBuilder all = new StringBuilder();
        try (var files = Files.list(vc.home().logs())) {
            for (Path file : files.toList()) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }
}
