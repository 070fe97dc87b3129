package io.archipelago.lab;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code ./vc lab} runs. */
public final class Main {

    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int NOT_RUNNING = 3;

    private Main() {}

    public static void main(String[] arguments) {
        // The same figures on every machine: no decimal comma.
        Locale.setDefault(Locale.ROOT);
        System.exit(run(arguments, System.getenv(), System.out, System.err));
    }

    static int run(String[] arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
        List<String> all = Arrays.asList(arguments);
        String command = all.isEmpty() ? "" : all.getFirst();
        List<String> rest = all.isEmpty() ? all : all.subList(1, all.size());
        try {
            Path directory = directory(environment);
            return switch (command) {
                case "up" -> UpCommand.run(directory, rest, out);
                case "agents" -> AgentsCommand.run(directory, rest, environment, out);
                case "check" -> CheckCommand.run(directory, rest, System.in, out);
                case "down" -> DownCommand.run(directory, rest, out);
                case "status" -> StatusCommand.run(directory, rest, out);
                case "shell" -> ShellCommand.run(directory, rest, out);
                case "wan" -> WanCommand.run(directory, rest, out);
                default ->
                    throw new IllegalArgumentException(
                            "unknown command \"lab " + command + "\"; there are lab up, status, shell, wan and down");
            };
        } catch (IllegalArgumentException e) {
            err.println("vc: " + e.getMessage());
            return USAGE;
        } catch (NotRunning e) {
            err.println("vc: No lab runs. ./vc lab up starts one.");
            return NOT_RUNNING;
        } catch (IOException e) {
            err.println("vc: " + io.archipelago.local.Main.sentence(e));
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private static Path directory(Map<String, String> environment) {
        return Path.of(environment.getOrDefault("VC_HOME", ".vc")).resolve("lab");
    }

    static final class NotRunning extends IOException {

        private static final long serialVersionUID = 1;
    }

    static Lab running(Path directory) throws IOException {
        return Lab.find(directory).orElseThrow(NotRunning::new);
    }

    static void refuseArguments(String command, List<String> arguments) {
        if (!arguments.isEmpty()) {
            throw new IllegalArgumentException("vc lab " + command + " does not know \"" + arguments.getFirst() + "\"");
        }
    }
}
