package io.archipelago.local;

import io.archipelago.local.StackState.Condition;
import io.archipelago.local.StackState.ProcessState;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** {@code vc status [-o json]}: each process, how it is, and what waits in it. */
final class StatusCommand {

    private static final long MEGABYTE = 1_000_000;

    private StatusCommand() {}

    /** A null means unknown, or not applicable to this process. */
    record Row(
            String name,
            String state,
            @Nullable Long pid,
            int port,
            @Nullable Long memoryBytes,
            int restarts,
            @Nullable String lastEnd,
            @Nullable Long outboxBacklog,
            @Nullable Long consumerLag) {}

    record Report(
            boolean running,
            String phase,
            String home,
            int portBase,
            @Nullable Double readySeconds,
            long memoryBytes,
            List<Row> processes) {}

    static int run(Context context, List<String> arguments) throws IOException {
        boolean json = wantsJson(arguments);
        Optional<ProcessHandle> supervisor = context.supervisor();
        Optional<StackState> state = supervisor.flatMap(alive -> StackState.read(context.home()));
        if (supervisor.isEmpty() || state.isEmpty()) {
            return notRunning(context, json);
        }
        Report report = report(context, supervisor.get().pid(), state.get());
        context.out().println(json ? JsonFiles.toText(report) : table(report));
        boolean allReady =
                report.processes().stream().allMatch(row -> row.state().equals(Condition.READY.name()));
        return allReady ? Main.OK : Main.FAILED;
    }

    private static boolean wantsJson(List<String> arguments) {
        if (arguments.isEmpty() || arguments.equals(List.of("-o", "table"))) {
            return false;
        }
        if (arguments.equals(List.of("-o", "json"))) {
            return true;
        }
        throw new IllegalArgumentException("vc status takes -o table or -o json");
    }

    private static int notRunning(Context context, boolean json) throws IOException {
        List<PidFile> left = Leftovers.find(context.home());
        if (json) {
            List<Row> rows = left.stream()
                    .map(one -> row(new ProcessState(
                            one.name(), Condition.STOPPED, one.process().pid(), 0, 0, null)))
                    .toList();
            context.out()
                    .println(JsonFiles.toText(new Report(
                            false,
                            "STOPPED",
                            context.home().root().toString(),
                            context.stack().portBase(),
                            null,
                            0,
                            rows)));
        } else if (left.isEmpty()) {
            context.out().println("Archipelago is not running. ./vc up starts it.");
        } else {
            context.out()
                    .println("The supervisor is gone, but " + left.size()
                            + " of its processes still run. ./vc down ends them; ./vc up ends them and starts anew.");
        }
        return Main.NOT_RUNNING;
    }

    private static Report report(Context context, long supervisor, StackState state) throws IOException {
        // The ports that it was started with; the variable may say something else by now.
        Stack stack = new Stack(
                state.portBase(), context.stack().sites(), context.stack().wan());
        Map<String, Long> outboxes = outboxes(context, stack);
        Map<String, Long> lags = lags(stack);
        List<Row> rows = new ArrayList<>();
        rows.add(row(new ProcessState("supervisor", Condition.READY, supervisor, 0, 0, null)));
        for (ProcessState process : state.processes()) {
            Row row = row(process);
            rows.add(new Row(
                    row.name(),
                    row.state(),
                    row.pid(),
                    row.port(),
                    row.memoryBytes(),
                    row.restarts(),
                    row.lastEnd(),
                    outboxes.get(process.name()),
                    lags.get(process.name())));
        }
        return new Report(
                true,
                state.phase().name(),
                context.home().root().toString(),
                state.portBase(),
                state.readySeconds(),
                Memory.ofFamily(supervisor).orElse(0),
                rows);
    }

    private static Row row(ProcessState process) {
        // The supervisor's own memory is that of its process alone; its children are listed beside it.
        OptionalLong memory = process.port() == 0 ? Memory.of(process.pid()) : Memory.ofFamily(process.pid());
        return new Row(
                process.name(),
                process.condition().name(),
                process.pid() == 0 ? null : process.pid(),
                process.port(),
                memory.isPresent() ? memory.getAsLong() : null,
                process.restarts(),
                process.lastEnd(),
                null,
                null);
    }

    private static Map<String, Long> outboxes(Context context, Stack stack) throws IOException {
        Map<String, Long> backlogs = new HashMap<>();
        if (!Files.exists(context.home().secrets()) || !Ports.answers(stack.postgresPort())) {
            return backlogs;
        }
        Databases databases = new Databases(stack, Secrets.ensure(context.home().secrets(), stack));
        for (Site site : stack.sites()) {
            for (ServiceKind kind : ServiceKind.values()) {
                databases
                        .count(site, kind, "select count(*) from outbox")
                        .ifPresent(count -> backlogs.put(Stack.service(site, kind), count));
            }
        }
        return backlogs;
    }

    /** A process may read with several groups, each named after it: {@code placement}, {@code placement-observed}. */
    private static Map<String, Long> lags(Stack stack) throws IOException {
        Map<String, Long> byProcess = new HashMap<>();
        for (Site site : stack.sites()) {
            if (!Ports.answers(stack.kafkaPort(site))) {
                continue;
            }
            Map<String, Long> byGroup = Backlogs.lags(stack.bootstrapServers(site));
            for (Map.Entry<String, Long> group : byGroup.entrySet()) {
                for (ServiceKind kind : ServiceKind.values()) {
                    if (group.getKey().startsWith(kind.id())) {
                        byProcess.merge(Stack.service(site, kind), group.getValue(), Long::sum);
                    }
                }
            }
        }
        return byProcess;
    }

    private static String table(Report report) {
        StringBuilder text = new StringBuilder();
        text.append("%-20s %-11s %8s %6s %9s %9s %7s %6s  %s%n"
                .formatted("PROCESS", "STATE", "PID", "PORT", "MEMORY", "RESTARTS", "OUTBOX", "LAG", "LAST END"));
        for (Row row : report.processes()) {
            Long memory = row.memoryBytes();
            text.append("%-20s %-11s %8s %6s %9s %9d %7s %6s  %s"
                    .formatted(
                            row.name(),
                            row.state(),
                            dash(row.pid()),
                            row.port() == 0 ? "-" : row.port(),
                            memory == null ? "-" : memory / MEGABYTE + " MB",
                            row.restarts(),
                            dash(row.outboxBacklog()),
                            dash(row.consumerLag()),
                            row.lastEnd() == null ? "" : row.lastEnd())
                    .stripTrailing());
            text.append(System.lineSeparator());
        }
        text.append("%s, %.2f GB (PSS), %s".formatted(report.phase(), report.memoryBytes() / 1e9, report.home()));
        return text.toString();
    }

    private static String dash(@Nullable Long value) {
        return value == null ? "-" : value.toString();
    }
}
