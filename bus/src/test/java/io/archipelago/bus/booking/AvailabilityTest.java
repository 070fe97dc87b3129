package io.archipelago.bus.booking;

import static io.archipelago.bus.booking.Grid.HOST;
import static io.archipelago.bus.booking.Grid.OTHER;
import static io.archipelago.bus.booking.Grid.allocation;
import static io.archipelago.bus.booking.Grid.window;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.TimeWindow;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AvailabilityTest {

    private static final List<Pool> POOLS = List.of(HOST, OTHER);

    @Property(tries = 4000)
    void countsTheUnitsThatAreTakenAtSomeInstant(@ForAll("grids") Grid grid, @ForAll("windows") TimeWindow window) {
        int taken = Grid.UNITS.count() - grid.freeUnits(HOST, window).size();

        assertThat(grid.calendar().availability().unitsTaken(HOST, window)).isEqualTo(taken);
    }

    @Property(tries = 4000)
    void findsTheEarliestFit(
            @ForAll("grids") Grid grid,
            @ForAll("windows") TimeWindow window,
            @ForAll @IntRange(min = 1, max = 5) int cpus) {
        // Given
        Amounts wanted = Amounts.of("cpus", cpus);

        // When
        @Nullable
        Instant earliest = grid.calendar()
                .availability()
                .earliest(HOST, wanted, window.start(), window.length())
                .orElse(null);

        // Then
        assertThat(earliest).isEqualTo(grid.earliest(HOST, window, wanted));
    }

    @Property(tries = 2000)
    void isWhatItWasOnceABookingCameAndWent(
            @ForAll("grids") Grid grid, @ForAll("grids") Grid more, @ForAll("windows") TimeWindow window) {
        // Given
        Availability before = grid.calendar().availability();

        // When
        Availability with = before.with(more.bookings());
        Availability after = with.without(more.bookings());

        // Then
        for (Pool pool : POOLS) {
            assertThat(after.free(pool, window)).isEqualTo(before.free(pool, window));
            assertThat(after.unitsTaken(pool, window)).isEqualTo(before.unitsTaken(pool, window));
        }
    }

    @Test
    void beginsToLookForAUnitAnywhere() {
        // Given
        Pool pool = new Pool("three", Amounts.NONE, new Pool.Units(0, 2), true, Map.of());
        Availability availability = Availability.of(List.of(pool))
                .with(List.of(taken(pool, 1, window(1, 5)), taken(pool, 2, window(1, 5))));

        // Then
        for (int from : List.of(Integer.MIN_VALUE, -1, 0, 1, 2, 3, Integer.MAX_VALUE)) {
            assertThat(availability.freeUnit(pool, window(2, 3), from)).isEqualTo(OptionalInt.of(0));
        }
        assertThat(availability.freeUnit(pool, window(5, 6), 1)).isEqualTo(OptionalInt.of(1));
    }

    private static Booking taken(Pool pool, int unit, TimeWindow during) {
        return new Booking(allocation(1), pool.id(), unit, Amounts.NONE, during, null);
    }

    @Provide
    Arbitrary<Grid> grids() {
        return Grid.any();
    }

    @Provide
    Arbitrary<TimeWindow> windows() {
        return Grid.windows();
    }
}
