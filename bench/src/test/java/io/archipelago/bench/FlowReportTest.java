package io.archipelago.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bench.Counters.Speaker;
import io.archipelago.bench.FlowBench.Times;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FlowReportTest {

    private static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");

    /** 1,000 commits take a second, and so do 500 round trips. */
    private static final Floor FLOOR = new Floor(1_000, 500);

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final FlowReport report = new FlowReport(new PrintStream(written, true, StandardCharsets.UTF_8));

    @Test
    void saysOfCyclesHowLongEachStepTakesAndHowFarTheyAreFromTheFloor() {
        // Given
        List<Times> times = List.of(times(1, 2, 3), times(2, 3, 4), times(1, 1, 1), times(1, 1, 4));

        // When
        report.cycles("2 at once", 2, times, counters(2_000, 1_000), Duration.ofSeconds(20), FLOOR);

        // Then
        assertThat(lines())
                .contains("4 clusters of 20 machines, 2 at once")
                .contains("  POST to SCHEDULED   p50  1.000 s   p99  2.000 s   (4 measured)")
                .contains("  start to ACTIVE     p50  1.000 s   p99  3.000 s   (4 measured)")
                .contains("  DELETE to ENDED     p50  3.000 s   p99  4.000 s   (4 measured)")
                .contains("  full cycles         0.20 / s")
                .contains(
                        "  for each cycle      500.0 transactions, 250.0 messages of services, 25.0 of agents, 750 ms of CPU")
                .contains(
                        "  over the floor      as many commits and round trips: 4.00 s; the flow took 12.00 s: 3.0 times the floor");
    }

    @Test
    void saysOfReservationsHowManyThereAreInASecondAndHowFarThatIsFromTheFloor() {
        // When
        report.scheduling(
                List.of(Duration.ofMillis(100), Duration.ofMillis(300)),
                counters(500, 250),
                Duration.ofSeconds(2),
                FLOOR);

        // Then
        assertThat(lines())
                .contains("2 reservations of 20 machines over two sites, POST to SCHEDULED")
                .contains("  latency             p50  0.100 s   p99  0.300 s   (2 measured)")
                .contains("  throughput          1.0 / s")
                .contains(
                        "  over the floor      as many commits and round trips: 1.00 s; the flow took 2.00 s: 2.0 times the floor");
    }

    @Test
    void saysOfEveryProcessWhatItTookOfTheProcessorAndOfMemory() {
        // When
        report.processes(counters(0, 0), 4);

        // Then
        assertThat(lines())
                .contains("  process               CPU ms each   MB (PSS)   MB (RSS)")
                .contains("  tokyo/reservation           500.0        200        250")
                .contains("  postgres                    250.0         80        300");
    }

    @Test
    void countsOnlyWhatWasDoneSinceThen() {
        // Given
        Counters before = counters(100, 10);
        Counters now = new Counters(
                NOON.plusSeconds(1),
                Map.of(Speaker.SERVICES, 15L, Speaker.AGENTS, 101L),
                130,
                Map.of("tokyo/reservation", Duration.ofSeconds(5), "started/since", Duration.ofSeconds(1)),
                Map.of("tokyo/reservation", 7L),
                Map.of("tokyo/reservation", 9L));

        // When
        Counters done = now.since(before);

        // Then
        assertThat(done.transactions()).isEqualTo(30);
        assertThat(done.messages()).isEqualTo(Map.of(Speaker.SERVICES, 5L, Speaker.AGENTS, 1L));
        assertThat(done.cpu())
                .isEqualTo(Map.of("tokyo/reservation", Duration.ofSeconds(3), "started/since", Duration.ofSeconds(1)));
        assertThat(done.cpuSeconds()).isEqualTo(4);
        assertThat(done.memory()).isEqualTo(now.memory());
        assertThat(done.resident()).isEqualTo(now.resident());
    }

    @Test
    void findsTheResidentMemoryOfAProcess() {
        assertThat(Counters.resident(ProcessHandle.current().pid())).isGreaterThan(1 << 20);
        assertThat(Counters.resident(Long.MAX_VALUE)).isZero();
    }

    private List<String> lines() {
        return written.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static Times times(int toScheduled, int toActive, int toEnded) {
        return new Times(Duration.ofSeconds(toScheduled), Duration.ofSeconds(toActive), Duration.ofSeconds(toEnded));
    }

    private static Counters counters(long transactions, long messages) {
        return new Counters(
                NOON,
                Map.of(Speaker.SERVICES, messages, Speaker.AGENTS, 100L),
                transactions,
                Map.of("tokyo/reservation", Duration.ofSeconds(2), "postgres", Duration.ofSeconds(1)),
                Map.of("tokyo/reservation", 200_000_000L, "postgres", 80_000_000L),
                Map.of("tokyo/reservation", 250_000_000L, "postgres", 300_000_000L));
    }
}
