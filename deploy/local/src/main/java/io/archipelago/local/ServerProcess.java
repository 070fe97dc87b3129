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
    private volatile @Nullable Child child;
    private boolean endsWithUs;

    ServerProcess(Program program, Path directory) {
        this.program = program;
        this.directory = directory;
    }

    synchronized void start() throws IOException, InterruptedException {
        Child before = child;
        if (before != null && before.isAlive()) {
            throw new IllegalStateException(program.name() + " runs already as " + before);
        }
        endWithUs();
        Files.createDirectories(directory);
        for (int port : program.ports()) {
            if (!Ports.isFree(port)) {
                throw new IOException("port " + port + ", which " + program.name() + " needs, is in use");
            }
        }
        program.prepare();
        Path log = log();
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

    Path log() {
        return directory.resolve(program.name() + ".log");
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
        Child current = child;
        if (current != null) {
            current.stop(patience);
            child = null;
        }
    }

    synchronized void kill() throws IOException, InterruptedException {
        Child current = child;
        if (current != null) {
            current.kill();
            child = null;
        }
    }

    long pid() {
        Child current = child;
        if (current == null) {
            throw new IllegalStateException(program.name() + " does not run");
        }
        return current.pid();
    }

    /**
     * A test run that is interrupted leaves no server behind. Asked for before the process starts: while this JVM ends,
     * that is refused, and so is the start.
     */
    private void endWithUs() throws InterruptedException {
        if (!endsWithUs) {
            try {
                Runtime.getRuntime().addShutdownHook(new Thread(this::killQuietly, "end of " + program.name()));
            } catch (IllegalStateException endingAlready) {
                throw new InterruptedException("this JVM ends");
            }
            endsWithUs = true;
        }
    }

    private void killQuietly() {
        Child current = child;
        if (current != null && current.isAlive()) {
            try {
                current.kill();
            } catch (IOException | InterruptedException e) {
                // Nobody is left to be told.
            }
        }
    }
}
