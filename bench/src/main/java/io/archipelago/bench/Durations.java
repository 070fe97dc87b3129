package io.archipelago.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** A set of measured durations. */
record Durations(long[] sortedNanos) {

    static Durations of(List<Duration> measured) {
        long[] nanos = measured.stream().mapToLong(Duration::toNanos).toArray();
        Arrays.sort(nanos);
        return new Durations(nanos);
    }

    /**
     * The smallest measured duration that so many of a hundred do not exceed (nearest rank).
     *
     * @param percent above 0, at most 100
     */
    double seconds(double percent) {
        if (sortedNanos.length == 0) {
            return Double.NaN;
        }
        int rank = (int) Math.ceil(percent / 100 * sortedNanos.length);
        return sortedNanos[Math.max(rank, 1) - 1] / 1e9;
    }

    @Override
    public String toString() {
        return "p50 %6.3f s   p99 %6.3f s   (%d measured)".formatted(seconds(50), seconds(99), sortedNanos.length);
    }
}
