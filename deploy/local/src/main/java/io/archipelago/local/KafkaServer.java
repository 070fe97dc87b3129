package io.archipelago.local;

import io.archipelago.contracts.Topics;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A one-node Kafka (KRaft) in a JVM and directory of its own, on the loopback address, and where real hosts reach it. It creates no topic
 * unasked.
 *
 * <p>Usable from a test ({@link #start()}, {@link #stop()}, {@link #kill()}) and by the supervisor. As no second broker
 * has a copy, every message is flushed to the disk before it is acknowledged.
 */
public final class KafkaServer implements Program, AutoCloseable {

    private static final int HEAP_MEGABYTES = 128;
    private static final int NODE = 1;
    private static final int PROBE_SECONDS = 5;
    private static final int CREATE_SECONDS = 30;

    private final String name;
    private final Path directory;
    private final int port;
    private final int controllerPort;
    private final AotCache aotCache;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<TopicSpec> topics = new CopyOnWriteArrayList<>();
    private final List<Integer> ports = new CopyOnWriteArrayList<>();
    private final ServerProcess process;

    /**
     * @param directory its home, created when it is not there
     * @param port where it listens; 0: any free one
     */
    public KafkaServer(Path directory, int port) throws IOException {
        this("kafka", directory, port, 0, Installation.brokerCache());
    }

    KafkaServer(String name, Path directory, int port, int controllerPort, AotCache aotCache) throws IOException {
        List<Integer> free = Ports.free(2);
        this.name = name;
        this.directory = directory.toAbsolutePath();
        this.port = port == 0 ? free.getFirst() : port;
        this.controllerPort = controllerPort == 0 ? free.getLast() : controllerPort;
        this.aotCache = aotCache;
        ports.addAll(List.of(this.port, this.controllerPort));
        this.process = new ServerProcess(this, this.directory);
        describe();
    }

    private void describe() {
        String controller = Ports.HOST + ":" + controllerPort;
        String broker = "PLAINTEXT://" + Ports.HOST + ":" + port;
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", Integer.toString(NODE));
        settings.put("controller.quorum.voters", NODE + "@" + controller);
        settings.put("listeners", broker + ",CONTROLLER://" + controller);
        settings.put("advertised.listeners", broker);
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("inter.broker.listener.name", "PLAINTEXT");
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("log.dirs", data().toString());
        settings.put("auto.create.topics.enable", "false");
        settings.put("log.flush.interval.messages", "1");
        for (String topic : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            settings.put(topic + ".replication.factor", "1");
            settings.put(topic + ".num.partitions", "4");
        }
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("group.initial.rebalance.delay.ms", "0");
        // After a kill the controller waits for the dead broker's session; the default of 9 s is meant for real
        // networks.
        settings.put("broker.session.timeout.ms", "2000");
        settings.put("broker.heartbeat.interval.ms", "500");
        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "2");
        settings.put("log.index.size.max.bytes", "1048576");
        settings.put("log.cleaner.dedupe.buffer.size", "16777216");
    }

    /**
     * A listener of its own for peers: the way to it may be another than ours.
     *
     * @param listened the port
     * @param advertised the port at which peers are told to come
     */
    KafkaServer withPeersAt(int listened, int advertised) {
        listen("FEDERATION", Ports.HOST + ":" + listened, Ports.HOST + ":" + advertised);
        ports.add(listened);
        return this;
    }

    /** A listener of its own for hosts that are not this machine, at an address that they reach. */
    KafkaServer withHostsAt(String address, int port) {
        listen("HOSTS", address + ":" + port, address + ":" + port);
        return this;
    }

    private void listen(String listener, String at, String advertised) {
        extend("listeners", listener + "://" + at);
        extend("advertised.listeners", listener + "://" + advertised);
        extend("listener.security.protocol.map", listener + ":PLAINTEXT");
    }

    private void extend(String setting, String more) {
        settings.merge(setting, more, (before, added) -> before + "," + added);
    }

    /** A setting of server.properties, for the next start. */
    public KafkaServer with(String setting, String value) {
        settings.put(setting, value);
        return this;
    }

    public void start() throws IOException, InterruptedException {
        process.start();
    }

    public void stop() throws IOException, InterruptedException {
        process.stop();
    }

    /** Ends the broker with SIGKILL. */
    public void kill() throws IOException, InterruptedException {
        process.kill();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        stop();
    }

    public long pid() {
        return process.pid();
    }

    public String bootstrapServers() {
        return Ports.HOST + ":" + port;
    }

    /** Sees to the topics, now and after every further start; one that exists stays as it is. */
    public void createTopics(Collection<TopicSpec> wanted) throws IOException {
        create(wanted);
        topics.addAll(wanted);
    }

    /** Names topics that {@link #furnish()} creates after each start. */
    KafkaServer withTopics(Collection<TopicSpec> wanted) {
        topics.addAll(wanted);
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Integer> ports() {
        return List.copyOf(ports);
    }

    @Override
    public void prepare() throws IOException {
        Files.createDirectories(data());
        Properties properties = new Properties();
        properties.putAll(settings);
        try (OutputStream file = Files.newOutputStream(configuration())) {
            properties.store(file, "written at each start");
        }
        format();
    }

    private void format() throws IOException {
        if (Files.exists(data().resolve("meta.properties"))) {
            return;
        }
        String directoryName = data().toString();
        Formatter formatter = new Formatter()
                .setClusterId(Uuid.randomUuid().toString())
                .setNodeId(NODE)
                .setControllerListenerName("CONTROLLER")
                .setMetadataLogDirectory(directoryName)
                .setDirectories(new TreeSet<>(List.of(directoryName)))
                .setIgnoreFormatted(true)
                .setUnstableFeatureVersionsEnabled(false)
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream()));
        try {
            formatter.run();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("the broker's directory could not be formatted", e);
        }
    }

    @Override
    public Launch launch() {
        List<String> command = new ArrayList<>(Jvm.command(HEAP_MEGABYTES, aotCache));
        command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
        command.add("-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info");
        command.add("-Dorg.slf4j.simpleLogger.showDateTime=true");
        command.add("-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
        try {
            command.addAll(List.of("-cp", String.join(":", Installation.libraries())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        command.addAll(List.of("kafka.Kafka", configuration().toString()));
        return new Launch(command, Map.of(), directory, Launch.StopSignal.TERM);
    }

    @Override
    public boolean isReady() {
        if (!Ports.answers(port)) {
            return false;
        }
        try (Admin admin = admin()) {
            return !admin.describeCluster()
                    .nodes()
                    .get(PROBE_SECONDS, TimeUnit.SECONDS)
                    .isEmpty();
        } catch (ExecutionException | TimeoutException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void furnish() throws IOException {
        if (!topics.isEmpty()) {
            create(topics);
        }
    }

    private void create(Collection<TopicSpec> wanted) throws IOException {
        try (Admin admin = admin()) {
            TreeSet<String> existing = new TreeSet<>(admin.listTopics().names().get(CREATE_SECONDS, TimeUnit.SECONDS));
            List<NewTopic> missing = wanted.stream()
                    .filter(topic -> existing.add(topic.name()))
                    .map(KafkaServer::newTopic)
                    .toList();
            admin.createTopics(missing).all().get(CREATE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("topics could not be created: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while it created topics", e);
        }
    }

    private static NewTopic newTopic(TopicSpec spec) {
        NewTopic topic = new NewTopic(spec.name(), spec.partitions(), (short) 1);
        return spec.compacted() ? topic.configs(Topics.SETTINGS_OF_HOSTS) : topic;
    }

    /** The caller closes it. */
    Admin admin() {
        return Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers(),
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "20000",
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000"));
    }

    private Path data() {
        return directory.resolve("data");
    }

    private Path configuration() {
        return directory.resolve("server.properties");
    }
}
