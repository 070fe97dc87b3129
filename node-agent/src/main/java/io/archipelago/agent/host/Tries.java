package io.archipelago.agent.host;

import io.archipelago.contracts.host.ResourceKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** When each resource may be tried again: after a pause that doubles with every try, with jitter, until it is seen as it should be. */
final class Tries {

    private final HostSettings settings;
    private final RandomGenerator random;
    private final Map<ResourceKey, Try> tries = new HashMap<>();
    private final Set<ResourceKey> thisStep = new HashSet<>();

    Tries(HostSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
    }

    /** What came of the last try. */
    record Try(int times, Instant next, boolean waiting, String reason) {}

    void beginStep() {
        thisStep.clear();
    }

    /** Whether a resource is due: at most once in a step, and not before its pause is over, unless the clock was set back. */
    boolean due(ResourceKey key, Instant now) {
        Try last = tries.get(key);
        return !thisStep.contains(key)
                && (last == null
                        || !now.isBefore(last.next())
                        || last.next().isAfter(now.plus(settings.retryMost()).plus(settings.waitMost())));
    }

    @Nullable
    Try last(ResourceKey key) {
        return tries.get(key);
    }

    /** Notes a try. The pause holds after a success, too: what was done may not have helped. */
    void note(ResourceKey key, Instant now, boolean waiting, String reason) {
        Try last = tries.get(key);
        int times = last == null || last.waiting() != waiting ? 0 : last.times() + 1;
        Duration first = waiting ? settings.waitFirst() : settings.retryFirst();
        Duration most = waiting ? settings.waitMost() : settings.retryMost();
        Duration pause = first.multipliedBy(1L << Math.min(times, 20));
        if (pause.compareTo(most) > 0) {
            pause = most;
        }
        long jittered = (long) (pause.toNanos() * (0.5 + random.nextDouble() / 2));
        tries.put(key, new Try(times, now.plusNanos(jittered), waiting, reason));
        thisStep.add(key);
    }

    /** When the next pause is over; null if none is going on. What waits for another resource is looked at with that one. */
    @Nullable
    Instant next(Instant now) {
        Instant next = null;
        for (Try each : tries.values()) {
            if (each.next().isAfter(now) && (next == null || each.next().isBefore(next))) {
                next = each.next();
            }
        }
        return next;
    }

    /** Forgets the pause: the resource is as it should be, or something else is wanted now. */
    void reset(ResourceKey key) {
        tries.remove(key);
    }
}
