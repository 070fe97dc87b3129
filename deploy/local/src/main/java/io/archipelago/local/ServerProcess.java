package io.archipelago.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Runs one program without a supervisor: for tests, which start, stop and kill a server as they like. */
final class ServerProcess {

    private static final Duration START_PATIENCE = Duration.ofSeconds(90);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
    private static final Duration PROBE_INTERVAL = Duration.ofMillis(50);
    private static final int LINES_SHOWN = 20;

    private final Program program;
    private final Path directory;
    private @Nullable Child child;

    ServerProcess(Program program, Path directory) {
        this.program = program;
        this.directory = directory;
    }

    synchronized void start() throws IOException, InterruptedException {
        if (child != null && child.isAlive()) {
            throw new IllegalStateException(program.name() + " runs already as " + child);
        }
        Files.createDirectories(directory);
        for (int port : program.ports()) {
            if (!Ports.isFree(port)) {
                throw new IOException("port " + port + ", which " + program.name() + " needs, is in use");
            }
        }
        program.prepare();
        Path log = directory.resolve(program.name() + ".log");
        Path pidFile = directory.resolve(program.name() + ".pid");
        Child started = Child.start(program, log, pidFile, directory);
        child = started;
        try {
            awaitReady(program, started);
            program.furnish();
        } catch (IOException | RuntimeException e) {
            started.kill();
            throw e;
        }
    }

    static void awaitReady(Program program, Child child) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_PATIENCE.toNanos();
        while (!program.isReady()) {
            if (!child.isAlive()) {
                throw new IOException(
                        program.name() + " ended with " + child.ending() + ":\n" + child.lastWords(LINES_SHOWN));
            }
            if (System.nanoTime() > deadline) {
                throw new IOException(program.name() + " is not ready after " + START_PATIENCE.toSeconds() + " s:\n"
                        + child.lastWords(LINES_SHOWN));
            }
            Thread.sleep(PROBE_INTERVAL);
        }
    }

    void stop() throws IOException, InterruptedException {
        stop(STOP_PATIENCE);
    }

    synchronized void stop(Duration patience) throws IOException, InterruptedException {
        if (child != null) {
            child.stop(patience);
            child = null;
        }
    }

    synchronized void kill() throws IOException, InterruptedException {
        if (child != null) {
            child.kill();
            child = null;
        }
    }

    synchronized long pid() {
        if (child == null) {
            throw new IllegalStateException(program.name() + " does not run");
        }
        return child.pid();
    }
}
