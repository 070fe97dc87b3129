package io.archipelago.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.local.CommandLine.Outcome;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole stack with fake services: what a person does with {@code vc up}, {@code status}, {@code down} and kill. */
@Drawn(2)
class SupervisorIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

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
        JsonNode before = vc.process("tokyo-placement");

        // When
        CommandLine.kill(before);

        // Then
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode after = vc.process("tokyo-placement");
            assertThat(after.path("state").asText()).isEqualTo("READY");
            assertThat(after.path("pid").asLong())
                    .isNotEqualTo(before.path("pid").asLong());
            assertThat(after.path("restarts").asInt())
                    .isEqualTo(before.path("restarts").asInt() + 1);
            assertThat(after.path("lastEnd").asText()).isEqualTo("killed by signal 9");
        });
        assertThat(vc.process("osaka-placement").path("restarts").asInt()).isZero();
    }

    @Test
    void startsADeadDatabaseServerAgainWithItsData() throws Exception {
        // Given
        vc.execute("tokyo_placement", "create table if not exists kept (word text)");
        vc.execute("tokyo_placement", "insert into kept values ('still here')");
        int restarts = vc.process("postgres").path("restarts").asInt();

        // When
        CommandLine.kill(vc.process("postgres"));

        // Then
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(vc.process("postgres").path("restarts").asInt()).isEqualTo(restarts + 1);
            assertThat(vc.process("postgres").path("state").asText()).isEqualTo("READY");
        });
        assertThat(vc.query("tokyo_placement", "select word from kept")).isEqualTo("still here");
    }

    @Test
    void keepsDataOverDownAndUpAndLeavesNoProcessBetween() throws Exception {
        // Given
        vc.execute("tokyo_placement", "create table if not exists lasting (word text)");
        vc.execute("tokyo_placement", "insert into lasting values ('yes')");

        // When
        Outcome down = vc.run("down");

        // Then
        assertThat(down.code()).as(down.output()).isZero();
        assertThat(vc.processes()).isEmpty();
        assertThat(vc.run("status").code()).isEqualTo(Main.NOT_RUNNING);
        up();
        assertThat(vc.query("tokyo_placement", "select word from lasting")).isEqualTo("yes");
    }

    @Test
    void leavesNoProcessWhenTheSupervisorWasKilledBeforeDown() throws Exception {
        // Given
        CommandLine.kill(vc.process("supervisor"));
        assertThat(vc.run("status").output()).contains("The supervisor is gone");
        assertThat(vc.processes()).hasSizeGreaterThanOrEqualTo(CommandLine.MEMBERS);

        // When
        Outcome down = vc.run("down");

        // Then
        assertThat(down.output()).contains("processes had lost their supervisor");
        assertThat(vc.processes()).isEmpty();
    }

    @Test
    void findsAProcessWhosePidFileWasNeverWritten() throws Exception {
        // Given
        CommandLine.kill(vc.process("supervisor"));
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
        JsonNode orphan = vc.process("tokyo-network");
        CommandLine.kill(vc.process("supervisor"));

        // When
        Outcome up = vc.run("up");

        // Then
        assertThat(up.code()).as(up.output()).isZero();
        assertThat(vc.process("tokyo-network").path("pid")).isNotEqualTo(orphan.path("pid"));
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
}
