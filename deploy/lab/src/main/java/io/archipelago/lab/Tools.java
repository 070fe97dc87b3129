package io.archipelago.lab;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs of the machine: never through a shell, with a limit of time, and with what they say kept. */
final class Tools {

    static final Duration PATIENCE = Duration.ofSeconds(30);
    static final String PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

    private Tools() {}

    /** For a program that must succeed: what it wrote to its standard output. */
    static String run(String... command) throws IOException, InterruptedException {
        return run(PATIENCE, List.of(command)).orFail(String.join(" ", command));
    }

    /** What it says goes to files, for a daemon that it leaves behind would hold a pipe open for ever. */
    static Result run(Duration limit, List<String> command) throws IOException, InterruptedException {
        Path said = Files.createTempDirectory("lab-");
        Path out = said.resolve("out");
        Path err = said.resolve("err");
        try {
            Process process = builder(command)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            try {
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new IOException("%s gave no answer within %d s and was ended"
                            .formatted(command.getFirst(), limit.toSeconds()));
                }
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            Files.deleteIfExists(out);
            Files.deleteIfExists(err);
            Files.deleteIfExists(said);
        }
    }

    /** With no input, from nowhere in particular, and with only the usual places for programs. */
    static ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(Path.of("/").toFile())
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().put("PATH", PATH);
        builder.environment().put("LC_ALL", "C");
        return builder;
    }
}
