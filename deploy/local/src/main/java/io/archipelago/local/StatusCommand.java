package io.archipelago.local;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Topics;
import io.archipelago.local.StackState.Condition;
import io.archipelago.local.StackState.Phase;
import io.archipelago.local.StackState.ProcessState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    /** How far a site has read what another says to it; the other's id is one of {@link Site}, which needs no quoting. */
    private static final String READ_FROM = "select position from stream_in where site = '%s'";

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
        Optional<ProcessIdentity> supervisor = context.supervisor();
        if (supervisor.isEmpty()) {
            return notRunning(context, json);
        }
        StackState state = StackState.of(context.home(), supervisor.get())
                .orElseGet(() -> saysNothingYet(supervisor.get(), context.stack()));
        Report report = report(context, supervisor.get().pid(), state);
        context.out().println(json ? JsonFiles.toText(report) : table(report));
        boolean allReady = state.phase() == Phase.READY
                && report.processes().stream().allMatch(row -> row.state().equals(Condition.READY.name()));
        return allReady ? Main.OK : Main.FAILED;
    }

    private static StackState saysNothingYet(ProcessIdentity supervisor, Stack stack) {
        return new StackState(supervisor, Phase.STARTING, stack.portBase(), null, null, List.of());
    }

    private static boolean wantsJson(List<String> arguments) {
        if (arguments.isEmpty() || arguments.equals(List.of("-o", "table"))) {
            return false;
        }
        if (arguments.equals(List.of("-o", "json"))) {
            return true;
        }
        throw new IllegalArgumentException("vc status does not know \"" + String.join(" ", arguments)
                + "\"; it takes -o table, as without it, or -o json");
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
        Optional<Databases> databases = databases(context, stack);
        Map<String, Long> outboxes =
                databases.map(known -> outboxes(known, stack)).orElse(Map.of());
        Map<String, Long> lags = lags(databases, stack);
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

    private static Optional<Databases> databases(Context context, Stack stack) throws IOException {
        Path secrets = context.home().secrets();
        return Files.exists(secrets) && Ports.answers(stack.postgresPort())
                ? Optional.of(new Databases(stack, Secrets.ensure(secrets, stack)))
                : Optional.empty();
    }

    private static Map<String, Long> outboxes(Databases databases, Stack stack) {
        Map<String, Long> backlogs = new HashMap<>();
        for (Site site : stack.sites()) {
            for (ServiceKind kind : ServiceKind.values()) {
                databases
                        .count(site, kind, "select count(*) from outbox")
                        .ifPresent(count -> backlogs.put(Stack.service(site, kind), count));
            }
        }
        return backlogs;
    }

    /**
     * A process may read with several groups, each named after it: {@code placement}, {@code placement-observed}. What sites say to each
     * other is read by no group: how far it is read stands in the reader's database.
     */
    private static Map<String, Long> lags(Optional<Databases> databases, Stack stack) throws IOException {
        Map<String, Long> byProcess = new HashMap<>();
        for (Site site : stack.sites()) {
            if (!Ports.answers(stack.kafkaPort(site))) {
                continue;
            }
            Backlogs backlogs = Backlogs.of(
                    stack.bootstrapServers(site),
                    stack.sites().stream().map(StatusCommand::streamTo).toList());
            for (Map.Entry<String, Long> group : backlogs.lags().entrySet()) {
                for (ServiceKind kind : ServiceKind.values()) {
                    if (group.getKey().startsWith(kind.id())) {
                        byProcess.merge(Stack.service(site, kind), group.getValue(), Long::sum);
                    }
                }
            }
            for (Site reader : stack.sites()) {
                Long end = backlogs.ends().get(streamTo(reader));
                OptionalLong position = databases
                        .map(known -> known.count(reader, ServiceKind.RESERVATION, READ_FROM.formatted(site.id())))
                        .orElse(OptionalLong.empty());
                if (end != null && position.isPresent()) {
                    byProcess.merge(
                            Stack.service(reader, ServiceKind.RESERVATION),
                            Math.max(0, end - position.getAsLong()),
                            Long::sum);
                }
            }
        }
        return byProcess;
    }

    private static String streamTo(Site site) {
        return Topics.federationTo(new SiteId(site.id()));
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
