package io.archipelago.lab;

import io.archipelago.local.Fleet;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/** {@code vc lab up}: starts hosts and networks; returns when every host answers. */
final class UpCommand {

    private UpCommand() {}

    static int run(Path directory, List<String> arguments, PrintStream out) throws IOException, InterruptedException {
        Main.refuseArguments("up", arguments);
        Path home = directory.toAbsolutePath().resolveSibling("");
        Machine.demand();
        Fleet.refuseOthers(home, Agents.fleets());
        boolean wasUp = allUp(directory);
        Lab lab = Lab.up(directory, Settings.standard(), out::println);
        Fleet.use(home, Agents.fleets());
        if (wasUp) {
            out.println("The lab is up already.");
        }
        List<StatusCommand.Row> rows = StatusCommand.print(lab, directory, out);
        return rows.stream().allMatch(row -> row.state() == StatusCommand.State.UP) ? Main.OK : Main.FAILED;
    }

    private static boolean allUp(Path directory) throws IOException {
        Lab lab = Lab.find(directory).orElse(null);
        if (lab == null) {
            return false;
        }
        for (LabHost host : lab.hosts()) {
            if (host.pid().isEmpty()) {
                return false;
            }
        }
        return true;
    }
}
