package io.archipelago.testkit;

import io.archipelago.local.KafkaServer;
import io.archipelago.local.PostgresServer;
import io.archipelago.local.TopicSpec;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Processes of this machine, from Maven artefacts; gone with the tests. */
final class EmbeddedServers implements Servers {

    private static final String PASSWORD = "embedded";

    private final Path home;
    private final PostgresServer postgres;
    private final KafkaServer kafka;
    private final Thread atExit = new Thread(this::kill);

    EmbeddedServers() throws IOException, InterruptedException {
        home = Files.createTempDirectory("archipelago-test-");
        // PostgreSQL runs as another user if we are root.
        if (!home.toFile().setExecutable(true, false)) {
            throw new IOException("no way to open " + home);
        }
        // Nobody cuts the power here. A kill of the server alone loses nothing without fsync, as it would if commits
        // were asynchronous.
        postgres = new PostgresServer(home.resolve("postgres"), 0, PASSWORD).with("fsync", "off");
        kafka = new KafkaServer(home.resolve("kafka"), 0).with("log.flush.interval.messages", "10000");
        Runtime.getRuntime().addShutdownHook(atExit);
        startBoth();
    }

    /** Side by side: each is a process that mostly waits. */
    private void startBoth() throws IOException, InterruptedException {
        Starting broker = new Starting();
        Thread other = Thread.ofVirtual().start(broker);
        postgres.start();
        other.join();
        if (broker.failure != null) {
            throw broker.failure;
        }
    }

    private final class Starting implements Runnable {
        private volatile @Nullable IOException failure;

        @Override
        public void run() {
            try {
                kafka.start();
            } catch (IOException e) {
                failure = e;
            } catch (InterruptedException e) {
                failure = new IOException("interrupted", e);
            }
        }
    }

    PostgresServer postgresServer() {
        return postgres;
    }

    KafkaServer kafkaServer() {
        return kafka;
    }

    @Override
    public String postgres() {
        URI address = URI.create(postgres.reactiveUrl(USER));
        return address.getHost() + ":" + address.getPort();
    }

    @Override
    public String password() {
        return PASSWORD;
    }

    @Override
    public String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    @Override
    public void createTopics(Collection<TopicSpec> topics) throws IOException {
        kafka.createTopics(topics);
    }

    /** Nobody needs the data any more. */
    @Override
    public void close() {
        kill();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }

    private void kill() {
        try {
            postgres.kill();
            kafka.kill();
            Folders.delete(home);
        } catch (IOException e) {
            throw new IllegalStateException("the servers could not be removed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
