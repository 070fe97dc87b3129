package io.archipelago.contracts;

import java.time.Duration;
import java.time.Instant;

/**
 * A half-open interval of UTC instants, {@code [start, end)}: one that ends when another starts does not overlap it.
 *
 * @param start the first instant inside
 * @param end the first instant after; later than {@code start}, else {@link IllegalArgumentException}
 */
public record TimeWindow(Instant start, Instant end) {

    public TimeWindow {
        if (!start.isBefore(end)) {
            throw new IllegalArgumentException("a window ends after it starts, not " + start + " to " + end);
        }
    }

    public boolean contains(Instant instant) {
        return !instant.isBefore(start) && instant.isBefore(end);
    }

    /** Whether no instant of another window is outside of this one. */
    public boolean covers(TimeWindow other) {
        return !other.start.isBefore(start) && !other.end.isAfter(end);
    }

    /** The shortest window that covers this one and another. */
    public TimeWindow hull(TimeWindow other) {
        return new TimeWindow(
                start.isBefore(other.start) ? start : other.start, end.isAfter(other.end) ? end : other.end);
    }

    public boolean overlaps(TimeWindow other) {
        return start.isBefore(other.end) && other.start.isBefore(end);
    }

    /** This window with time for deploying before it and for cleaning after it: what is booked. */
    public TimeWindow widened(Duration lead, Duration turnRound) {
        return new TimeWindow(start.minus(lead), end.plus(turnRound));
    }

    public Duration length() {
        return Duration.between(start, end);
    }
}
