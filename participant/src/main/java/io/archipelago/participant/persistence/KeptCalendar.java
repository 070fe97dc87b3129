package io.archipelago.participant.persistence;

import io.archipelago.bus.booking.Availability;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * What all bookings leave free by their rows, kept in memory from one transaction to the next. It is true of a stamp in the database that every change
 * of bookings or pools replaces: who finds another stamp reads all of them again.
 *
 * <p>The last few are kept: those of transactions that are rolled back never become true.
 */
final class KeptCalendar {

    private static final int MOST = 4;

    private record Kept(String stamp, Availability availability) {}

    private final Deque<Kept> kept = new ArrayDeque<>();

    /** What is free by the rows of a stamp; empty if it is not known. */
    synchronized Optional<Availability> of(String stamp) {
        return kept.stream()
                .filter(one -> one.stamp.equals(stamp))
                .map(Kept::availability)
                .findFirst();
    }

    synchronized void keep(String stamp, Availability availability) {
        kept.removeIf(one -> one.stamp.equals(stamp));
        kept.addLast(new Kept(stamp, availability));
        if (kept.size() > MOST) {
            kept.removeFirst();
        }
    }
}
