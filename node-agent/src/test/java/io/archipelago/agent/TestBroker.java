package io.archipelago.agent;

import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Message;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.HostMessage;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.wire.Wire;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.jspecify.annotations.Nullable;

/** A real broker in this process, and the owners' end of it. */
final class TestBroker implements AutoCloseable {

    private final int port;
    private final KafkaRaftServer server;
    private final KafkaProducer<String, String> producer;

    TestBroker(Path directory) throws Exception {
        try (ServerSocket broker = new ServerSocket(0);
                ServerSocket controller = new ServerSocket(0)) {
            port = broker.getLocalPort();
            server = server(directory.toString(), port, controller.getLocalPort());
        }
        server.startup();
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", address(), "acks", "all", "max.block.ms", "20000"),
                new StringSerializer(),
                new StringSerializer());
    }

    String address() {
        return "localhost:" + port;
    }

    void wants(HostId host, DesiredResource spec) throws Exception {
        send(host, spec.key().toString(), Wire.write(envelope(spec)));
    }

    void tombstone(HostId host, ResourceKey key) throws Exception {
        send(host, key.toString(), null);
    }

    void send(HostId host, String key, @Nullable String value) throws Exception {
        producer.send(new ProducerRecord<>(Topics.desired(host), key, value)).get();
    }

    /** Everything that the agent of a host has said, in its order; null values are left out. */
    List<HostMessage> said(HostId host) throws Exception {
        List<HostMessage> messages = new ArrayList<>();
        for (var each : raw(host)) {
            if (each.value() != null && Wire.read(each.value()).message() instanceof HostMessage message) {
                messages.add(message);
            }
        }
        return messages;
    }

    /** The keys that end with a tombstone on a host's observed topic. */
    Set<String> forgotten(HostId host) {
        Set<String> keys = new TreeSet<>();
        for (var each : raw(host)) {
            if (each.value() == null) {
                keys.add(each.key());
            } else {
                keys.remove(each.key());
            }
        }
        return keys;
    }

    private List<ConsumerRecord<String, String>> raw(HostId host) {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", address()), new StringDeserializer(), new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(Topics.observed(host), 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            List<ConsumerRecord<String, String>> records = new ArrayList<>();
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
            return records;
        }
    }

    private static Envelope envelope(Message message) {
        return new Envelope(UUID.randomUUID(), "/tokyo/test", "test", Instant.now(), "cause", null, message);
    }

    private static KafkaRaftServer server(String directory, int port, int controllerPort) throws Exception {
        Properties properties = new Properties();
        properties.putAll(Map.of(
                "process.roles", "broker,controller",
                "node.id", "1",
                "controller.quorum.voters", "1@localhost:" + controllerPort,
                "listeners", "PLAINTEXT://localhost:" + port + ",CONTROLLER://localhost:" + controllerPort,
                "advertised.listeners", "PLAINTEXT://localhost:" + port,
                "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "inter.broker.listener.name", "PLAINTEXT",
                "controller.listener.names", "CONTROLLER",
                "log.dirs", directory,
                "auto.create.topics.enable", "false"));
        properties.putAll(Map.of(
                "offsets.topic.replication.factor", "1",
                "log.cleaner.dedupe.buffer.size", "16777216",
                "num.network.threads", "2",
                "num.io.threads", "2"));
        new Formatter()
                .setClusterId(Uuid.randomUuid().toString())
                .setNodeId(1)
                .setDirectories(new TreeSet<>(Set.of(directory)))
                .setMetadataLogDirectory(directory)
                .setControllerListenerName("CONTROLLER")
                .setUnstableFeatureVersionsEnabled(false)
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
                .run();
        return new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
    }

    @Override
    public void close() throws IOException {
        producer.close(Duration.ZERO);
        server.shutdown();
        server.awaitShutdown();
    }
}
