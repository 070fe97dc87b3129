package io.archipelago.placement.domain;

import static io.archipelago.placement.domain.PlacementFixture.NOON;
import static io.archipelago.placement.domain.PlacementFixture.booking;
import static io.archipelago.placement.domain.PlacementFixture.calendar;
import static io.archipelago.placement.domain.PlacementFixture.compute;
import static io.archipelago.placement.domain.PlacementFixture.frontend;
import static io.archipelago.placement.domain.PlacementFixture.host;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.MachineGroup;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class EarliestFitTest {

    private static final int LAST_START = 10;

    @Property(tries = 10_000)
    void isTheFirstHourAtWhichLikeMachinesFit(
            @ForAll("bookings") List<Booking> bookings,
            @ForAll @IntRange(max = LAST_START) int from,
            @ForAll @IntRange(min = 1, max = 4) int hours,
            @ForAll @IntRange(min = 1, max = 6) int machines,
            @ForAll @IntRange(min = 1, max = 3) int maxPerHost) {
        // Given
        List<MachineGroup> groups = List.of(compute(machines, 1, 2, maxPerHost));

        // Then
        assertThat(earliest(bookings, groups, from, hours)).isEqualTo(firstHour(bookings, groups, from, hours));
    }

    @Property(tries = 10_000)
    void isWhatIsFoundByTryingEveryChange(
            @ForAll("bookings") List<Booking> bookings,
            @ForAll @IntRange(max = LAST_START) int from,
            @ForAll @IntRange(min = 1, max = 4) int hours,
            @ForAll @IntRange(min = 1, max = 4) int machines) {
        // Given
        List<MachineGroup> groups = List.of(frontend(2, 1), compute(machines, 1, 2, 2));

        // When
        Optional<Instant> earliest = earliest(bookings, groups, from, hours);

        // Then
        assertThat(earliest)
                .isEqualTo(Stream.iterate(
                                Optional.of(hour(from)),
                                Optional::isPresent,
                                at -> of(bookings).availability().nextChange(at.get()))
                        .map(Optional::get)
                        .filter(start -> fits(bookings, groups, start, hours))
                        .findFirst());
    }

    @Test
    void isNeverOfWhatNoHostIsLargeEnoughFor() {
        assertThat(earliest(List.of(), List.of(compute(1, 9, 1, 1)), 0, 1)).isEmpty();
    }

    @Test
    void doesNotAskForRoomForMachinesThatKeepTheirHosts() {
        // Given
        Pool closed = PlacementLogic.pool(host(2), 4, 8, false);
        Calendar calendar = calendar(List.of(host(1, 1, 1), closed));

        // When
        Optional<Instant> earliest = new EarliestFit(
                        List.of(compute(2, 1, 1, 1)), Map.of(1, host(2)), calendar.availability())
                .start(window(hour(0), 1));

        // Then
        assertThat(earliest).contains(hour(0));
    }

    @Provide
    Arbitrary<List<Booking>> bookings() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(1, 4),
                        Arbitraries.longs().between(0, 8),
                        Arbitraries.integers().between(0, 12),
                        Arbitraries.integers().between(1, 5))
                .as((host, cpus, memory, start, hours) -> booking(host, cpus, memory, window(hour(start), hours), null))
                .list()
                .ofMaxSize(12);
    }

    private static Optional<Instant> earliest(List<Booking> bookings, List<MachineGroup> groups, int from, int hours) {
        return new EarliestFit(groups, Map.of(), of(bookings).availability()).start(window(hour(from), hours));
    }

    private static Optional<Instant> firstHour(List<Booking> bookings, List<MachineGroup> groups, int from, int hours) {
        return IntStream.range(from, 40)
                .mapToObj(EarliestFitTest::hour)
                .filter(start -> fits(bookings, groups, start, hours))
                .findFirst();
    }

    private static boolean fits(List<Booking> bookings, List<MachineGroup> groups, Instant start, int hours) {
        return Packing.of(groups, of(bookings).availability(), window(start, hours))
                .isPresent();
    }

    private static Calendar of(List<Booking> bookings) {
        return calendar(List.of(host(1, 4, 8), host(2, 4, 6), host(3, 2, 8)), bookings.toArray(Booking[]::new));
    }

    private static TimeWindow window(Instant start, int hours) {
        return new TimeWindow(start, start.plus(Duration.ofHours(hours)));
    }

    private static Instant hour(int hour) {
        return NOON.plus(Duration.ofHours(hour));
    }
}
