package io.archipelago.local;

import io.archipelago.local.StackState.Condition;
import io.archipelago.local.StackState.Phase;
import io.archipelago.local.StackState.ProcessState;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
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

/**
 * {@code vc up}: starts a supervisor in the background and follows it until the stack is ready; or follows the one that another command has
 * started. Only the supervisor that holds the home's lock owns what is in it, so two of these commands do each other no harm.
 */
final class UpCommand {

    private static final Duration LOOK_INTERVAL = Duration.ofMillis(100);
    private static final int SUPERVISOR_HEAP_MEGABYTES = 64;
    private static final int LINES_SHOWN = 15;

    private final Context context;
    private final Path log;
    private final long logBefore;
    private Duration recording = Duration.ZERO;

    private UpCommand(Context context) throws IOException {
        this.context = context;
        this.log = context.home().log("supervisor");
        this.logBefore = Files.exists(log) ? Files.size(log) : 0;
    }

    /** What the user has read already. */
    private record Told(Set<String> ready, Set<String> ends) {}

    static int run(Context context, List<String> arguments) throws IOException, InterruptedException {
        boolean foreground = Main.flag(arguments, "up", "--foreground");
        context.home().create();
        UpCommand up = new UpCommand(context);
        Optional<ProcessIdentity> other = up.running();
        if (other.isEmpty()) {
            up.recordStarts();
            // That may have taken minutes, in which somebody else has begun.
            other = up.running();
        }
        return other.isPresent() ? up.join(other.get()) : up.start(foreground);
    }

    /** The supervisor of this home. One that is stopping is waited for until it is gone. */
    private Optional<ProcessIdentity> running() throws IOException, InterruptedException {
        boolean told = false;
        while (true) {
            Optional<ProcessIdentity> supervisor = context.supervisor();
            Phase phase = supervisor
                    .flatMap(alive -> StackState.of(context.home(), alive))
                    .map(StackState::phase)
                    .orElse(Phase.STARTING);
            if (supervisor.isEmpty() || phase == Phase.STARTING || phase == Phase.READY) {
                return supervisor;
            }
            if (!told) {
                context.out()
                        .println("Archipelago is being stopped (supervisor "
                                + supervisor.get().pid() + "); it starts as soon as that is done.");
                told = true;
            }
            Thread.sleep(LOOK_INTERVAL);
        }
    }

    private int join(ProcessIdentity supervisor) throws IOException, InterruptedException {
        String who = "(supervisor " + supervisor.pid() + ", " + context.home().root() + ")";
        boolean ready = StackState.of(context.home(), supervisor)
                .filter(state -> state.phase() == Phase.READY)
                .isPresent();
        if (ready) {
            context.out()
                    .println("Archipelago is running already " + who + ". ./vc status shows it, ./vc down stops it.");
            return Main.OK;
        }
        context.out().println("Archipelago is being started already " + who + ".");
        return follow(supervisor) ? Main.OK : Main.FAILED;
    }

    private int start(boolean foreground) throws IOException, InterruptedException {
        Process process = startSupervisor();
        // Ctrl-C while it starts: nothing must stay behind.
        Thread hook = new Thread(() -> end(process));
        Runtime.getRuntime().addShutdownHook(hook);
        Optional<ProcessIdentity> supervisor = ProcessIdentity.of(process.pid());
        if (supervisor.isEmpty()) {
            context.err().println("vc: " + reason(Optional.empty()));
            return Main.FAILED;
        }
        if (!follow(supervisor.get())) {
            return Main.FAILED;
        }
        if (foreground && process.isAlive()) {
            context.out().println("Ctrl-C stops it.");
            return process.waitFor();
        }
        Runtime.getRuntime().removeShutdownHook(hook);
        return Main.OK;
    }

    private Process startSupervisor() throws IOException {
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(Jvm.command(SUPERVISOR_HEAP_MEGABYTES, AotCache.none()));
        command.add("-D" + Installation.REPOSITORY_PROPERTY + "="
                + context.installation().repository());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), Main.SUPERVISE));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                // Appended: another supervisor may own this home by now, and its log.
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().put(Child.OWNER_VARIABLE, context.home().root().toString());
        return builder.start();
    }

    /** Prints a line for each process as it becomes ready. False when the stack did not start. */
    private boolean follow(ProcessIdentity first) throws IOException, InterruptedException {
        ProcessIdentity supervisor = first;
        Told told = new Told(new HashSet<>(), new HashSet<>());
        while (true) {
            boolean alive = supervisor.isAlive();
            Optional<StackState> state = StackState.of(context.home(), supervisor);
            state.ifPresent(now -> tell(now, told));
            if (state.isPresent() && state.get().phase() == Phase.READY) {
                summarise(supervisor);
                return true;
            }
            if (!alive) {
                Optional<ProcessIdentity> owner = context.supervisor();
                if (owner.isEmpty()) {
                    context.err().println("vc: " + reason(state));
                    return false;
                }
                // Of two that began at the same time the other one was faster.
                supervisor = owner.get();
            }
            Thread.sleep(LOOK_INTERVAL);
        }
    }

    private String reason(Optional<StackState> state) throws IOException {
        String problem = state.map(StackState::problem).orElse(null);
        return problem == null ? "the supervisor ended:\n" + Child.tail(log, logBefore, LINES_SHOWN) : problem;
    }

    private void tell(StackState state, Told told) {
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

    private void summarise(ProcessIdentity supervisor) {
        long memory = Memory.ofFamily(supervisor.pid()).orElse(0);
        String once = recording.isZero()
                ? ""
                : ", of which %.1f s to record how the programs start, once after a build"
                        .formatted(seconds(recording));
        context.out()
                .printf(
                        "%nReady after %.1f s%s; the whole stack takes %.2f GB (PSS).%n",
                        seconds(Duration.between(context.begun(), Instant.now())), once, memory / 1e9);
        context.out().println("""

                        Next:
                          ./vc reserve examples/two-sites.yaml --wait   a cluster over both sites
                          ./vc status                                   the processes
                          ./vc down                                     stop; the data stay (--purge removes them)""");
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1e3;
    }

    /** What is recorded only makes a start faster: whatever keeps it from being done does not keep the stack from starting. */
    private void recordStarts() throws InterruptedException {
        if (!context.recordsStarts()) {
            return;
        }
        Instant begun = Instant.now();
        try {
            if (StartRecorder.record(context)) {
                recording = Duration.between(begun, Instant.now());
            }
        } catch (IOException e) {
            complain(Main.sentence(e));
        } catch (UncheckedIOException | IllegalStateException e) {
            complain(String.valueOf(e.getMessage()));
        }
    }

    private void complain(String reason) {
        context.err()
                .println("vc: how the programs start could not be recorded, so they start more slowly: "
                        + reason.lines().findFirst().orElse(reason));
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
