package io.archipelago.bus.booking;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.TimeWindow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.jspecify.annotations.Nullable;

/**
 * A small world in which everything happens on the second, and what can be said of it by looking at one second after the other: the oracle
 * that {@link Calendar} is compared with.
 *
 * @param bookings what was ever booked and is still a row
 * @param now the second that it is
 */
record Grid(List<Booking> bookings, int now) {

    static final int END = 12;
    static final Pool.Units UNITS = new Pool.Units(100, 103);
    static final Pool HOST = new Pool("host", Amounts.of("cpus", 4, "memory", 6), UNITS, true, Map.of());
    static final Pool OTHER = new Pool("other", Amounts.of("cpus", 2), null, true, Map.of());

    /** After every booking's end; nothing changes from here on. */
    private static final int FAR = 2 * END;

    static Instant at(int second) {
        return Instant.parse("2026-12-01T00:00:00Z").plusSeconds(second);
    }

    static TimeWindow window(int from, int to) {
        return new TimeWindow(at(from), at(to));
    }

    static AllocationId allocation(int number) {
        return new AllocationId(new ReservationId(new UUID(0x7000, number)), new SiteId("tokyo"));
    }

    static Arbitrary<Grid> any() {
        return Combinators.combine(
                        booking().list().ofMaxSize(7), Arbitraries.integers().between(0, END))
                .as(Grid::new);
    }

    static Arbitrary<TimeWindow> windows() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, END),
                        Arbitraries.integers().between(1, 5))
                .as((start, length) -> window(start, start + length));
    }

    private static Arbitrary<Booking> booking() {
        Arbitrary<@Nullable Integer> unit =
                Arbitraries.integers().between(UNITS.first(), UNITS.last()).injectNull(0.5);
        Arbitrary<@Nullable Instant> heldUntil =
                Arbitraries.integers().between(0, END).map(Grid::at).injectNull(0.5);
        Arbitrary<Amounts> amounts = Combinators.combine(
                        Arbitraries.longs().between(0, 3), Arbitraries.longs().between(0, 3))
                .as((cpus, memory) -> Amounts.of("cpus", cpus, "memory", memory));
        return Combinators.combine(
                        Arbitraries.integers().between(1, 4).map(Grid::allocation),
                        Arbitraries.of(HOST.id(), HOST.id(), OTHER.id()),
                        unit,
                        amounts,
                        windows(),
                        heldUntil)
                .as(Booking::new);
    }

    Calendar calendar() {
        return new Calendar(List.of(HOST, OTHER), bookings, at(now));
    }

    /** Whether a booking stands at a second, by what it means: a hold until it runs out, a lease until it was seen gone. */
    boolean stands(Booking booking, int second) {
        Instant instant = at(second);
        Instant heldUntil = booking.heldUntil();
        if (heldUntil != null) {
            return at(now).isBefore(heldUntil) && booking.during().contains(instant);
        }
        boolean seenPastItsEnd = !at(now).isBefore(booking.during().end());
        return seenPastItsEnd
                ? !instant.isBefore(booking.during().start())
                : booking.during().contains(instant);
    }

    Amounts free(Pool pool, TimeWindow window) {
        Amounts least = pool.capacity();
        for (int second : seconds(window)) {
            least = least.least(pool.capacity().minus(sum(pool, second)));
        }
        return least;
    }

    Set<Integer> freeUnits(Pool pool, TimeWindow window) {
        Set<Integer> free = new HashSet<>();
        Pool.Units units = pool.units();
        if (units != null) {
            IntStream.rangeClosed(units.first(), units.last()).forEach(free::add);
        }
        for (int second : seconds(window)) {
            of(pool).stream().filter(b -> stands(b, second)).forEach(b -> free.remove(b.unit()));
        }
        return free;
    }

    /** The first second from the window's start at which the amounts fit for its length; null: never. */
    @Nullable
    Instant earliest(Pool pool, TimeWindow window, Amounts wanted) {
        for (int second : seconds(new TimeWindow(window.start(), at(FAR)))) {
            if (wanted.fitsIn(free(pool, new TimeWindow(at(second), at(second).plus(window.length()))))) {
                return at(second);
            }
        }
        return null;
    }

    Set<AllocationId> predecessors(AllocationId allocation) {
        Set<AllocationId> predecessors = new HashSet<>();
        for (Booking mine : bookings) {
            if (!mine.allocation().equals(allocation) || !stillBooks(mine)) {
                continue;
            }
            Pool pool = mine.pool().equals(HOST.id()) ? HOST : OTHER;
            Amounts together = Amounts.NONE;
            for (Booking booking : of(pool)) {
                boolean own = booking.allocation().equals(allocation) && stillBooks(booking);
                boolean there = own || stands(booking, now) || earlier(booking, mine);
                together = there ? together.plus(booking.amounts()) : together;
            }
            for (Booking left : of(pool)) {
                boolean blocks = mine.unit() != null && mine.unit().equals(left.unit())
                        || !together.fitsIn(pool.capacity()) && !left.amounts().equals(Amounts.NONE);
                if (earlier(left, mine) && blocks && !left.allocation().equals(allocation)) {
                    predecessors.add(left.allocation());
                }
            }
        }
        return predecessors;
    }

    /** Whether there is no second, from now on or from when the other begins, at which a booking should still be there; and it is. */
    private boolean earlier(Booking booking, Booking mine) {
        boolean unseen = booking.heldUntil() == null
                && !at(now).isBefore(booking.during().end());
        boolean leaves = IntStream.rangeClosed(0, FAR)
                .filter(second -> booking.during().contains(at(second)))
                .allMatch(second -> at(second).isBefore(mine.during().start()));
        return unseen || leaves && stillBooks(booking);
    }

    private boolean stillBooks(Booking booking) {
        return booking.heldUntil() == null || at(now).isBefore(booking.heldUntil());
    }

    private Amounts sum(Pool pool, int second) {
        return of(pool).stream()
                .filter(b -> stands(b, second))
                .map(Booking::amounts)
                .reduce(Amounts.NONE, Amounts::plus);
    }

    private List<Booking> of(Pool pool) {
        return bookings.stream().filter(b -> b.pool().equals(pool.id())).toList();
    }

    private static List<Integer> seconds(TimeWindow window) {
        List<Integer> seconds = new ArrayList<>();
        for (int second = 0; second <= FAR; second++) {
            if (window.contains(at(second))) {
                seconds.add(second);
            }
        }
        return seconds;
    }
}
