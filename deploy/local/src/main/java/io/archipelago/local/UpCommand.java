package io.archipelago.local;

import io.archipelago.local.StackState.Condition;
import io.archipelago.local.StackState.Phase;
import io.archipelago.local.StackState.ProcessState;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** {@code vc up}: starts a supervisor in the background and follows it until the stack is ready. */
final class UpCommand {

    private static final Duration LOOK_INTERVAL = Duration.ofMillis(100);
    private static final int SUPERVISOR_HEAP_MEGABYTES = 64;

    private UpCommand() {}

    /** What the user has read already. */
    private record Told(Set<String> ready, Set<String> ends) {}

    static int run(Context context, List<String> arguments) throws IOException, InterruptedException {
        boolean foreground = Main.flag(arguments, "up", "--foreground");
        Optional<ProcessHandle> running = context.supervisor();
        if (running.isPresent()) {
            context.out()
                    .println("Archipelago is running already (supervisor "
                            + running.get().pid() + ", " + context.home().root()
                            + "). ./vc status shows it, ./vc down stops it.");
            return Main.OK;
        }
        recordStarts(context);
        Instant begun = Instant.now();
        context.home().create();
        Files.deleteIfExists(context.home().state());
        Process supervisor = start(context);
        // Ctrl-C while it starts: nothing must stay behind.
        Thread hook = new Thread(() -> end(supervisor));
        Runtime.getRuntime().addShutdownHook(hook);
        boolean ready = follow(context, supervisor, begun);
        if (!ready) {
            return Main.FAILED;
        }
        if (foreground) {
            context.out().println("Ctrl-C stops it.");
            return supervisor.waitFor();
        }
        Runtime.getRuntime().removeShutdownHook(hook);
        return Main.OK;
    }

    private static Process start(Context context) throws IOException {
        Path log = context.home().log("supervisor");
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(Jvm.command(SUPERVISOR_HEAP_MEGABYTES, AotCache.none()));
        command.add("-D" + Installation.REPOSITORY_PROPERTY + "="
                + context.installation().repository());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), "supervise"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put(Child.OWNER_VARIABLE, context.home().root().toString());
        return builder.start();
    }

    /** Prints a line for each process as it becomes ready. False when the stack did not start. */
    private static boolean follow(Context context, Process supervisor, Instant begun)
            throws IOException, InterruptedException {
        Told told = new Told(new HashSet<>(), new HashSet<>());
        while (true) {
            boolean alive = supervisor.isAlive();
            Optional<StackState> state = StackState.read(context.home());
            state.ifPresent(now -> tell(context, now, told));
            if (state.isPresent() && state.get().phase() == Phase.READY) {
                summarise(context, supervisor, begun);
                return true;
            }
            if (!alive) {
                context.err().println("vc: " + reason(context, state));
                return false;
            }
            Thread.sleep(LOOK_INTERVAL);
        }
    }

    private static String reason(Context context, Optional<StackState> state) {
        String problem = state.map(StackState::problem).orElse(null);
        return problem == null
                ? "the supervisor ended:\n" + Child.tail(context.home().log("supervisor"), 15)
                : problem;
    }

    private static void tell(Context context, StackState state, Told told) {
        for (ProcessState process : state.processes()) {
            if (process.condition() == Condition.READY && told.ready().add(process.name())) {
                context.out()
                        .printf(
                                "  ready  %2d/%d  %-18s port %d%n",
                                told.ready().size(), state.processes().size(), process.name(), process.port());
            }
            if (process.condition() == Condition.RESTARTING && told.ends().add(process.name() + process.restarts())) {
                context.out().println("  again         " + process.name() + ": " + process.lastEnd());
            }
        }
    }

    private static void summarise(Context context, Process supervisor, Instant begun) {
        long memory = Memory.ofFamily(supervisor.pid()).orElse(0);
        context.out()
                .printf(
                        "%nReady after %.1f s; the whole stack takes %.2f GB (PSS).%n",
                        Duration.between(begun, Instant.now()).toMillis() / 1e3, memory / 1e9);
        context.out().println("""

                        Next:
                          ./vc reserve examples/two-sites.yaml --wait   a cluster over both sites
                          ./vc status                                   the processes
                          ./vc down                                     stop; the data stay (--purge removes them)""");
    }

    /** Only after a build, or for a Java that was not used before. */
    private static void recordStarts(Context context) throws IOException, InterruptedException {
        if (!context.recordsStarts()) {
            return;
        }
        int outcome = TrainCommand.run(context, List.of());
        if (outcome != Main.OK) {
            context.err().println("vc: the processes will start more slowly than they could");
        }
    }

    private static void end(Process supervisor) {
        supervisor.destroy();
        try {
            if (!supervisor.waitFor(DownCommand.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                supervisor.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
