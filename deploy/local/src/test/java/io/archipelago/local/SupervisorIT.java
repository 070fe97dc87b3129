package io.archipelago.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.archipelago.local.CommandLine.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole stack with fake services: what a person does with {@code vc up}, {@code status}, {@code down} and kill. */
class SupervisorIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MEMBERS = 16;

    @TempDir
    static Path directory;

    private static CommandLine vc;

    @BeforeAll
    static void install() throws Exception {
        vc = new CommandLine(directory);
    }

    @AfterAll
    static void end() throws Exception {
        vc.run("down", "--purge");
    }

    /** Says at once that it runs already, except after a test that brought it down. */
    @BeforeEach
    void up() throws Exception {
        Outcome up = vc.run("up");
        assertThat(up.code()).as(up.output()).isZero();
    }

    @Test
    void showsEveryProcessReadyWithItsMemory() throws Exception {
        JsonNode status = status();

        assertThat(status.path("processes")).hasSize(MEMBERS + 1);
        assertThat(status.path("processes")).allSatisfy(process -> {
            assertThat(process.path("state").asText()).isEqualTo("READY");
            assertThat(process.path("memoryBytes").asLong()).isPositive();
        });
        assertThat(vc.run("status").output()).contains("tokyo-placement", "osaka-kafka", "keycloak", "GB (PSS)");
    }

    @Test
    void saysThatItRunsAlready() throws Exception {
        Outcome second = vc.run("up");

        assertThat(second.code()).isZero();
        assertThat(second.output()).contains("is running already").contains("./vc down");
    }

    @Test
    void leavesAStackToTheSupervisorThatOwnsIt() throws Exception {
        // Given
        String owner = Files.readString(vc.home().supervisor());
        String state = Files.readString(vc.home().state());
        String log = Files.readString(vc.home().log("supervisor"));

        // When
        Outcome other = vc.run("supervise");

        // Then
        assertThat(other.code()).isEqualTo(Main.FAILED);
        assertThat(other.output()).contains("another supervisor owns");
        assertThat(vc.home().supervisor()).hasContent(owner);
        assertThat(vc.home().state()).hasContent(state);
        assertThat(Files.readString(vc.home().log("supervisor"))).startsWith(log);
    }

    @Test
    void startsOneStackWhenTwoAskForItAtOnce() throws Exception {
        // Given
        vc.run("down");

        // When
        Process one = vc.start("up");
        Process other = vc.start("up");

        // Then
        Outcome first = CommandLine.outcome(one);
        Outcome second = CommandLine.outcome(other);
        assertThat(first.code()).as(first.output()).isZero();
        assertThat(second.code()).as(second.output()).isZero();
        assertThat(List.of(first.output(), second.output()))
                .allSatisfy(output -> assertThat(output).contains("Ready after"));
        assertThat(vc.run("status").code()).isZero();
    }

    @Test
    void startsAgainWhenWhatStopsIsGone() throws Exception {
        // Given
        ProcessIdentity before =
                PidFile.read(vc.home().supervisor()).orElseThrow().process();
        Process down = vc.start("down");
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> assertThat(StackState.of(vc.home(), before).map(StackState::phase))
                        .contains(StackState.Phase.STOPPING));

        // When
        Outcome up = vc.run("up");

        // Then
        assertThat(CommandLine.outcome(down).code()).isZero();
        assertThat(up.code()).as(up.output()).isZero();
        assertThat(up.output()).contains("Ready after");
        assertThat(vc.run("status").code()).isZero();
    }

    @Test
    void startsAlthoughNothingCanBeRecorded() throws Exception {
        // Given
        vc.run("down");

        // When
        Outcome up = CommandLine.outcome(
                vc.start(List.of("-Djava.io.tmpdir=" + directory.resolve("nowhere")), Map.of("VC_RECORD", "on"), "up"));

        // Then
        assertThat(up.code()).as(up.output()).isZero();
        assertThat(up.output())
                .contains("could not be recorded, so they start more slowly: there is no " + directory)
                .contains("Ready after");
    }

    @Test
    void leavesNoProcessWhenItIsInterruptedWhileItPrepares() throws Exception {
        // Given
        vc.run("down");
        Path cache = directory.resolve("cache");
        Process up = vc.start(List.of(), Map.of("XDG_CACHE_HOME", cache.toString()), "up");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(CommandLine.processes(cache.toString()))
                        .anySatisfy(process -> assertThat(process).contains("--db=dev-file")));
        assertThat(vc.run("status").output()).contains("STARTING").doesNotContain("not running");

        // When
        up.destroy();
        up.waitFor();

        // Then
        assertThat(CommandLine.processes(cache.toString())).isEmpty();
        assertThat(vc.processes()).isEmpty();
    }

    @Test
    void startsADeadServiceAgainAndNamesIt() throws Exception {
        // Given
        JsonNode before = process("tokyo-placement");

        // When
        kill(before);

        // Then
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode after = process("tokyo-placement");
            assertThat(after.path("state").asText()).isEqualTo("READY");
            assertThat(after.path("pid").asLong())
                    .isNotEqualTo(before.path("pid").asLong());
            assertThat(after.path("restarts").asInt())
                    .isEqualTo(before.path("restarts").asInt() + 1);
            assertThat(after.path("lastEnd").asText()).isEqualTo("killed by signal 9");
        });
        assertThat(process("osaka-placement").path("restarts").asInt()).isZero();
    }

    @Test
    void startsADeadDatabaseServerAgainWithItsData() throws Exception {
        // Given
        execute("create table if not exists kept (word text)");
        execute("insert into kept values ('still here')");
        int restarts = process("postgres").path("restarts").asInt();

        // When
        kill(process("postgres"));

        // Then
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(process("postgres").path("restarts").asInt()).isEqualTo(restarts + 1);
            assertThat(process("postgres").path("state").asText()).isEqualTo("READY");
        });
        assertThat(query("select word from kept")).isEqualTo("still here");
    }

    @Test
    void keepsDataOverDownAndUpAndLeavesNoProcessBetween() throws Exception {
        // Given
        execute("create table if not exists lasting (word text)");
        execute("insert into lasting values ('yes')");

        // When
        Outcome down = vc.run("down");

        // Then
        assertThat(down.code()).as(down.output()).isZero();
        assertThat(vc.processes()).isEmpty();
        assertThat(vc.run("status").code()).isEqualTo(Main.NOT_RUNNING);
        up();
        assertThat(query("select word from lasting")).isEqualTo("yes");
    }

    @Test
    void leavesNoProcessWhenTheSupervisorWasKilledBeforeDown() throws Exception {
        // Given
        kill(process("supervisor"));
        assertThat(vc.run("status").output()).contains("The supervisor is gone");
        assertThat(vc.processes()).hasSizeGreaterThanOrEqualTo(MEMBERS);

        // When
        Outcome down = vc.run("down");

        // Then
        assertThat(down.output()).contains("processes had lost their supervisor");
        assertThat(vc.processes()).isEmpty();
    }

    @Test
    void findsAProcessWhosePidFileWasNeverWritten() throws Exception {
        // Given
        kill(process("supervisor"));
        for (Path file : vc.home().pidFiles()) {
            Files.delete(file);
        }

        // When
        vc.run("down");

        // Then
        assertThat(vc.processes()).isEmpty();
    }

    @Test
    void startsAnewWhereAKilledSupervisorLeftItsProcesses() throws Exception {
        // Given
        JsonNode orphan = process("tokyo-network");
        kill(process("supervisor"));

        // When
        Outcome up = vc.run("up");

        // Then
        assertThat(up.code()).as(up.output()).isZero();
        assertThat(process("tokyo-network").path("pid")).isNotEqualTo(orphan.path("pid"));
        assertThat(ProcessHandle.of(orphan.path("pid").asLong())).isEmpty();
    }

    @Test
    void stopsAllWhenItIsInterruptedWhileItStarts() throws Exception {
        // Given
        vc.run("down");
        Process up = vc.start("up");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(vc.home().pidFiles()).isNotEmpty());

        // When
        up.destroy();
        up.waitFor();

        // Then
        assertThat(vc.processes()).isEmpty();
    }

    @Test
    void namesThePortThatIsInUseAndStartsNothing() throws Exception {
        // Given
        vc.run("down");
        int port = vc.stack().kafkaPort(vc.stack().sites().getLast());
        Outcome up;

        // When
        try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getByName(Ports.HOST))) {
            up = vc.run("up");
            assertThat(other.isBound()).isTrue();
        }

        // Then
        assertThat(up.code()).isEqualTo(Main.FAILED);
        assertThat(up.output())
                .contains("Port " + port + ", which osaka-kafka needs, is in use")
                .contains("VC_PORT_BASE");
        assertThat(vc.processes()).isEmpty();
    }

    @Test
    void saysWhichProcessDoesNotStartAndWhyAndLeavesNothing() throws Exception {
        // Given
        vc.run("down");
        Path broken = vc.home().data("osaka-cache").resolve(FakeService.BROKEN);
        Files.createFile(broken);

        // When
        Outcome up = vc.run("up");

        // Then
        Files.delete(broken);
        assertThat(up.code()).isEqualTo(Main.FAILED);
        assertThat(up.output())
                .contains("osaka-cache does not start")
                .contains("exit code 3")
                .contains("this service is broken")
                .contains("osaka-cache.log");
        assertThat(vc.processes()).isEmpty();
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
        execute("drop table if exists outbox");
        execute("create table outbox (id int)");
        execute("insert into outbox values (1), (2), (3)");
        Site tokyo = vc.stack().sites().getFirst();
        writeButReadOnlyTheFirst(vc.stack().bootstrapServers(tokyo), "placement.commands.v1", "placement", 5);

        // Then a busy broker may not answer in time at first
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode placement = process("tokyo-placement");
            assertThat(placement.path("outboxBacklog").asLong()).isEqualTo(3);
            assertThat(placement.path("consumerLag").asLong()).isEqualTo(4);
        });
        assertThat(process("osaka-placement").path("outboxBacklog").isNull()).isTrue();
    }

    @Test
    void countsWhatASiteHasNotReadOfWhatSitesSayToIt() throws Exception {
        // Given
        try (Connection connection = connect("tokyo_reservation");
                Statement statement = connection.createStatement()) {
            statement.execute("drop table if exists stream_in");
            statement.execute("create table stream_in (site text, position bigint)");
            statement.execute("insert into stream_in values ('tokyo', 0), ('osaka', 2)");
        }

        // When
        Site osaka = vc.stack().sites().getLast();
        writeButReadOnlyTheFirst(vc.stack().bootstrapServers(osaka), "federation.to.tokyo.v1", "nobody", 5);

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                process("tokyo-reservation").path("consumerLag").asLong())
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

    private static JsonNode status() throws Exception {
        return JSON.readTree(vc.run("status", "-o", "json").output());
    }

    private static JsonNode process(String name) throws Exception {
        for (JsonNode process : status().path("processes")) {
            if (process.path("name").asText().equals(name)) {
                return process;
            }
        }
        throw new AssertionError("no process " + name);
    }

    private static void kill(JsonNode process) throws Exception {
        ProcessHandle handle = ProcessHandle.of(process.path("pid").asLong()).orElseThrow();
        handle.destroyForcibly();
        handle.onExit().get();
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

    private static void execute(String sql) throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(String sql) throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private static Connection connect() throws SQLException, IOException {
        return connect("tokyo_placement");
    }

    private static Connection connect(String database) throws SQLException, IOException {
        String password = JSON.readTree(Files.readString(vc.home().secrets()))
                .path(database)
                .asText();
        return DriverManager.getConnection(vc.stack().jdbcUrl(database), database, password);
    }
}
