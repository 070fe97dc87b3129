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
    private static final Duration TO_MEASURE = Duration.ofMinutes(10);

    @TempDir
    Path folder;

    @Test
    void showsWhatLinksAndVolumesLeaveOfWhatIsBelowThem() throws Exception {
        // Given
        assumeThat(Machine.obstacle()).isEmpty();
        Process bench = start("--rounds", "1", "--seconds", "1", "--megabytes", "16");

        // When
        boolean ended;
        try {
            ended = bench.waitFor(TO_MEASURE.toSeconds(), TimeUnit.SECONDS);
        } finally {
            end(bench);
        }

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

        } finally {
            // When
            end(bench);
        }

        // Then
        leavesNothing();
    }

    /** It takes its hosts back first, unless it is killed. */
    private void end(Process bench) throws IOException, InterruptedException {
        bench.destroy();
        if (!bench.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            bench.destroyForcibly();
            ProcessBuilder down = vc("lab", "down");
            down.environment().put("VC_HOME", home().resolve("bench").toString());
            down.start().waitFor();
            throw new AssertionError("it did not end when it was told to; it said: " + said());
        }
    }

    private void leavesNothing() {
        assertThat(hosts()).isZero();
        assertThat(DOOR).doesNotExist();
        assertThat(home()).isEmptyDirectory();
    }

    private Process start(String... more) throws IOException {
        Files.createDirectories(home());
        List<String> words = new ArrayList<>(List.of("bench", "agent", "--clusters", "1", "--steps", "1"));
        words.addAll(List.of(more));
        return vc(words.toArray(String[]::new)).start();
    }

    private ProcessBuilder vc(String... arguments) {
        List<String> words = new ArrayList<>(List.of("./vc"));
        words.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(ROOT.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile());
        builder.environment().put("VC_BUILD", "off");
        builder.environment().put("VC_HOME", home().toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder;
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
