package io.archipelago.agent.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that has a configuration file among its arguments, run by a program that is a copy of the shell. */
class DaemonTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    Path directory;

    private Path program;
    private Path pidFile;
    private String configuration;
    private Process process;

    @BeforeEach
    void start() throws Exception {
        program = Files.copy(Path.of("/bin/sh").toRealPath(), directory.resolve("daemon"));
        pidFile = directory.resolve("pid");
        configuration = "--conf-file=" + directory.resolve("conf");
        process = new ProcessBuilder(program.toString(), "-c", "while true; do sleep 0.1; done", configuration).start();
        Files.writeString(pidFile, process.pid() + "\n");
    }

    @AfterEach
    void end() {
        process.destroyForcibly();
    }

    @Test
    void isKnownByItsProgramAndItsConfiguration() throws Exception {
        assertThat(daemon("daemon").running().map(ProcessHandle::pid)).hasValue(process.pid());
    }

    @Test
    void isStillKnownWhenItsProgramWasReplaced() throws Exception {
        Files.delete(program);

        assertThat(daemon("daemon").running().map(ProcessHandle::pid)).hasValue(process.pid());
    }

    @Test
    void isKilledAlsoIfItsFileDoesNotNameIt() throws Exception {
        // Given
        Files.writeString(pidFile, "");

        // When
        daemon("daemon").kill();

        // Then
        await().atMost(PATIENCE).until(() -> !process.isAlive());
        assertThat(pidFile).doesNotExist();
    }

    @Test
    void isNotAnotherProgramThatHasTheConfigurationOpen() throws Exception {
        // Given
        Daemon other = daemon("other");
        assertThat(other.running()).isEmpty();

        // When
        other.kill();

        // Then
        assertThat(process.isAlive()).isTrue();
    }

    private Daemon daemon(String name) {
        return new Daemon(name, configuration, pidFile);
    }
}
