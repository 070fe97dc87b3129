package io.archipelago.agent.os;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.archipelago.agent.drivers.DriverFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host's programs, run as a driver runs them. */
class ProgramsTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final Programs programs = new Programs(LONG);

    @TempDir
    Path directory;

    @Test
    void answersWhatAProgramWrites() throws Exception {
        // Then
        assertThat(programs.run("echo", "two words", "$HOME; true")).isEqualTo("two words $HOME; true\n");
    }

    @Test
    void saysWhatWentWrong() {
        // Then
        assertThatThrownBy(() -> programs.run("ls", "/no/such/place"))
                .isInstanceOf(DriverFault.class)
                .hasMessageStartingWith("ls ended with 2: ")
                .hasMessageContaining("/no/such/place")
                .hasMessageNotContaining("\n");
    }

    @Test
    void leavesAnExitCodeToWhoeverAsks() throws Exception {
        // Then
        assertThat(programs.end(List.of("test", "-d", "/no/such/place")).code()).isEqualTo(1);
    }

    @Test
    void namesThePackageOfAProgramThatIsNotThere() {
        // Then
        assertThatThrownBy(() -> programs.run("no-such-program"))
                .isInstanceOf(DriverFault.class)
                .hasMessage("no-such-program is not on this host");
        assertThat(Tools.missing("lvs")).isEqualTo("lvs is not on this host: apt-get install lvm2");
        assertThat(Tools.problems(List.of("ls", "no-such-program")))
                .containsExactly("no-such-program is not on this host");
    }

    @Test
    void givesAProgramNothingOfTheAgentsEnvironment() throws Exception {
        // When
        String environment = programs.run("env");

        // Then
        assertThat(System.getenv()).as("something that could be passed on").isNotEmpty();
        assertThat(environment.lines().map(line -> line.substring(0, line.indexOf('='))))
                .containsExactlyInAnyOrder("PATH", "LC_ALL", "LVM_SUPPRESS_FD_WARNINGS");
    }

    @Test
    void endsAProgramThatHangsWithAllThatItStarted() throws Exception {
        // Given
        Path pids = directory.resolve("pids");
        Path script = Files.writeString(directory.resolve("hang"), """
                sleep 1000 &
                echo $$ $! > %s
                wait
                """.formatted(pids));

        // Then
        assertThatThrownBy(() -> new Programs(Duration.ofSeconds(3)).run("sh", script.toString()))
                .isInstanceOf(DriverFault.class)
                .hasMessage("sh gave no answer within 3 s and was ended");
        for (String pid : Files.readString(pids).strip().split(" ")) {
            await().atMost(LONG)
                    .until(() -> ProcessHandle.of(Long.parseLong(pid)).stream().noneMatch(ProcessHandle::isAlive));
        }
    }

    @Test
    void letsAProgramFinishWhatItDoesWhenTheAgentStops() throws Exception {
        // Given
        Path finished = directory.resolve("finished");
        Path script = script("trap 'echo > %s; exit 0' TERM".formatted(finished));

        // When
        DriverFault fault = interrupted(programs, script);

        // Then
        assertThat(finished).exists();
        assertThat(fault.isWaiting()).isTrue();
        assertThat(fault.reason()).isEqualTo("the agent is being stopped: sh was not run to its end");
    }

    @Test
    void killsAProgramThatDoesNotListenWhenTheAgentStops() throws Exception {
        // Given
        Path script = script("trap '' TERM");

        // When
        interrupted(new Programs(LONG, Duration.ofMillis(200)), script);

        // Then
        long pid = Long.parseLong(Files.readString(directory.resolve("begun")).strip());
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void startsNothingWhenTheAgentStops() {
        // Given
        Path made = directory.resolve("made");
        Thread.currentThread().interrupt();

        // Then
        assertThatThrownBy(() -> programs.run("touch", made.toString()))
                .isInstanceOf(DriverFault.class)
                .hasMessage("the agent is being stopped: touch was not run to its end");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(made).doesNotExist();
    }

    /** One that goes on until it is ended, and that tells its process id when it has begun. */
    private Path script(String trap) throws IOException {
        return Files.writeString(directory.resolve("script"), """
                %s
                echo $$ > %s
                mv %s %s
                while true; do sleep 0.05; done
                """.formatted(
                trap, directory.resolve("beginning"), directory.resolve("beginning"), directory.resolve("begun")));
    }

    /** What is said of a program whose caller is interrupted while it runs. */
    private DriverFault interrupted(Programs programs, Path script) throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicBoolean stillInterrupted = new AtomicBoolean();
        Thread caller = Thread.ofPlatform().start(() -> {
            thrown.set(catchThrowable(() -> programs.run("sh", script.toString())));
            stillInterrupted.set(Thread.currentThread().isInterrupted());
        });
        await().atMost(LONG).until(() -> Files.exists(directory.resolve("begun")));
        caller.interrupt();
        assertThat(caller.join(LONG)).isTrue();
        assertThat(stillInterrupted).as("so that nothing else is begun").isTrue();
        assertThat(thrown.get()).isInstanceOf(DriverFault.class);
        return (DriverFault) requireNonNull(thrown.get());
    }

    @Test
    void tellsAProgramThatIsNotThereFromOneThatMayNotBeRun() throws Exception {
        // Given
        Path file = Files.writeString(directory.resolve("tool"), "#!/bin/sh\n");

        // Then
        assertThatThrownBy(() -> programs.run(file.toString()))
                .isInstanceOf(DriverFault.class)
                .hasMessageStartingWith("the agent may not run tool: ");
        assertThat(Tools.notStarted("lvs", new IOException("Exec failed, error: 12 (Cannot allocate memory)")))
                .isEqualTo("this host has no memory, or no process, left to start lvs");
        assertThat(Tools.notStarted("lvs", new IOException("error=2, No such file or directory")))
                .isEqualTo("lvs is not on this host: apt-get install lvm2");
        assertThat(Tools.notStarted("lvs", new IOException("error=7, Argument list too long")))
                .isEqualTo("lvs can not be started: error=7, Argument list too long");
    }

    @Test
    void waitsForNoDaemonThatAProgramLeavesBehind() throws Exception {
        // Given
        Path pid = directory.resolve("pid");
        Path script = Files.writeString(directory.resolve("leave"), """
                sleep 1000 &
                echo $! > %s
                echo left
                """.formatted(pid));

        // When
        String out = programs.run("sh", script.toString());

        // Then
        assertThat(out).isEqualTo("left\n");
        ProcessHandle daemon =
                ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
        assertThat(daemon.isAlive()).isTrue();
        daemon.destroyForcibly();
    }

    @Test
    void quotesTheBeginningOfWhatIsLong() {
        // Given
        Programs.Ended ended = new Programs.Ended(1, "", "a line\n  and another\n" + "x".repeat(1000));

        // Then
        assertThat(ended.said())
                .startsWith("a line; and another; xxx")
                .endsWith(" ...")
                .hasSizeLessThan(310);
    }
}
