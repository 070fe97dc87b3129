package io.archipelago.bench.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.archipelago.lab.Machine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A benchmark that is told to end while its hosts start takes them back. */
@EnabledIfSystemProperty(named = "vc.tests.all", matches = "true")
class BrokenOffLabST {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path DOOR = Path.of("/sys/class/net/vc-lab-tokyo");
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    @Test
    void leavesNothingOfTheLab() throws Exception {
        // Given
        assumeThat(Machine.obstacle()).isEmpty();
        Process bench = start();
        try {
            await().atMost(PATIENCE).until(() -> !bench.isAlive() || hosts() > 0);
            assertThat(bench.isAlive()).as(said()).isTrue();
            assertThat(DOOR).exists();

            // When
            bench.destroy();

            // Then
            assertThat(bench.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } finally {
            bench.destroyForcibly();
        }
        assertThat(hosts()).isZero();
        assertThat(DOOR).doesNotExist();
        assertThat(home()).isEmptyDirectory();
    }

    private Process start() throws IOException {
        Files.createDirectories(home());
        ProcessBuilder builder = new ProcessBuilder("./vc", "bench", "agent", "--clusters", "1", "--steps", "1")
                .directory(ROOT.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile());
        builder.environment().put("VC_BUILD", "off");
        builder.environment().put("VC_HOME", home().toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder.start();
    }

    private Path home() {
        return folder.resolve("vc");
    }

    private String said() throws IOException {
        return Files.readString(folder.resolve("said"));
    }

    /** The processes that are the kernels of its hosts. */
    private long hosts() {
        return ProcessHandle.allProcesses()
                .map(process -> commandLine(Path.of("/proc", Long.toString(process.pid()), "cmdline")))
                .filter(words -> words.contains("uml_dir=" + home().resolve("bench/lab/run")))
                .count();
    }

    private static List<String> commandLine(Path file) {
        try {
            return List.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\0"));
        } catch (IOException gone) {
            return List.of();
        }
    }
}
