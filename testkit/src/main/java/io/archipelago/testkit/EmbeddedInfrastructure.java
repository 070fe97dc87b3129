package io.archipelago.testkit;

import io.archipelago.contracts.Topics;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** PostgreSQL with a fresh database, and Kafka with the topics of all services, for the tests of one module. */
public final class EmbeddedInfrastructure implements QuarkusTestResourceLifecycleManager {

    private static final String DATABASE = "test";
    private static final int PARTITIONS = 3;

    private final List<String> moreTopics = new ArrayList<>();
    private @org.jspecify.annotations.Nullable PostgresProcess postgres;
    private @org.jspecify.annotations.Nullable KafkaProcess kafka;

    @Override
    public void init(Map<String, String> arguments) {
        for (String topic : arguments.getOrDefault("topics", "").split(",")) {
            if (!topic.isBlank()) {
                moreTopics.add(topic.strip());
            }
        }
    }

    @Override
    public Map<String, String> start() {
        try {
            Path home = Files.createTempDirectory("archipelago-test");
            home.toFile().setExecutable(true, false);
            home.toFile().setReadable(true, false);
            KafkaProcess broker = new KafkaProcess(home.resolve("kafka"), freePort(), freePort());
            kafka = broker;
            broker.start();
            PostgresProcess server = new PostgresProcess(home.resolve("postgres"), freePort());
            postgres = server;
            server.start();
            createDatabase(server);
            createTopics(broker);
            return config(server, broker);
        } catch (IOException | SQLException | ExecutionException e) {
            throw new IllegalStateException("test infrastructure did not start", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> config(PostgresProcess postgres, KafkaProcess kafka) {
        String address = "postgresql://127.0.0.1:" + postgres.port() + "/" + DATABASE;
        Map<String, String> config = new HashMap<>(Tokens.config());
        config.put("quarkus.datasource.username", "postgres");
        config.put("quarkus.datasource.password", "postgres");
        config.put("quarkus.datasource.jdbc.url", "jdbc:" + address);
        config.put("quarkus.datasource.reactive.url", address);
        config.put("kafka.bootstrap.servers", kafka.bootstrapServers());
        config.put("bus.site", "tokyo");
        config.put("quarkus.http.test-port", "0");
        return config;
    }

    private static void createDatabase(PostgresProcess postgres) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/postgres", "postgres", "");
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + DATABASE);
        }
    }

    private void createTopics(KafkaProcess kafka) throws ExecutionException, InterruptedException {
        List<String> names = new ArrayList<>(Topics.ofServices());
        names.addAll(moreTopics);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(names.stream()
                            .map(name -> new NewTopic(name, PARTITIONS, (short) 1))
                            .toList())
                    .all()
                    .get();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void stop() {
        try {
            if (postgres != null) {
                postgres.stop();
            }
            if (kafka != null) {
                kafka.stop();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
