package io.archipelago.agent;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Does one task when it is due, never twice at once, and without holding up who sets it. */
final class Alarm {

    private static final Logger LOG = Logger.getLogger(Alarm.class);

    /** So that a task whose clock was set back finds out. */
    private static final Duration LONGEST_SLEEP = Duration.ofSeconds(5);

    private static final Duration AFTER_A_BUG = Duration.ofSeconds(5);

    private final Clock clock;
    private final ScheduledExecutorService threads;
    private final Supplier<Instant> task;

    private Instant at = Instant.MAX;
    private boolean busy;

    /**
     * An alarm that is not set.
     *
     * @param task answers when it is due again; it is also done when that is still ahead, after a while
     */
    Alarm(Clock clock, ScheduledExecutorService threads, Supplier<Instant> task) {
        this.clock = clock;
        this.threads = threads;
        this.task = task;
    }

    /** The task is due at once; if it is being done, then once more. */
    void now() {
        set(clock.instant());
    }

    /** The task is due then, or at an earlier time to which the alarm was set. */
    synchronized void set(Instant next) {
        if (next.isBefore(at)) {
            at = next;
            if (!busy) {
                sleep();
            }
        }
    }

    private void sleep() {
        Instant now = clock.instant();
        Instant end = at;
        Duration pause = end.isAfter(now) ? Duration.between(now, end) : Duration.ZERO;
        long nanos = pause.compareTo(LONGEST_SLEEP) < 0 ? pause.toNanos() : LONGEST_SLEEP.toNanos();
        try {
            var unused = threads.schedule(() -> ring(end), nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("not woken: the process is stopping");
        }
    }

    private void ring(Instant end) {
        synchronized (this) {
            // It was set to an earlier time meanwhile, or is being done.
            if (busy || !end.equals(at)) {
                return;
            }
            at = Instant.MAX;
            busy = true;
        }
        Instant next = Instant.MAX;
        try {
            next = task.get();
        } catch (RuntimeException e) {
            LOG.error("what is done again and again has failed, and is done again", e);
            next = clock.instant().plus(AFTER_A_BUG);
        } finally {
            synchronized (this) {
                busy = false;
                if (next.isBefore(at)) {
                    at = next;
                }
                if (at.isBefore(Instant.MAX)) {
                    sleep();
                }
            }
        }
    }
}
