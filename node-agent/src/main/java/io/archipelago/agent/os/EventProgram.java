package io.archipelago.agent.os;

import io.archipelago.agent.drivers.DriverFault;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs a program that tells of events, one in a line, and runs it again whenever it has ended.
 *
 * <p>Nobody ends it when the agent is killed: it should end by itself after a while, or when nobody reads what it writes.
 */
public final class EventProgram implements AutoCloseable {

    private final List<String> command;
    private final Duration pause;
    private final Consumer<String> lines;
    private final Runnable began;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable Process process;

    /**
     * @param command the program and its arguments
     * @param pause between its end and its next start
     * @param lines hears each line that it writes to its standard output
     * @param began called whenever it was started: what happened before was not heard
     */
    public EventProgram(List<String> command, Duration pause, Consumer<String> lines, Runnable began) {
        this.command = List.copyOf(command);
        this.pause = pause;
        this.lines = lines;
        this.began = began;
        Thread.ofPlatform().daemon().name("hears " + command.getFirst()).start(this::run);
    }

    /** Ends the program. */
    @Override
    public void close() {
        closed.countDown();
        Process running = process;
        if (running != null) {
            running.destroy();
        }
    }

    private void run() {
        try {
            do {
                hear();
            } while (!closed.await(pause.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void hear() {
        try {
            Process started = Programs.start(command, builder -> builder.redirectError(Redirect.DISCARD));
            process = started;
            if (closed.getCount() == 0) {
                started.destroy();
            }
            began.run();
            try (BufferedReader reader =
                    new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    lines.accept(line);
                }
            }
        } catch (DriverFault | IOException e) {
            // Whoever asks the same program for something is told what is wrong with it.
        }
    }
}
