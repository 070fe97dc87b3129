package io.archipelago.local;

import java.io.IOException;
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
        Optional<ProcessHandle> supervisor = context.supervisor().flatMap(ProcessIdentity::handle);
        if (supervisor.isPresent()) {
            context.out().println("Stopping ...");
            end(supervisor.get());
        }
        int left = cleanUp(context.home(), supervisor.isPresent(), purge);
        context.out().println(supervisor.isPresent() || left > 0 ? "Stopped." : "Nothing was running.");
        if (supervisor.isEmpty() && left > 0) {
            context.out().println(left + " processes had lost their supervisor.");
        }
        if (purge) {
            context.out().println("All data of " + context.home().root() + " are removed.");
        }
        return Main.OK;
    }

    /** Returns how many processes were left over. */
    private static int cleanUp(Home home, boolean stopped, boolean purge) throws IOException, InterruptedException {
        if (!home.isOurs()) {
            int left = Leftovers.stopAll(home);
            if (purge) {
                home.purge();
            }
            return left;
        }
        try (Ownership ownership = Ownership.take(home).orElse(null)) {
            if (ownership == null) {
                if (stopped && !purge) {
                    // Somebody has started it again; what is there now is that one's.
                    return 0;
                }
                throw new IOException("another command is starting " + home.root()
                        + " at this moment, so nothing of it was " + (purge ? "removed" : "stopped") + "; try again");
            }
            int left = Leftovers.stopAll(home);
            home.forgetRun();
            if (purge) {
                home.purge();
            }
            return left;
        }
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
