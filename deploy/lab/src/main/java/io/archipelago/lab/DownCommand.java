package io.archipelago.lab;

import io.archipelago.local.Fleet;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/** {@code vc lab down [--keep]}: takes back everything that the lab made. */
final class DownCommand {

    private static final String KEEP = "--keep";

    private DownCommand() {}

    static int run(Path directory, List<String> arguments, PrintStream out) throws IOException, InterruptedException {
        boolean keep = arguments.equals(List.of(KEEP));
        if (!keep && !arguments.isEmpty()) {
            throw new IllegalArgumentException(
                    "vc lab down does not know \"" + String.join(" ", arguments) + "\"; it takes " + KEEP);
        }
        boolean was = Lab.down(directory, keep);
        if (!keep) {
            Fleet.forget(directory.toAbsolutePath().resolveSibling(""));
        }
        if (!was) {
            out.println("No lab was there.");
        } else if (keep) {
            out.println("The lab is gone; its disks, the hosts' state and the logs are kept in " + directory + ".");
        } else {
            out.println("The lab is gone, and nothing of it is left.");
        }
        return Main.OK;
    }
}
