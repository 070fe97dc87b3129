package io.archipelago.bus;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait before trying again: longer each time, and never in step with others. */
final class Pause {

    private static final int MAX_DOUBLINGS = 16;

    private Pause() {}

    /** @param attempt how many tries have failed, from 1 */
    static Duration of(BusConfig.Backoff backoff, int attempt, RandomGenerator random) {
        Duration bound = backoff.initial().multipliedBy(1L << Math.min(attempt - 1, MAX_DOUBLINGS));
        long nanos = (bound.compareTo(backoff.max()) < 0 ? bound : backoff.max()).toNanos();
        return Duration.ofNanos(random.nextLong(nanos / 2, nanos));
    }
}
