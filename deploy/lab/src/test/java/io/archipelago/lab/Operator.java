package io.archipelago.lab;

import io.archipelago.local.Stack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Somebody who types {@code ./vc} commands, with a home and ports that nobody else uses. */
final class Operator {

    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

    private final Path home;
    private final Map<String, String> settings;
    private final int portBase;

    /** @param settings what the services that it starts are told beside what they are always told */
    Operator(Path home, Map<String, String> settings) throws IOException {
        this.home = home;
        this.settings = Map.copyOf(settings);
        this.portBase = Stack.onFreePorts(Topology.SITES).portBase();
    }

    int portBase() {
        return portBase;
    }

    /** A command that was begun. What it says goes to files, for what it leaves running would hold a pipe open. */
    record Command(List<String> words, Process process, Path out, Path err) {

        /** What it wrote to its standard output once it has ended well. */
        String output(Duration limit) throws IOException, InterruptedException {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroy);
                process.destroy();
                throw new AssertionError("%s did not end within %d s; %s".formatted(line(), limit.toSeconds(), said()));
            }
            if (process.exitValue() != 0) {
                throw new AssertionError("%s ended with %d; %s".formatted(line(), process.exitValue(), said()));
            }
            return Files.readString(out);
        }

        private String line() {
            return String.join(" ", words);
        }

        private String said() throws IOException {
            return "it said:\n" + Files.readString(out) + Files.readString(err);
        }
    }

    Command begin(String... arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of("./vc"));
        words.addAll(List.of(arguments));
        Path said = Files.createDirectories(home.resolveSibling("said"));
        Path out = Files.createTempFile(said, "vc", ".out");
        Path err = Files.createTempFile(said, "vc", ".err");
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(ROOT.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().putAll(settings);
        builder.environment()
                .putAll(Map.of(
                        "VC_HOME", home.toString(),
                        "VC_PORT_BASE", Integer.toString(portBase),
                        "VC_BUILD", "off",
                        "VC_RECORD", "off",
                        "JAVA_HOME", System.getProperty("java.home")));
        return new Command(words, builder.start(), out, err);
    }
}
