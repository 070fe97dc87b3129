package io.archipelago.participant.persistence;

import io.archipelago.bus.booking.Availability;
import io.archipelago.bus.booking.Booking;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/**
 * For what bookings count at an instant. That of most is what their rows say; but an expired hold counts for nothing, and what overran is there
 * without an end. Time alone makes them so, and no row tells it.
 */
record Counted(Instant now) {

    /** What is free, when what all rows leave free is known, and those among them that count for something else. */
    Availability adjusted(Availability byRows, Collection<Booking> rows) {
        List<Booking> exceptional =
                rows.stream().filter(b -> b.expired(now) || b.overrun(now)).toList();
        return byRows.without(exceptional).with(counting(exceptional));
    }

    /** Bookings as they count. */
    List<Booking> counting(Collection<Booking> some) {
        return some.stream()
                .filter(b -> !b.expired(now))
                .map(b -> b.counting(now))
                .toList();
    }
}
