package io.archipelago.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The benchmark at its smallest: that it runs, not how fast. */
@Order(2)
class BenchST {

    private static final Path ROOT = Path.of(System.getProperty("vc.root", ".."));
    private static final int MINUTES = 8;

    /** It starts two sites of its own, which takes minutes. */
    @Test
    @EnabledIfSystemProperty(named = "vc.tests.all", matches = "true")
    void measuresTheWholeFlow() throws Exception {
        String text =
                output("bench", "flow", "--reservations", "2", "--concurrency", "1", "--cycles", "1", "--warm-up", "0");

        assertThat(text)
                .contains("processors,", "idle for 10 s:", "the floor: a bare loop commits")
                .contains("1 clusters of 20 machines, one after the other", "1 clusters of 20 machines, 1 at once")
                .contains("POST to SCHEDULED", "start to ACTIVE", "DELETE to ENDED", "full cycles", "for each cycle")
                .contains("2 reservations of 20 machines over two sites", "latency", "throughput")
                .contains("for each reservation", "times the floor")
                .contains("CPU ms each", "MB (PSS)", "MB (RSS)", "tokyo-reservation", "osaka-placement", "postgres");
    }

    @Test
    void measuresTheAgent() throws Exception {
        String text = output("bench", "agent", "--clusters", "2", "--steps", "3", "--no-lab");

        assertThat(text).contains("agent: 8 resources", "a step", "a bare look", "times the bare look");
    }

    @Test
    void measuresBooking() throws Exception {
        String text = output(
                "bench", "booking", "--most", "1000", "--hosts", "20", "--seconds", "1", "--stored", "0", "--no-peer");

        assertThat(text)
                .contains("booking: pools", "sweep / ask", "1,000", "bytes of memory")
                .contains(
                        "10 sites of 20 hosts with 2,000 bookings",
                        "plan and hold 20 machines",
                        "a second",
                        "from rows");
    }

    /** It starts two sites of its own, which takes minutes. */
    @Test
    @EnabledIfSystemProperty(named = "vc.tests.all", matches = "true")
    void measuresHoldsThroughTheDatabase() throws Exception {
        String text = output(
                "bench", "booking", "--most", "1000", "--hosts", "10", "--seconds", "1", "--stored", "20", "--no-peer");

        assertThat(text).contains("20 holds of small clusters through PostgreSQL", "a second (aim: 300)", "ms p99");
    }

    /** It installs packages. */
    @Test
    @EnabledIfSystemProperty(named = "vc.tests.all", matches = "true")
    void measuresOpenStackPlacementBesideOurs() throws Exception {
        String text = output("bench", "booking", "--most", "1000", "--hosts", "10", "--seconds", "1", "--stored", "0");

        assertThat(text)
                .containsPattern("OpenStack Placement was left out|times as long as to plan and hold them here");
    }

    /** What it prints once it has ended well, which is figures. */
    private static String output(String... arguments) throws Exception {
        Process bench = start(arguments);
        String text = new String(bench.getInputStream().readAllBytes());
        assertThat(bench.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
        assertThat(bench.exitValue()).as(text).isZero();
        assertThat(text).doesNotContain("NaN", "Infinity", "null");
        return text;
    }

    private static Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("./vc"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(ROOT.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("VC_BUILD", "off");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder.start();
    }
}
