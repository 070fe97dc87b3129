package io.archipelago.testkit;

import io.archipelago.local.TopicSpec;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
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
    private static final String UNIX = "unix://";

    private final GenericContainer<?> postgres;
    private final KafkaContainer kafka;
    private final Thread atExit = new Thread(this::stop);

    ContainerServers() {
        requireEngine();
        postgres = new GenericContainer<>(image("postgres", "postgres:17"))
                .withEnv("POSTGRES_PASSWORD", PASSWORD)
                .withExposedPorts(POSTGRES_PORT)
                // While it sets itself up it does not listen on the network.
                .waitingFor(Wait.forSuccessfulCommand("pg_isready -h 127.0.0.1 -U " + USER));
        kafka = new KafkaContainer(image("kafka", "apache/kafka:4.1.1").asCompatibleSubstituteFor("apache/kafka"))
                .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false");
        Runtime.getRuntime().addShutdownHook(atExit);
        postgres.start();
        kafka.start();
    }

    /** Whether the tests are to run on containers. */
    static boolean wanted() {
        return Boolean.getBoolean("vc.tests.containers");
    }

    /** What the system property names, or the usual one. */
    static DockerImageName image(String server, String usual) {
        return DockerImageName.parse(System.getProperty("vc.tests." + server + ".image", usual));
    }

    static void requireEngine() {
        requireEngine(System.getenv("DOCKER_HOST"), Path.of("/var/run/docker.sock"));
    }

    /**
     * Said at once: the client would try many ways for minutes.
     *
     * @param named the address of an engine; null: it listens on the socket
     */
    static void requireEngine(@Nullable String named, Path socket) {
        if (named != null && !named.startsWith(UNIX)) {
            return;
        }
        Path listening = named == null ? socket : Path.of(named.substring(UNIX.length()));
        try (SocketChannel ignored = SocketChannel.open(UnixDomainSocketAddress.of(listening))) {
            return;
        } catch (IOException e) {
            throw new IllegalStateException(
                    "no container engine: nobody answers on " + listening
                            + ". Start one, or name one in DOCKER_HOST, or run the tests without containers.",
                    e);
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
        stop();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }

    private void stop() {
        postgres.stop();
        kafka.stop();
    }
}
