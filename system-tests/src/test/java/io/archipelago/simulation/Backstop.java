package io.archipelago.simulation;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Pool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The constraints of a participant's database, all rows counted, expired or not: a unit is one allocation's at a time, and at no instant more is
 * booked of a pool than there is. In production they refuse a commit; that they are needed would mean that the code let something through.
 */
final class Backstop {

    /** Nothing is booked anew of a host for when it is maintained; what was booked may become less. */
    static void requireOpen(ParticipantService service, List<Booking> before, List<Booking> after) {
        for (Booking row : after) {
            Pool pool = Objects.requireNonNull(service.pools().get(row.pool()));
            boolean was = before.stream()
                    .anyMatch(old -> old.pool().equals(row.pool())
                            && Objects.equals(old.unit(), row.unit())
                            && old.during().covers(row.during())
                            && row.amounts().fitsIn(old.amounts()));
            Invariants.require(
                    was || !pool.closedIn(row.during()),
                    () -> service + ": " + pool.id() + " is booked for " + Words.of(row.allocation())
                            + " though it is maintained then");
        }
    }

    void check(ParticipantService service) {
        Map<String, List<Booking>> byPool = new HashMap<>();
        for (Booking booking : service.allBookings()) {
            byPool.computeIfAbsent(booking.pool(), p -> new ArrayList<>()).add(booking);
        }
        byPool.forEach((id, rows) ->
                check(service, Objects.requireNonNull(service.pools().get(id)), rows));
    }

    private static void check(ParticipantService service, Pool pool, List<Booking> rows) {
        for (Booking row : rows) {
            Amounts sum = Amounts.NONE;
            for (Booking other : rows) {
                boolean sameUnit = row.unit() != null && row.unit().equals(other.unit());
                Invariants.require(
                        other == row || !sameUnit || !other.during().overlaps(row.during()),
                        () -> service + ": " + pool.id() + " " + row.unit() + " is booked twice, for "
                                + Words.of(row.allocation()) + " and " + Words.of(other.allocation()));
                // What is booked can only rise where a booking starts.
                if (other.during().contains(row.during().start())) {
                    sum = sum.plus(other.amounts());
                }
            }
            Amounts most = sum;
            Invariants.require(
                    most.fitsIn(pool.capacity()),
                    () -> service + ": " + most + " is booked of " + pool.id() + ", which has " + pool.capacity());
        }
    }
}
