package io.archipelago.local;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A running process of ours: its log, its pid file, and how to end it. */
final class Child {

    /** Marks every process of a stack, so that one whose pid file could not be written any more is found as well. */
    static final String OWNER_VARIABLE = "ARCHIPELAGO_STACK";

    private static final Duration KILL_PATIENCE = Duration.ofSeconds(10);
    private static final long LOG_LIMIT = 20L << 20;

    private final String name;
    private final Process process;
    private final Launch.StopSignal stopSignal;
    private final Path log;
    private final Path pidFile;

    private Child(String name, Process process, Launch.StopSignal stopSignal, Path log, Path pidFile) {
        this.name = name;
        this.process = process;
        this.stopSignal = stopSignal;
        this.log = log;
        this.pidFile = pidFile;
    }

    static Child start(Program program, Path log, Path pidFile, Path owner) throws IOException {
        Launch launch = program.launch();
        // In a session of its own: Ctrl-C in the terminal reaches only the supervisor, which then stops in order.
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(launch.command());
        Files.createDirectories(launch.directory());
        setAsideIfLarge(log);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(launch.directory().toFile())
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(launch.environment());
        builder.environment().put(OWNER_VARIABLE, owner.toString());
        Process process = builder.start();
        Child child = new Child(program.name(), process, launch.stopSignal(), log, pidFile);
        try {
            // Empty when it is dead already; then there is nothing to remember.
            Optional<ProcessIdentity> identity = ProcessIdentity.of(process.pid());
            if (identity.isPresent()) {
                new PidFile(program.name(), identity.get(), launch.stopSignal()).write(pidFile);
            }
            return child;
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    CompletableFuture<Process> onExit() {
        return process.onExit();
    }

    /** For people: how it ended. */
    String ending() {
        int code = process.exitValue();
        return code > 128 ? "killed by signal " + (code - 128) : "exit code " + code;
    }

    /** The end of its log, for a message about why it does not run. */
    String lastWords(int lines) {
        return tail(log, lines);
    }

    static String tail(Path log, int lines) {
        return tail(log, 0, lines);
    }

    /** The last lines of what was written after that place. */
    static String tail(Path log, long place, int lines) {
        try (InputStream content = Files.newInputStream(log);
                BufferedReader reader = new BufferedReader(new InputStreamReader(content, StandardCharsets.UTF_8))) {
            content.skipNBytes(place);
            List<String> kept = new ArrayList<>();
            reader.lines().forEach(line -> {
                kept.add(line);
                if (kept.size() > lines) {
                    kept.removeFirst();
                }
            });
            return String.join("\n", kept);
        } catch (IOException | UncheckedIOException unreadable) {
            return "(its log " + log + " cannot be read)";
        }
    }

    /** Asks it to end, and kills it with all its descendants when it has not within the given time. */
    void stop(Duration patience) throws IOException, InterruptedException {
        List<ProcessHandle> family = new ArrayList<>(process.descendants().toList());
        Signals.send(process.pid(), stopSignal);
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly().waitFor();
        }
        killAll(family);
        forget();
    }

    /** As a power failure would: nothing is flushed, nobody is told. */
    void kill() throws IOException, InterruptedException {
        List<ProcessHandle> family = new ArrayList<>(process.descendants().toList());
        process.destroyForcibly().waitFor();
        killAll(family);
        forget();
    }

    /**
     * Waits for a process that prepares something, and returns its exit code. It does not outlive us: it and its descendants are ended when we
     * are interrupted, and when this JVM ends.
     */
    static int toTheEnd(Process process) throws InterruptedException {
        Thread hook = new Thread(() -> killFamily(process), "end of " + process.pid());
        try {
            Runtime.getRuntime().addShutdownHook(hook);
            try {
                return process.waitFor();
            } finally {
                killFamily(process);
                Runtime.getRuntime().removeShutdownHook(hook);
            }
        } catch (IllegalStateException thisJvmEnds) {
            killFamily(process);
            throw new InterruptedException("this JVM ends");
        }
    }

    private static void killFamily(Process process) {
        if (process.isAlive()) {
            List<ProcessHandle> family = new ArrayList<>(process.descendants().toList());
            family.add(process.toHandle());
            family.forEach(ProcessHandle::destroyForcibly);
            process.onExit().join();
        }
    }

    void forget() throws IOException {
        Files.deleteIfExists(pidFile);
    }

    static void killAll(List<ProcessHandle> processes) throws InterruptedException {
        for (ProcessHandle process : processes) {
            process.destroyForcibly();
        }
        for (ProcessHandle process : processes) {
            try {
                process.onExit().get(KILL_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException | ExecutionException unkillable) {
                throw new IllegalStateException("process " + process.pid() + " does not die", unkillable);
            }
        }
    }

    private static void setAsideIfLarge(Path log) throws IOException {
        if (Files.exists(log) && Files.size(log) > LOG_LIMIT) {
            Files.move(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Override
    public String toString() {
        return name + " (pid " + process.pid() + ")";
    }
}
