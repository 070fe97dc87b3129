package io.archipelago.participant.persistence;

import io.archipelago.bus.booking.Booking;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * How some rows become others. What stays or becomes less is not written anew: a row that is inserted is held against what its pool has
 * now, which may be less than it was.
 *
 * @param kept the numbers of the rows that are not deleted
 * @param reduced those among them that become less
 * @param inserted what comes
 */
record Rewriting(Set<Long> kept, Map<Long, Booking> reduced, List<Booking> inserted) {

    static Rewriting of(Map<Long, Booking> before, List<Booking> after) {
        Set<Long> kept = new HashSet<>();
        Map<Long, Booking> reduced = new LinkedHashMap<>();
        List<Booking> coming = new ArrayList<>(after);
        before.forEach((row, booking) -> {
            if (coming.remove(booking)) {
                kept.add(row);
            }
        });
        before.forEach((row, booking) -> {
            if (!kept.contains(row)) {
                take(coming, booking).ifPresent(less -> {
                    kept.add(row);
                    reduced.put(row, less);
                });
            }
        });
        return new Rewriting(kept, reduced, coming);
    }

    private static Optional<Booking> take(List<Booking> coming, Booking row) {
        Optional<Booking> found =
                coming.stream().filter(booking -> isLess(booking, row)).findFirst();
        found.ifPresent(coming::remove);
        return found;
    }

    private static boolean isLess(Booking booking, Booking row) {
        return booking.allocation().equals(row.allocation())
                && booking.pool().equals(row.pool())
                && Objects.equals(booking.unit(), row.unit())
                && row.during().covers(booking.during())
                && Objects.equals(booking.heldUntil(), row.heldUntil())
                && booking.amounts().fitsIn(row.amounts());
    }
}
