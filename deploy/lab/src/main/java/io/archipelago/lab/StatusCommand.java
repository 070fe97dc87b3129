package io.archipelago.lab;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** {@code vc lab status}: each host and the network between the sites. */
final class StatusCommand {

    private static final double MEGABYTE = 1e6;

    private StatusCommand() {}

    static int run(Path directory, List<String> arguments, PrintStream out) throws IOException, InterruptedException {
        Main.refuseArguments("status", arguments);
        List<Row> rows = print(Main.running(directory), directory, out);
        return rows.stream().allMatch(row -> row.state() == State.UP) ? Main.OK : Main.FAILED;
    }

    static List<Row> print(Lab lab, Path directory, PrintStream out) throws IOException, InterruptedException {
        List<Row> rows = lab.atOnce(Row::of);
        out.println(table(rows));
        if (rows.stream().anyMatch(row -> row.host().role() == Role.WAN)) {
            out.println("WAN: " + WanCommand.sentence(lab.wan().state()));
        }
        out.printf(
                "%.0f MB (PSS), up after %.1f s, %s%n",
                rows.stream().mapToLong(Row::memoryBytes).sum() / MEGABYTE, lab.readySeconds(), directory);
        return rows;
    }

    enum State {
        UP,
        /** It has power, but does not answer. */
        SILENT,
        OFF
    }

    /** @param agentBytes what its agent takes of its memory; 0 where none runs */
    record Row(LabHost host, State state, OptionalLong pid, long memoryBytes, long agentBytes) {

        static Row of(LabHost host) throws IOException {
            OptionalLong pid = host.pid();
            State state = pid.isEmpty() ? State.OFF : host.isUp() ? State.UP : State.SILENT;
            long agent = state == State.UP && host.role() != Role.WAN ? host.residentBytes(Agents.AGENT) : 0;
            return new Row(host, state, pid, host.memoryBytes(), agent);
        }
    }

    static String table(List<Row> rows) {
        StringBuilder text = new StringBuilder();
        text.append("%-12s %-8s %-7s %8s %9s %9s  %s"
                .formatted("HOST", "ROLE", "STATE", "PID", "MEMORY", "AGENT", "ADDRESS"));
        for (Row row : rows) {
            text.append("%n%-12s %-8s %-7s %8s %6.0f MB %9s  %s"
                    .formatted(
                            row.host().name(),
                            row.host().role(),
                            row.state(),
                            row.pid().isPresent() ? row.pid().getAsLong() : "-",
                            row.memoryBytes() / MEGABYTE,
                            row.agentBytes() == 0 ? "-" : "%.0f MB".formatted(row.agentBytes() / MEGABYTE),
                            row.host().address()));
        }
        return text.toString();
    }
}
