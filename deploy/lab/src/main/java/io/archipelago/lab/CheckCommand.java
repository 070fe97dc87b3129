package io.archipelago.lab;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** {@code vc show ID -o json | vc lab check}: whether a cluster's machines on the lab are what was promised. */
final class CheckCommand {

    /** A machine is READY when it runs; then it boots. */
    private static final Duration TO_BOOT = Duration.ofMinutes(3);

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

    private CheckCommand() {}

    static int run(Path directory, List<String> arguments, InputStream in, PrintStream out)
            throws IOException, InterruptedException {
        Main.refuseArguments("check", arguments);
        ClusterCheck check = new ClusterCheck(Main.running(directory), new ObjectMapper().readTree(in));
        List<ClusterCheck.Row> rows = check.rows();
        long until = System.nanoTime() + TO_BOOT.toNanos();
        while (!problems(rows).isEmpty() && System.nanoTime() < until) {
            Thread.sleep(BETWEEN_LOOKS);
            rows = check.rows();
        }
        out.printf(
                "%-14s %-6s %5s  %-15s %5s  %-16s %s%n",
                "MACHINE", "SITE", "VLAN", "ADDRESS", "MTU", "DISK", "REACHES");
        for (ClusterCheck.Row row : rows) {
            out.printf(
                    "%-14s %-6s %5d  %-15s %5d  %-16s %s%n",
                    row.name(),
                    row.site(),
                    row.vlan(),
                    row.address(),
                    row.mtu(),
                    row.disk(),
                    String.join(" ", row.reached()));
        }
        List<String> problems = problems(rows);
        problems.forEach(out::println);
        return problems.isEmpty() && !rows.isEmpty() ? Main.OK : Main.FAILED;
    }

    private static List<String> problems(List<ClusterCheck.Row> rows) {
        return rows.stream()
                .flatMap(row -> Stream.concat(row.problems().stream(), row.unreached().stream())
                        .map(problem -> row.name() + " " + problem))
                .toList();
    }
}
