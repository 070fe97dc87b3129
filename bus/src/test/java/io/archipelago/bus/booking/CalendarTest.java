package io.archipelago.bus.booking;

import static io.archipelago.bus.booking.Grid.HOST;
import static io.archipelago.bus.booking.Grid.OTHER;
import static io.archipelago.bus.booking.Grid.allocation;
import static io.archipelago.bus.booking.Grid.at;
import static io.archipelago.bus.booking.Grid.window;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.archipelago.contracts.TimeWindow;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CalendarTest {

    @Property(tries = 4000)
    void findsFreeWhatIsFreeAtEveryInstant(@ForAll("grids") Grid grid, @ForAll("windows") TimeWindow window) {
        assertThat(grid.calendar().free(HOST, window)).isEqualTo(grid.free(HOST, window));
        assertThat(grid.calendar().free(OTHER, window)).isEqualTo(grid.free(OTHER, window));
    }

    @Property(tries = 4000)
    void findsAUnitThatNobodyHasAtAnyInstant(
            @ForAll("grids") Grid grid,
            @ForAll("windows") TimeWindow window,
            @ForAll @IntRange(min = 90, max = 120) int from) {
        // Given
        Set<Integer> free = grid.freeUnits(HOST, window);

        // When
        OptionalInt unit = grid.calendar().freeUnit(HOST, window, from);

        // Then
        assertThat(unit.isPresent()).isEqualTo(!free.isEmpty());
        unit.ifPresent(found -> assertThat(free).contains(found));
        assertThat(unit).isEqualTo(firstFrom(free, from));
    }

    @Property(tries = 4000)
    void findsTheEarliestStart(
            @ForAll("grids") Grid grid,
            @ForAll("windows") TimeWindow window,
            @ForAll @IntRange(min = 1, max = 5) int cpus) {
        // Given
        Amounts wanted = Amounts.of("cpus", cpus);
        Calendar calendar = grid.calendar();

        // When
        Instant earliest = calendar.earliestStart(window, w -> wanted.fitsIn(calendar.free(HOST, w)))
                .orElse(null);

        // Then
        assertThat(earliest).isEqualTo(grid.earliest(HOST, window, wanted));
    }

    @Property(tries = 4000)
    void namesWhoseLeavingsStandInTheWay(@ForAll("grids") Grid grid, @ForAll @IntRange(min = 1, max = 4) int number) {
        assertThat(grid.calendar().predecessors(allocation(number))).isEqualTo(grid.predecessors(allocation(number)));
    }

    @Test
    void namesWhatShouldBeOverWhenAnAllocationBeginsAndIsStillThereWhateverTheClockSays() {
        // Given
        Booking next = confirmed(1, 100, window(5, 9));
        Booking standing = confirmed(2, 100, window(0, 5));
        Booking hold = new Booking(allocation(3), "host", 101, Amounts.of("cpus", 4), window(1, 4), at(9));
        Booking later = confirmed(4, 100, window(9, 12));

        // Then
        for (int now : List.of(3, 5, 6)) {
            Calendar calendar = calendar(now, next, standing, hold, later);
            assertThat(calendar.predecessors(allocation(1))).containsExactly(allocation(2), allocation(3));
            assertThat(calendar.begins(allocation(1))).hasValue(at(5));
        }
        assertThat(calendar(3).begins(allocation(1))).isEmpty();
    }

    @Property
    void knowsByTheSumWhatIsFreeAndOfOneAllocationWhatItHas(
            @ForAll("grids") Grid grid, @ForAll("windows") TimeWindow window) {
        // Given
        List<Booking> own = grid.bookings().stream()
                .filter(b -> b.allocation().equals(allocation(1)))
                .toList();
        List<Booking> ofOthers = grid.bookings().stream()
                .filter(b -> !b.allocation().equals(allocation(1)))
                .toList();

        // When
        Calendar calendar = new Calendar(grid.calendar().availability(), own, at(grid.now()));

        // Then
        assertThat(calendar.isComplete()).isFalse();
        assertThat(grid.calendar().isComplete()).isTrue();
        assertThat(calendar.of(allocation(1)))
                .containsExactlyInAnyOrderElementsOf(grid.calendar().of(allocation(1)));
        assertThat(calendar.free(HOST, window)).isEqualTo(grid.free(HOST, window));
        Calendar others = calendar.without(allocation(1));
        assertThat(others.free(HOST, window)).isEqualTo(new Grid(ofOthers, grid.now()).free(HOST, window));
        assertThat(others.with(own).free(HOST, window)).isEqualTo(grid.free(HOST, window));
        assertThat(others.isComplete()).isFalse();
        assertThat(others.earliestStart(window, any -> true))
                .as("that is for one that is complete")
                .isEmpty();
    }

    @Property
    void forgetsAnAllocationOrTheHolds(@ForAll("grids") Grid grid, @ForAll("windows") TimeWindow window) {
        // Given
        List<Booking> ofOthers = grid.bookings().stream()
                .filter(b -> !b.allocation().equals(allocation(1)))
                .toList();
        List<Booking> firm =
                grid.bookings().stream().filter(b -> b.heldUntil() == null).toList();

        // Then
        assertThat(grid.calendar().without(allocation(1)).free(HOST, window))
                .isEqualTo(new Grid(ofOthers, grid.now()).free(HOST, window));
        assertThat(grid.calendar().withoutHolds().free(HOST, window))
                .isEqualTo(new Grid(firm, grid.now()).free(HOST, window));
        assertThat(grid.calendar().of(allocation(1)))
                .containsExactlyInAnyOrderElementsOf(grid.bookings().stream()
                        .filter(b -> b.allocation().equals(allocation(1)) && !b.expired(at(grid.now())))
                        .toList());
    }

    @Property
    void forgetsAnAllocationAlsoOnceItWasAskedWhatIsFree(
            @ForAll("grids") Grid grid, @ForAll("windows") TimeWindow window) {
        // Given
        Calendar asked = grid.calendar();
        asked.free(HOST, window);

        // When
        Calendar less = asked.without(allocation(1));

        // Then
        assertThat(less.free(HOST, window))
                .isEqualTo(grid.calendar().without(allocation(1)).free(HOST, window));
        assertThat(less.freeUnit(HOST, window, 0))
                .isEqualTo(grid.calendar().without(allocation(1)).freeUnit(HOST, window, 0));
    }

    @Property
    void changesNothingBetweenTheInstantsOfChange(@ForAll("grids") Grid grid, @ForAll @IntRange(max = 12) int from) {
        // When
        List<Instant> changes = grid.calendar().changes(at(from));

        // Then
        assertThat(changes).isSorted().doesNotHaveDuplicates().startsWith(at(from));
        for (int second = from + 1; second < 2 * Grid.END; second++) {
            if (!changes.contains(at(second))) {
                assertThat(grid.free(HOST, window(second, second + 1)))
                        .isEqualTo(grid.free(HOST, window(second - 1, second)));
            }
        }
    }

    @Property
    void saysWhenTheLastHoldInTheWayRunsOut(@ForAll("grids") Grid grid, @ForAll("windows") TimeWindow window) {
        @Nullable
        Instant last = grid.bookings().stream()
                .filter(b -> b.heldUntil() != null && !b.expired(at(grid.now())))
                .filter(b -> b.during().overlaps(window))
                .map(Booking::heldUntil)
                .max(Comparator.naturalOrder())
                .orElse(null);

        assertThat(grid.calendar().lastHoldOver(window).orElse(null)).isEqualTo(last);
    }

    @Test
    void givesTheSameUnitBackToBack() {
        // Given
        Calendar calendar = calendar(0, confirmed(1, 100, window(1, 5)), confirmed(2, 100, window(7, 9)));
        Pool one = new Pool("host", Amounts.NONE, new Pool.Units(100, 100), true, Map.of());

        // Then
        assertThat(calendar.freeUnit(one, window(5, 7), 100)).hasValue(100);
        assertThat(calendar.freeUnit(one, window(4, 7), 100)).isEmpty();
        assertThat(calendar.freeUnit(one, window(5, 8), 100)).isEmpty();
    }

    @Test
    void findsUnitsInARangeThatWasNarrowedWhileOthersAreBooked() {
        // Given
        Calendar calendar = calendar(
                0, confirmed(1, 99, window(1, 5)), confirmed(2, 100, window(1, 5)), confirmed(3, 102, window(1, 5)));
        Pool narrowed = new Pool("host", Amounts.NONE, new Pool.Units(100, 101), true, Map.of());

        // Then
        assertThat(calendar.freeUnit(narrowed, window(2, 3), 100)).hasValue(101);
    }

    @Test
    void countsAHoldUntilTheVeryInstantAtWhichItRunsOut() {
        Booking hold = new Booking(allocation(1), "host", 100, Amounts.of("cpus", 3), window(0, 9), at(5));

        assertThat(new Calendar(List.of(HOST), List.of(hold), at(5).minusNanos(1))
                        .free(HOST, window(6, 7))
                        .get("cpus"))
                .isEqualTo(1);
        assertThat(new Calendar(List.of(HOST), List.of(hold), at(5))
                        .free(HOST, window(6, 7))
                        .get("cpus"))
                .isEqualTo(4);
    }

    @Test
    void keepsALeaseThatWasNotSeenGoneForEver() {
        // Given
        Booking lease = confirmed(1, 100, window(0, 3));

        // Then
        assertThat(calendar(2, lease).free(HOST, window(100, 200)).get("cpus")).isEqualTo(4);
        assertThat(calendar(3, lease).free(HOST, window(100, 200)).get("cpus")).isEqualTo(1);
        assertThat(calendar(3, lease).freeUnit(HOST, window(100, 200), 100)).hasValue(101);
        assertThat(calendar(3, lease).earliestStart(window(4, 5), w -> false)).isEmpty();
    }

    @Test
    void hasNoUnitOfAPoolThatHasNone() {
        assertThat(calendar(0).freeUnit(OTHER, window(0, 1), 0)).isEmpty();
    }

    @Test
    void opensOnlyPoolsThatTakeBookings() {
        Pool barred = new Pool("barred", Amounts.NONE, null, false, Map.of());
        Calendar calendar = new Calendar(List.of(HOST, barred, OTHER), List.of(), at(0));

        assertThat(calendar.open()).containsExactly(HOST, OTHER);
        assertThat(calendar.pool("barred")).contains(barred);
        assertThat(calendar.pool("none")).isEmpty();
    }

    @Test
    void callsAConfirmedBookingOverrunFromItsEndOn() {
        Booking hold = new Booking(allocation(1), "host", null, Amounts.NONE, window(0, 3), at(9));

        assertThat(hold.overrun(at(4))).isFalse();
        assertThat(hold.confirmed().overrun(at(3).minusNanos(1))).isFalse();
        assertThat(hold.confirmed().overrun(at(3))).isTrue();
        assertThat(hold.confirmed().expired(at(99))).isFalse();
    }

    @Test
    void refusesUnitsThatEndBeforeTheyBegin() {
        assertThat(new Pool.Units(5, 5).count()).isEqualTo(1);
        assertThatIllegalArgumentException().isThrownBy(() -> new Pool.Units(6, 5));
    }

    @Provide
    Arbitrary<Grid> grids() {
        return Grid.any();
    }

    @Provide
    Arbitrary<TimeWindow> windows() {
        return Grid.windows();
    }

    private static OptionalInt firstFrom(Set<Integer> free, int from) {
        Pool.Units units = Grid.UNITS;
        int start = units.first() + Math.floorMod(from - units.first(), units.count());
        TreeSet<Integer> sorted = new TreeSet<>(free);
        Integer next = sorted.ceiling(start);
        return next != null
                ? OptionalInt.of(next)
                : sorted.isEmpty() ? OptionalInt.empty() : OptionalInt.of(sorted.first());
    }

    private static Calendar calendar(int now, Booking... bookings) {
        return new Calendar(List.of(HOST, OTHER), List.of(bookings), at(now));
    }

    private static Booking confirmed(int allocation, int unit, TimeWindow during) {
        return new Booking(allocation(allocation), "host", unit, Amounts.of("cpus", 3), during, null);
    }
}
