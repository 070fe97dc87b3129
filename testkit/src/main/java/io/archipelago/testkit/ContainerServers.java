package io.archipelago.testkit;

import io.archipelago.local.TopicSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * Containers. The images are set with the system properties {@code vc.tests.postgres.image} (default {@code postgres:17}) and
 * {@code vc.tests.kafka.image} (default {@code apache/kafka:4.1.1}); one that is here already is not pulled.
 */
final class ContainerServers implements Servers {

    private static final String PASSWORD = "container";
    private static final int POSTGRES_PORT = 5432;

    private final GenericContainer<?> postgres;
    private final KafkaContainer kafka;

    ContainerServers() {
        requireEngine();
        postgres = new GenericContainer<>(image("postgres", "postgres:17"))
                .withEnv("POSTGRES_PASSWORD", PASSWORD)
                .withExposedPorts(POSTGRES_PORT)
                // The server starts twice: first for its set-up, then for its users.
                .waitingFor(Wait.forLogMessage(".*ready to accept connections.*\\n", 2));
        kafka = new KafkaContainer(image("kafka", "apache/kafka:4.1.1").asCompatibleSubstituteFor("apache/kafka"))
                .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
                .withEnv("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0");
        postgres.start();
        kafka.start();
    }

    private static DockerImageName image(String server, String usual) {
        return DockerImageName.parse(System.getProperty("vc.tests." + server + ".image", usual));
    }

    /** Said at once: the client would try many ways for minutes. */
    private static void requireEngine() {
        boolean named = System.getenv("DOCKER_HOST") != null;
        if (!named && !Files.exists(Path.of("/var/run/docker.sock"))) {
            throw new IllegalStateException(
                    "no container engine: /var/run/docker.sock is missing and DOCKER_HOST is not"
                            + " set. Start one, or run the tests without -Dvc.tests.containers.");
        }
    }

    @Override
    public String postgres() {
        return postgres.getHost() + ":" + postgres.getMappedPort(POSTGRES_PORT);
    }

    @Override
    public String password() {
        return PASSWORD;
    }

    @Override
    public String bootstrapServers() {
        return kafka.getBootstrapServers();
    }

    @Override
    public void createTopics(Collection<TopicSpec> topics) throws IOException {
        BrokerTopics.recreate(bootstrapServers(), topics);
    }

    @Override
    public void close() {
        postgres.stop();
        kafka.stop();
    }
}
