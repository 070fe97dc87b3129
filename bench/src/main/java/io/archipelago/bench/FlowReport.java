package io.archipelago.bench;

import io.archipelago.bench.Counters.Speaker;
import io.archipelago.bench.FlowBench.Times;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Says what was measured. */
final class FlowReport {

    private static final double MEGABYTE = 1e6;

    private final PrintStream out;

    FlowReport(PrintStream out) {
        this.out = out;
    }

    void says(String text) {
        out.println(text);
    }

    void machine(FlowSettings settings) throws IOException {
        String memory;
        try (var lines = Files.lines(Path.of("/proc/meminfo"))) {
            memory = lines.findFirst().orElse("").replaceAll("\\D", "");
        }
        says("%d processors, %.0f GB, Java %s; %s"
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        Double.parseDouble(memory) * 1_024 / 1e9,
                        Runtime.version().feature(),
                        settings));
    }

    void idle(Counters done) {
        says("%nidle for 10 s: %.1f s of CPU, %d transactions, %d messages of services, %d of agents"
                .formatted(
                        done.cpuSeconds(),
                        done.transactions(),
                        done.messages().getOrDefault(Speaker.SERVICES, 0L),
                        done.messages().getOrDefault(Speaker.AGENTS, 0L)));
    }

    void floor(Floor floor) {
        says("%nthe floor: a bare loop commits %,.0f / s, sends and receives %,.0f / s"
                .formatted(floor.commitsPerSecond(), floor.roundTripsPerSecond()));
    }

    /** @param lanes how many clusters were on their way at once */
    void cycles(String how, int lanes, List<Times> times, Counters done, Duration took, Floor floor) {
        says("%n%d clusters of 20 machines, %s".formatted(times.size(), how));
        says("  POST to SCHEDULED   "
                + of(times.stream().map(Times::toScheduled).toList()));
        says("  start to ACTIVE     " + of(times.stream().map(Times::toActive).toList()));
        says("  DELETE to ENDED     " + of(times.stream().map(Times::toEnded).toList()));
        says("  full cycles         %.2f / s".formatted(times.size() / seconds(took)));
        each("cycle", times.size(), done);
        // Between SCHEDULED and its start a cluster waits for the clock, which is nobody's work.
        Duration busy = times.stream().map(Times::busy).reduce(Duration.ZERO, Duration::plus);
        overTheFloor(done, busy.dividedBy(lanes), floor);
    }

    void scheduling(List<Duration> times, Counters done, Duration took, Floor floor) {
        int count = times.size();
        says("%n%d reservations of 20 machines over two sites, POST to SCHEDULED".formatted(count));
        says("  latency             " + of(times));
        says("  throughput          %.1f / s".formatted(count / seconds(took)));
        each("reservation", count, done);
        overTheFloor(done, took, floor);
    }

    private void overTheFloor(Counters done, Duration took, Floor floor) {
        double least = seconds(floor.time(done.transactions(), done.messages().getOrDefault(Speaker.SERVICES, 0L)));
        says("  over the floor      as many commits and round trips: %.2f s; the flow took %.2f s: %.1f times the floor"
                .formatted(least, seconds(took), seconds(took) / least));
    }

    void processes(Counters done, int count) {
        says("%n  %-20s %12s %10s %10s".formatted("process", "CPU ms each", "MB (PSS)", "MB (RSS)"));
        done.cpu()
                .forEach((name, time) -> says("  %-20s %12.1f %10.0f %10.0f"
                        .formatted(
                                name,
                                time.toNanos() / 1e6 / count,
                                done.memory().getOrDefault(name, 0L) / MEGABYTE,
                                done.resident().getOrDefault(name, 0L) / MEGABYTE)));
    }

    private void each(String what, int count, Counters done) {
        says("  for each %-10s %.1f transactions, %.1f messages of services, %.1f of agents, %.0f ms of CPU"
                .formatted(
                        what,
                        (double) done.transactions() / count,
                        (double) done.messages().getOrDefault(Speaker.SERVICES, 0L) / count,
                        (double) done.messages().getOrDefault(Speaker.AGENTS, 0L) / count,
                        done.cpuSeconds() * 1e3 / count));
    }

    private static String of(List<Duration> measured) {
        return Durations.of(measured).toString();
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
