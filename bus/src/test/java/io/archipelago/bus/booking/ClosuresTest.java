package io.archipelago.bus.booking;

import static io.archipelago.bus.booking.Grid.HOST;
import static io.archipelago.bus.booking.Grid.UNITS;
import static io.archipelago.bus.booking.Grid.allocation;
import static io.archipelago.bus.booking.Grid.at;
import static io.archipelago.bus.booking.Grid.window;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.TimeWindow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Pools whose hosts are maintained at times, or that have less than they had; compared with looking at one second after the other. */
class ClosuresTest {

    /** Nothing changes from here on. */
    private static final int FAR = 2 * Grid.END;

    @Property(tries = 4000)
    void nothingFitsWhileItIsClosed(
            @ForAll("grids") Grid grid,
            @ForAll("closures") List<TimeWindow> closures,
            @ForAll("windows") TimeWindow window,
            @ForAll @IntRange(min = 1, max = 4) int cpus) {
        // Given
        Pool pool = HOST.closedAt(closures);
        Calendar calendar = new Calendar(List.of(pool), ofHost(grid), at(grid.now()));
        Amounts wanted = Amounts.of("cpus", cpus);
        boolean open = closures.stream().noneMatch(window::overlaps);

        // Then
        assertThat(calendar.availability().hasRoom(pool, wanted, window))
                .isEqualTo(open && wanted.fitsIn(grid.free(HOST, window)));
        assertThat(calendar.freeUnit(pool, window, UNITS.first()).isPresent())
                .isEqualTo(open && !grid.freeUnits(HOST, window).isEmpty());
    }

    @Property(tries = 4000)
    void findsTheEarliestStartPastClosures(
            @ForAll("grids") Grid grid,
            @ForAll("closures") List<TimeWindow> closures,
            @ForAll("windows") TimeWindow window,
            @ForAll @IntRange(min = 1, max = 4) int cpus) {
        // Given
        Pool pool = HOST.closedAt(closures);
        Calendar calendar = new Calendar(List.of(pool), ofHost(grid), at(grid.now()));
        Amounts wanted = Amounts.of("cpus", cpus);

        // When
        Optional<Instant> first = IntStream.range(0, FAR)
                .mapToObj(Grid::at)
                .filter(start -> !start.isBefore(window.start()))
                .filter(start -> {
                    TimeWindow then = new TimeWindow(start, start.plus(window.length()));
                    return closures.stream().noneMatch(then::overlaps) && wanted.fitsIn(grid.free(HOST, then));
                })
                .findFirst();

        // Then
        assertThat(calendar.earliestStart(window, w -> calendar.availability().hasRoom(pool, wanted, w)))
                .isEqualTo(first);
        assertThat(calendar.availability().earliest(pool, wanted, window.start(), window.length()))
                .isEqualTo(first);
    }

    /** Those that stay fit; and whichever of the others came back would not, beside those that go before it. */
    @Property(tries = 4000)
    void findsWhatFitsNoLonger(
            @ForAll("grids") Grid grid,
            @ForAll("closures") List<TimeWindow> closures,
            @ForAll @IntRange(min = 0, max = 4) int cpus) {
        // Given
        Pool pool = new Pool("host", Amounts.of("cpus", cpus, "memory", 6), UNITS, true, closures, HOST.labels());
        Instant now = at(grid.now());
        // What is past its end goes, and is in nobody's way.
        List<Booking> counting = ofHost(grid).stream()
                .filter(b -> !b.expired(now) && b.during().end().isAfter(now))
                .toList();

        // When
        List<Booking> displaced = new Calendar(List.of(pool), ofHost(grid), now).displaced();

        // Then
        List<Booking> kept = new ArrayList<>(counting);
        displaced.forEach(kept::remove);
        assertThat(fit(grid, kept, pool)).isTrue();
        for (Booking gone : displaced) {
            List<Booking> before =
                    kept.stream().filter(other -> goesBefore(grid, other, gone)).toList();
            List<Booking> with = new ArrayList<>(before);
            with.add(gone);
            assertThat(fit(grid, with, pool)).as("%s beside %s", gone, before).isFalse();
        }
    }

    @Test
    void firmOnesStayBeforeHoldsAndThoseThatHaveBegunBeforeOthers() {
        // Given
        Booking hold = new Booking(allocation(1), "host", null, Amounts.of("cpus", 4), window(2, 6), at(9));
        Booking later = new Booking(allocation(2), "host", null, Amounts.of("cpus", 4), window(4, 8), null);
        Booking begun = new Booking(allocation(3), "host", null, Amounts.of("cpus", 4), window(1, 5), null);

        // When
        List<Booking> displaced = new Calendar(List.of(HOST), List.of(hold, later, begun), at(3)).displaced();

        // Then
        assertThat(displaced).containsExactly(later, hold);
    }

    @Test
    void closuresThatMeetAreOne() {
        assertThat(HOST.closedAt(List.of(window(5, 7), window(1, 3), window(3, 4), window(6, 9), window(6, 7)))
                        .closures())
                .containsExactly(window(1, 4), window(5, 9));
    }

    private static boolean goesBefore(Grid grid, Booking other, Booking booking) {
        if ((other.heldUntil() == null) != (booking.heldUntil() == null)) {
            return other.heldUntil() == null;
        }
        boolean otherBegun = !other.during().start().isAfter(at(grid.now()));
        boolean begun = !booking.during().start().isAfter(at(grid.now()));
        return otherBegun == begun
                ? other.allocation().toString().compareTo(booking.allocation().toString()) <= 0
                : otherBegun;
    }

    private static boolean fit(Grid grid, List<Booking> bookings, Pool pool) {
        for (int second = 0; second < FAR; second++) {
            Amounts sum = Amounts.NONE;
            Set<Integer> units = new HashSet<>();
            for (Booking booking : bookings) {
                if (!grid.stands(booking, second)) {
                    continue;
                }
                sum = sum.plus(booking.amounts());
                Instant instant = at(second);
                boolean closed = pool.closures().stream().anyMatch(closure -> closure.contains(instant));
                boolean takes = booking.unit() != null || !booking.amounts().isNone();
                if (closed && takes || booking.unit() != null && !units.add(booking.unit())) {
                    return false;
                }
            }
            if (!sum.fitsIn(pool.capacity())) {
                return false;
            }
        }
        return true;
    }

    private static List<Booking> ofHost(Grid grid) {
        return grid.bookings().stream().filter(b -> b.pool().equals("host")).toList();
    }

    @Provide
    Arbitrary<Grid> grids() {
        return Grid.any();
    }

    @Provide
    Arbitrary<TimeWindow> windows() {
        return Grid.windows();
    }

    @Provide
    Arbitrary<List<TimeWindow>> closures() {
        return Grid.windows().list().ofMaxSize(3);
    }
}
