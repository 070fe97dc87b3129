package io.archipelago.testkit;

import io.archipelago.contracts.Topics;
import io.archipelago.local.KafkaServer;
import io.archipelago.local.PostgresServer;
import io.archipelago.local.TopicSpec;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL with a fresh database, Kafka with the topics of all services, and tokens of {@link Tokens} that the service takes: for the tests
 * of one module.
 *
 * <p>The servers are processes of this machine; with {@code -Dvc.tests.containers=true} they are containers; where the environment names
 * running ones in {@code TEST_PG} ({@code host:port}) and {@code TEST_KAFKA}, those are used. Further topics are named by the init arguments
 * {@code topics} and {@code compacted}, further configuration by {@code settings}, as {@code key=value}, each separated by commas.
 */
public final class EmbeddedInfrastructure implements QuarkusTestResourceLifecycleManager {

    private static final int PARTITIONS = 4;
    private static final String STREAMS = "federation.to.";
    private static volatile @Nullable Servers running;

    private final List<TopicSpec> topics = new ArrayList<>();
    private final Map<String, String> settings = new HashMap<>();
    private @Nullable Servers servers;

    @Override
    public void init(Map<String, String> arguments) {
        Topics.ofServices().forEach(topic -> topics.add(TopicSpec.of(topic, PARTITIONS)));
        names(arguments, "topics").forEach(topic -> topics.add(TopicSpec.of(topic, partitions(topic))));
        names(arguments, "compacted").forEach(topic -> topics.add(TopicSpec.compacted(topic)));
        names(arguments, "settings")
                .map(setting -> setting.split("=", 2))
                .forEach(pair -> settings.put(pair[0], pair[1]));
    }

    private static Stream<String> names(Map<String, String> arguments, String argument) {
        return Stream.of(arguments.getOrDefault(argument, "").split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty());
    }

    @Override
    public Map<String, String> start() {
        try {
            Servers chosen = choose();
            servers = chosen;
            running = chosen;
            chosen.createTopics(topics);
            Map<String, String> config = config(chosen, createDatabase(chosen));
            config.putAll(settings);
            return config;
        } catch (IOException | SQLException e) {
            throw new IllegalStateException("the servers for the tests did not start", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Servers choose() throws IOException, InterruptedException {
        Map<String, String> environment = System.getenv();
        String postgres = environment.get("TEST_PG");
        String kafka = environment.get("TEST_KAFKA");
        if (postgres != null && kafka != null) {
            return new GivenServers(postgres, environment.getOrDefault("TEST_PG_PASSWORD", "postgres"), kafka);
        }
        return ContainerServers.wanted() ? new ContainerServers() : new EmbeddedServers();
    }

    private static String createDatabase(Servers servers) throws SQLException {
        String name = "test_" + UUID.randomUUID().toString().replace("-", "");
        execute(servers, "postgres", "create database " + name);
        execute(servers, name, "create extension btree_gist");
        return name;
    }

    /** What one site says to another has an order. */
    private static int partitions(String topic) {
        return topic.startsWith(STREAMS) ? 1 : PARTITIONS;
    }

    private static void execute(Servers servers, String database, String sql) throws SQLException {
        String url = "jdbc:postgresql://" + servers.postgres() + "/" + database;
        try (Connection connection = DriverManager.getConnection(url, Servers.USER, servers.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Map<String, String> config(Servers servers, String database) {
        String address = "postgresql://" + servers.postgres() + "/" + database;
        Map<String, String> config = new HashMap<>(Tokens.config());
        config.put("quarkus.datasource.username", Servers.USER);
        config.put("quarkus.datasource.password", servers.password());
        config.put("quarkus.datasource.jdbc.url", "jdbc:" + address);
        config.put("quarkus.datasource.reactive.url", address);
        config.put("kafka.bootstrap.servers", servers.bootstrapServers());
        config.put("bus.site", "tokyo");
        config.put("site.id", "tokyo");
        config.put("site.number", "1");
        return config;
    }

    /** The database server, for tests that stop it; {@link IllegalStateException} unless it is a process of ours. */
    public static PostgresServer postgres() {
        return embedded().postgresServer();
    }

    /** The broker, for tests that stop it; {@link IllegalStateException} unless it is a process of ours. */
    public static KafkaServer kafka() {
        return embedded().kafkaServer();
    }

    /** Whether tests may stop the servers. */
    public static boolean mayStopServers() {
        return running instanceof EmbeddedServers;
    }

    private static EmbeddedServers embedded() {
        if (running instanceof EmbeddedServers servers) {
            return servers;
        }
        throw new IllegalStateException("the servers are not ours to stop");
    }

    @Override
    public void stop() {
        if (servers != null) {
            servers.close();
        }
    }
}
