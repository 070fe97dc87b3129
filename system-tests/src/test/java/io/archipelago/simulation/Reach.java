package io.archipelago.simulation;

import io.archipelago.bus.booking.Booking;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.TimeWindow;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/** Which bookings a production store reads for a decision; that it does not read all must make no difference. */
enum Reach {
    /** What the allocation itself has booked, and what is on hosts now. */
    PRESENT,
    /** What overlaps a window, and what overran. */
    WINDOW,
    /** Everything: to say when it would fit. */
    ALL;

    List<Booking> of(Collection<Booking> rows, AllocationId allocation, TimeWindow window, Instant now) {
        return rows.stream()
                .filter(row -> switch (this) {
                    case PRESENT ->
                        !row.during().start().isAfter(now) || row.allocation().equals(allocation);
                    case WINDOW ->
                        row.during().overlaps(window) || !row.during().end().isAfter(now);
                    case ALL -> true;
                })
                .toList();
    }
}
