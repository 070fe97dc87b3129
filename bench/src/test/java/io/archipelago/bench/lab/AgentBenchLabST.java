package io.archipelago.bench.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.lab.Machine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark of the agent on hosts of the lab; also told to end while they start it takes them back. */
@EnabledIfSystemProperty(named = "vc.tests.all", matches = "true")
class AgentBenchLabST {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path DOOR = Path.of("/sys/class/net/vc-lab-tokyo");
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    @Test
    void showsWhatLinksAndVolumesLeaveOfWhatIsBelowThem() throws Exception {
        // Given
        assumeThat(Machine.obstacle()).isEmpty();
        Process bench = start("--rounds", "1", "--seconds", "1", "--megabytes", "16");

        // When
        boolean ended = bench.waitFor(PATIENCE.toSeconds() * 5, TimeUnit.SECONDS);
        bench.destroyForcibly();

        // Then
        assertThat(ended).as(said()).isTrue();
        assertThat(bench.exitValue()).as(said()).isZero();
        for (LinkDriver driver : Plan.LINKS) {
            assertThat(said()).containsPattern("(?m)^ +" + driver + ",.* \\d+\\.\\d\\d .* \\d+\\.\\d\\d ");
        }
        assertThat(said()).contains("the WAN itself", "a volume of the group", "the thin one over iSCSI");
        leavesNothing();
    }

    @Test
    void leavesNothingWhenItIsBrokenOff() throws Exception {
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
        leavesNothing();
    }

    private void leavesNothing() {
        assertThat(hosts()).isZero();
        assertThat(DOOR).doesNotExist();
        assertThat(home()).isEmptyDirectory();
    }

    private Process start(String... more) throws IOException {
        Files.createDirectories(home());
        List<String> words = new ArrayList<>(List.of("./vc", "bench", "agent", "--clusters", "1", "--steps", "1"));
        words.addAll(List.of(more));
        ProcessBuilder builder = new ProcessBuilder(words)
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
