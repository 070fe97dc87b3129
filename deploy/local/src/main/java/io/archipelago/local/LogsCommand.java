package io.archipelago.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** {@code vc logs [process] [-f]}: the end of one log, or of all. */
final class LogsCommand {

    private static final String LINES_OF_ONE = "200";
    private static final String LINES_OF_EACH = "10";

    private LogsCommand() {}

    static int run(Context context, List<String> arguments) throws IOException, InterruptedException {
        List<String> names = new ArrayList<>(arguments);
        boolean follow = names.removeIf(argument -> argument.equals("-f") || argument.equals("--follow"));
        List<Path> known = logs(context.home());
        List<Path> chosen = names.isEmpty() ? known : new ArrayList<>();
        for (String name : names) {
            Path log = context.home().log(name);
            if (!known.contains(log)) {
                throw new IllegalArgumentException("there is no log of \"" + name + "\"; there are: "
                        + String.join(
                                ", ", known.stream().map(LogsCommand::name).toList()));
            }
            chosen.add(log);
        }
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException(
                    "there are no logs yet in " + context.home().logs());
        }
        List<String> command =
                new ArrayList<>(List.of("tail", "-n", chosen.size() == 1 ? LINES_OF_ONE : LINES_OF_EACH));
        if (follow) {
            // By name: it stays with the process when the log is set aside or the process starts again.
            command.add("-F");
        }
        chosen.forEach(log -> command.add(log.toString()));
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    private static List<Path> logs(Home home) throws IOException {
        if (!Files.isDirectory(home.logs())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(home.logs())) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList();
        }
    }

    private static String name(Path log) {
        return log.getFileName().toString().replaceFirst("\\.log$", "");
    }
}
