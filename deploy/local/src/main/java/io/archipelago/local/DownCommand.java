package io.archipelago.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** {@code vc down}: ends every process of the stack, whether its supervisor still lives or not. */
final class DownCommand {

    static final Duration PATIENCE = Duration.ofSeconds(90);

    private DownCommand() {}

    static int run(Context context, List<String> arguments) throws IOException, InterruptedException {
        boolean purge = Main.flag(arguments, "down", "--purge");
        Optional<ProcessHandle> supervisor = context.supervisor();
        if (supervisor.isPresent()) {
            context.out().println("Stopping ...");
            end(supervisor.get());
        }
        int left = Leftovers.stopAll(context.home());
        for (Path file : List.of(
                context.home().supervisor(),
                context.home().state(),
                context.home().endpoints())) {
            Files.deleteIfExists(file);
        }
        context.out().println(supervisor.isPresent() || left > 0 ? "Stopped." : "Nothing was running.");
        if (supervisor.isEmpty() && left > 0) {
            context.out().println(left + " processes had lost their supervisor.");
        }
        if (purge) {
            context.home().purge();
            context.out().println("All data of " + context.home().root() + " are removed.");
        }
        return Main.OK;
    }

    private static void end(ProcessHandle supervisor) throws InterruptedException {
        supervisor.destroy();
        try {
            supervisor.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException stuck) {
            // Its children are then found by what it left on disk.
            Child.killAll(List.of(supervisor));
        } catch (ExecutionException e) {
            throw new IllegalStateException("waiting for a process cannot fail", e);
        }
    }
}
