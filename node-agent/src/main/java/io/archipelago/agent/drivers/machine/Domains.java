package io.archipelago.agent.drivers.machine;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.EventProgram;
import io.archipelago.contracts.host.ResourceKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The host's domains as they were last seen. They are looked at again when libvirt or the agent says that something changed; what
 * libvirt tells nobody of, such as a device that was changed under a running domain, is found within {@link #TRUSTED}.
 */
final class Domains implements AutoCloseable {

    private static final Duration TRUSTED = Duration.ofSeconds(30);
    private static final Duration BEFORE_FOLLOWING_AGAIN = Duration.ofSeconds(5);

    /** After this long the one that tells of events ends by itself, for it outlives an agent that was killed. */
    private static final Duration FOLLOWING = Duration.ofMinutes(10);

    private final Virsh virsh;
    private final Runnable wake;
    private final EventProgram events;
    private final AtomicLong changes = new AtomicLong();
    private final Object signal = new Object();
    private @Nullable Seen seen;

    private record Seen(Listing listing, long changes, long at) {}

    /**
     * @param wake called when something changed
     */
    Domains(Virsh virsh, Runnable wake) {
        this.virsh = virsh;
        this.wake = wake;
        List<String> command = virsh.command(
                "event", "--event", "lifecycle", "--loop", "--timeout", Long.toString(FOLLOWING.toSeconds()));
        events = new EventProgram(command, BEFORE_FOLLOWING_AGAIN, line -> changed(), this::stale);
    }

    /** All of them. */
    synchronized Listing all() throws DriverFault {
        Seen last = seen;
        if (last == null || last.changes() != changes.get() || System.nanoTime() - last.at() > TRUSTED.toNanos()) {
            seen = null;
            long before = changes.get();
            last = new Seen(virsh.list(), before, System.nanoTime());
            seen = last;
        }
        return last.listing();
    }

    /** The domain of a machine. */
    Optional<Domain> get(ResourceKey key) throws DriverFault {
        return Optional.ofNullable(all().ours().get(key));
    }

    /** Says that what was seen is true no more. */
    void stale() {
        changes.incrementAndGet();
        synchronized (signal) {
            signal.notifyAll();
        }
    }

    /** Says so, and has the agent look. */
    void changed() {
        stale();
        wake.run();
    }

    /** How often something has changed. */
    long changes() {
        return changes.get();
    }

    /** Waits until more has changed than this, but not for longer than this; false if nothing has. */
    boolean awaitChange(long before, Duration atMost) throws InterruptedException {
        long until = System.nanoTime() + atMost.toNanos();
        synchronized (signal) {
            for (long left = atMost.toMillis(); changes.get() == before && left > 0; ) {
                signal.wait(left);
                left = Duration.ofNanos(until - System.nanoTime()).toMillis();
            }
        }
        return changes.get() != before;
    }

    @Override
    public void close() {
        events.close();
    }
}
