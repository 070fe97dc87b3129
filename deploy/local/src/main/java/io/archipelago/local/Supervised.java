package io.archipelago.local;

import io.archipelago.local.StackState.Condition;
import io.archipelago.local.StackState.ProcessState;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One member of the stack and the thread that keeps it running.
 *
 * <pre>
 * WAITING --needs are ready--> STARTING --serves--> READY --dies--> RESTARTING --back-off--> STARTING
 *                                  \--dies or does not serve--> RESTARTING
 * </pre>
 */
final class Supervised {

    private static final Duration FIRST_BACK_OFF = Duration.ofMillis(500);
    private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(30);
    /** Who has run that long is taken for healthy: its next end begins with the short back-off again. */
    private static final Duration HEALTHY_AFTER = Duration.ofSeconds(60);

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
    /** So often may a program that has never served fail to start before the whole start is given up. */
    private static final int HOPELESS_AFTER = 3;

    private static final int LINES_SHOWN = 15;

    private final Programs.Member member;
    private final Home home;
    private final Semaphore startLine;
    private final Consumer<String> journal;
    private final Runnable onChange;
    private final CompletableFuture<Void> firstReady = new CompletableFuture<>();

    private volatile Condition condition = Condition.WAITING;
    private volatile boolean stopping;
    private volatile int restarts;
    private volatile @Nullable String lastEnd;
    private volatile @Nullable Child child;
    private @Nullable Thread keeper;

    /**
     * @param startLine how many may start at once; more would only take the processors from each other
     * @param journal takes one line for people per event
     * @param onChange called after each change of {@link #state()}
     */
    Supervised(Programs.Member member, Home home, Semaphore startLine, Consumer<String> journal, Runnable onChange) {
        this.member = member;
        this.home = home;
        this.startLine = startLine;
        this.journal = journal;
        this.onChange = onChange;
    }

    String name() {
        return member.program().name();
    }

    Set<String> needs() {
        return member.needs();
    }

    /** Completes when it serves for the first time; fails when there is no hope that it ever will. */
    CompletableFuture<Void> firstReady() {
        return firstReady;
    }

    ProcessState state() {
        Child current = child;
        return new ProcessState(
                name(),
                condition,
                current == null ? 0 : current.pid(),
                member.program().port(),
                restarts,
                lastEnd);
    }

    synchronized void start(Collection<CompletableFuture<Void>> needed) {
        keeper = Thread.ofPlatform().name("keeper of " + name()).start(() -> keep(needed));
    }

    private void keep(Collection<CompletableFuture<Void>> needed) {
        try {
            CompletableFuture.allOf(needed.toArray(CompletableFuture[]::new)).get();
            Duration backOff = FIRST_BACK_OFF;
            while (!stopping) {
                long begun = System.nanoTime();
                runOnce();
                if (stopping) {
                    break;
                }
                backOff = System.nanoTime() - begun > HEALTHY_AFTER.toNanos() ? FIRST_BACK_OFF : backOff;
                change(Condition.RESTARTING);
                Thread.sleep(backOff);
                backOff = doubled(backOff);
                restarts++;
            }
        } catch (InterruptedException stopped) {
            // Only stop() interrupts; it goes on from here.
        } catch (ExecutionException neededOneIsHopeless) {
            // That one reports it, and the supervisor then stops all.
        }
    }

    /** One life of the process, from its preparation to its end. */
    private void runOnce() throws InterruptedException {
        Child current = null;
        try {
            startLine.acquire();
            try {
                change(Condition.STARTING);
                member.program().prepare();
                current = Child.start(member.program(), home.log(name()), home.pidFile(name()), home.root());
                child = current;
                change(Condition.STARTING);
                ServerProcess.awaitReady(member.program(), current);
                member.program().furnish();
            } finally {
                startLine.release();
            }
            change(Condition.READY);
            journal.accept(name() + " is ready (pid " + current.pid() + ", port "
                    + member.program().port() + ")" + (restarts == 0 ? "" : ", restart " + restarts));
            firstReady.complete(null);
            current.onExit().get();
            ended(current.ending(), "");
        } catch (IOException | RuntimeException e) {
            String reason = String.valueOf(e.getMessage());
            String how = current == null || current.isAlive()
                    ? reason.lines().findFirst().orElse(reason)
                    : current.ending();
            endHalfStarted(current);
            ended(how, reason);
        } catch (ExecutionException e) {
            throw new IllegalStateException("waiting for a process cannot fail", e);
        }
    }

    private void endHalfStarted(@Nullable Child current) throws InterruptedException {
        if (current != null && current.isAlive() && !stopping) {
            try {
                current.kill();
            } catch (IOException e) {
                journal.accept(name() + " could not be ended: " + e.getMessage());
            }
        }
    }

    private void ended(String how, String details) {
        if (stopping) {
            return;
        }
        lastEnd = how;
        Child current = child;
        journal.accept(name() + (current == null ? "" : " (pid " + current.pid() + ")") + ": " + how);
        if (!firstReady.isDone() && restarts + 1 >= HOPELESS_AFTER) {
            String words = details.contains("\n") || current == null ? details : current.lastWords(LINES_SHOWN);
            firstReady.completeExceptionally(new IllegalStateException(name() + " does not start: " + how
                    + (words.isBlank() ? "" : "\n" + words) + "\nIts log: " + home.log(name())));
        }
    }

    /** Returns when its process is gone. Harmless when repeated. */
    void stop() throws InterruptedException {
        Thread thread;
        synchronized (this) {
            stopping = true;
            thread = keeper;
        }
        if (thread != null) {
            thread.interrupt();
            thread.join();
        }
        Child current = child;
        if (current != null) {
            try {
                current.stop(STOP_PATIENCE);
            } catch (IOException e) {
                journal.accept(name() + " could not be stopped: " + e.getMessage());
            }
        }
        change(Condition.STOPPED);
    }

    private void change(Condition next) {
        condition = next;
        onChange.run();
    }

    private static Duration doubled(Duration backOff) {
        Duration next = backOff.multipliedBy(2);
        return next.compareTo(LONGEST_BACK_OFF) > 0 ? LONGEST_BACK_OFF : next;
    }
}
