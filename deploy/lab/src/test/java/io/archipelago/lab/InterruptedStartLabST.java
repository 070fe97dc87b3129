package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start that was cut off at some instant can be taken back, or done again. */
@OnLab
class InterruptedStartLabST {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @AfterEach
    void leaveNothing() throws Exception {
        Lab.down(directory(), false);
    }

    @Test
    void isTakenBackByDown() throws Exception {
        cutOffStart();
        assertThat(Outside.of(folder)).isNotEmpty();

        assertThat(Lab.down(directory(), false)).isTrue();

        assertThat(Outside.of(folder)).isEmpty();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void isDoneAgainByUp() throws Exception {
        cutOffStart();

        Lab lab = Lab.up(directory(), Settings.standard().only("wan", "osaka-g1"), System.out::println);

        assertThat(lab.host("osaka-g1").isUp()).isTrue();
    }

    @Test
    void whoseHostsHaveDiedIsInNobodysWay() throws Exception {
        cutOffStart();
        Kernel.killAll(new LabHome(directory()));
        Path other = folder.resolve("other/lab");
        List<String> said = new ArrayList<>();

        try {
            Lab lab = Lab.up(other, Settings.standard().only("wan"), said::add);

            assertThat(lab.host("wan").isUp()).isTrue();
            assertThat(said).anyMatch(line -> line.contains(directory().toString()));
            assertThat(Lab.down(directory(), false)).isTrue();
            assertThat(lab.host("wan").isUp()).isTrue();
        } finally {
            Lab.down(other, false);
        }
    }

    private Path directory() {
        return home().resolve("lab");
    }

    private Path home() {
        return folder.resolve("vc");
    }

    /** Killed once the first hosts are on their way. */
    private void cutOffStart() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "up")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("VC_HOME", home().toString());
        Process start = builder.start();
        try {
            await().atMost(PATIENCE).until(() -> hasProcesses() || !start.isAlive());
        } finally {
            start.destroyForcibly().waitFor();
        }
        assertThat(new LabHome(directory()).record())
                .hasValueSatisfying(record -> assertThat(record.complete()).isFalse());
    }

    private boolean hasProcesses() throws Exception {
        List<String> seen = Outside.of(folder);
        return Files.exists(directory()) && seen.stream().anyMatch(line -> line.contains("umid=wan"));
    }
}
