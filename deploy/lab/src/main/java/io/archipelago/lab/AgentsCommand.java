package io.archipelago.lab;

import io.archipelago.local.Stack;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** {@code vc lab agents}, a step of {@code vc lab up}: once the services run, the hosts' agents are started. */
final class AgentsCommand {

    private AgentsCommand() {}

    static int run(Path directory, List<String> arguments, Map<String, String> environment, PrintStream out)
            throws IOException, InterruptedException {
        Main.refuseArguments("agents", arguments);
        Lab lab = Main.running(directory);
        String base = environment.getOrDefault("VC_PORT_BASE", "");
        Stack stack = Stack.ofTwoSites(base.isBlank() ? Stack.DEFAULT_PORT_BASE : Integer.parseInt(base))
                .withFleets(Agents.fleets());
        long begun = System.nanoTime();
        out.println("Starting the agents of the hosts ...");
        Agents agents = new Agents(lab, stack, BootImage.in(directory));
        agents.start();
        out.printf("All agents are ready after %.1f s.%n", (System.nanoTime() - begun) / 1e9);
        StatusCommand.print(lab, directory, out);
        return Main.OK;
    }
}
