package io.archipelago.bus.booking;

import static io.archipelago.bus.booking.Grid.HOST;
import static io.archipelago.bus.booking.Grid.OTHER;
import static io.archipelago.bus.booking.Grid.allocation;
import static io.archipelago.bus.booking.Grid.at;
import static io.archipelago.bus.booking.Grid.window;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.TimeWindow;
import java.time.Duration;
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
    void countsWhatIsBookedAgainstWhatThereIsByNow() {
        // Given
        Availability booked = Availability.of(POOLS)
                .with(List.of(new Booking(allocation(1), "host", 100, Amounts.of("cpus", 3), window(1, 5), null)));
        Pool smaller = new Pool("host", Amounts.of("cpus", 2), new Pool.Units(101, 101), true, Map.of());

        // When
        Availability shrunk = booked.ofPools(List.of(smaller));

        // Then
        assertThat(shrunk.pools()).containsExactly(smaller);
        assertThat(shrunk.free(smaller, window(0, 9))).isEqualTo(Amounts.of("cpus", -1));
        assertThat(shrunk.hasRoom(smaller, Amounts.of("cpus", 1), window(4, 6))).isFalse();
        assertThat(shrunk.hasRoom(smaller, Amounts.of("cpus", 1), window(5, 6))).isTrue();
        assertThat(shrunk.freeUnit(smaller, window(1, 5), 100)).isEqualTo(OptionalInt.of(101));
        assertThat(shrunk.nextChange(at(1))).contains(at(5));
        assertThat(shrunk.earliest(smaller, Amounts.of("cpus", 2), at(0), Duration.ofSeconds(2)))
                .contains(at(5));
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
