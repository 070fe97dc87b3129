package io.archipelago.bus.booking;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.TimeWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** When it is that something does not fit. */
class ScarcityTest {

    private static final Instant MIDNIGHT = Instant.parse("2030-01-01T00:00:00Z");
    private static final int MINUTES = 24;
    private static final int CAPACITY = 10;
    private static final Pool POOL = new Pool("p", Amounts.of("bytes", CAPACITY), null, true, Map.of());

    /** What somebody has booked for some minutes. */
    record Taken(int from, int minutes, int bytes) {}

    /** From the first minute in which there is too little to the last one. */
    @Property
    void isFromTheFirstMinuteThatIsTooShortToTheLast(
            @ForAll("bookings") List<Taken> bookings, @ForAll @IntRange(min = 1, max = CAPACITY) int wanted) {
        // Given
        Calendar calendar = calendar(bookings, true);
        TimeWindow window = minutes(4, 20);
        List<Integer> tooShort = IntStream.range(4, 20)
                .filter(minute -> free(bookings, minute) < wanted)
                .boxed()
                .toList();

        // When
        Optional<TimeWindow> scarcity = scarcity(calendar, window, wanted);

        // Then
        assertThat(scarcity)
                .isEqualTo(
                        tooShort.isEmpty()
                                ? Optional.empty()
                                : Optional.of(minutes(tooShort.getFirst(), tooShort.getLast() + 1)));
    }

    @Property
    void isMoreThanLessWithFewLooks(
            @ForAll("bookings") List<Taken> bookings,
            @ForAll @IntRange(min = 1, max = CAPACITY) int wanted,
            @ForAll @IntRange(min = 1, max = 6) int looks) {
        // Given
        Calendar calendar = calendar(bookings, true);
        TimeWindow window = minutes(4, 20);

        // Then
        scarcity(calendar, window, wanted)
                .ifPresent(exact -> assertThat(calendar.scarcity(
                                window,
                                looks,
                                w -> calendar.availability().hasRoom(POOL, Amounts.of("bytes", wanted), w)))
                        .hasValueSatisfying(
                                rough -> assertThat(rough.covers(exact)).isTrue()));
    }

    @Test
    void isWhileTheOnlyIdIsTaken() {
        Pool ids = new Pool("ids", Amounts.NONE, new Pool.Units(1, 1), true, Map.of());
        Calendar calendar = new Calendar(
                List.of(ids),
                List.of(new Booking(allocation(1), "ids", 1, Amounts.NONE, minutes(8, 12), null)),
                MIDNIGHT);

        assertThat(calendar.scarcity(
                        minutes(4, 20), w -> calendar.freeUnit(ids, w, 1).isPresent()))
                .hasValue(minutes(8, 12));
    }

    @Test
    void isWhileAPoolIsClosed() {
        Pool closed = POOL.closedAt(List.of(minutes(8, 12)));
        Calendar calendar = new Calendar(List.of(closed), List.of(), MIDNIGHT);

        assertThat(calendar.scarcity(
                        minutes(4, 20), w -> calendar.availability().hasRoom(closed, Amounts.of("bytes", 1), w)))
                .hasValue(minutes(8, 12));
    }

    @Test
    void isNotKnownWhereTheEndsOverlap() {
        // Given: one of two ids is free at first, and the other one then.
        Pool ids = new Pool("ids", Amounts.NONE, new Pool.Units(1, 2), true, Map.of());
        Calendar calendar = new Calendar(
                List.of(ids),
                List.of(
                        new Booking(allocation(1), "ids", 1, Amounts.NONE, minutes(10, 24), null),
                        new Booking(allocation(2), "ids", 2, Amounts.NONE, minutes(0, 8), null)),
                MIDNIGHT);

        // Then
        assertThat(calendar.freeUnit(ids, minutes(4, 20), 1)).isEmpty();
        assertThat(calendar.scarcity(
                        minutes(4, 20), w -> calendar.freeUnit(ids, w, 1).isPresent()))
                .isEmpty();
    }

    @Test
    void isNotKnownWhereNotAllIsKnown() {
        assertThat(scarcity(calendar(List.of(new Taken(6, 2, CAPACITY)), false), minutes(4, 20), 1))
                .isEmpty();
    }

    private static Optional<TimeWindow> scarcity(Calendar calendar, TimeWindow window, int wanted) {
        return calendar.scarcity(window, w -> calendar.availability().hasRoom(POOL, Amounts.of("bytes", wanted), w));
    }

    private static int free(List<Taken> bookings, int minute) {
        return CAPACITY
                - bookings.stream()
                        .filter(taken -> taken.from() <= minute && minute < taken.from() + taken.minutes())
                        .mapToInt(Taken::bytes)
                        .sum();
    }

    private static Calendar calendar(List<Taken> bookings, boolean complete) {
        List<Booking> rows = new ArrayList<>();
        for (Taken taken : bookings) {
            rows.add(new Booking(
                    allocation(rows.size()),
                    POOL.id(),
                    null,
                    Amounts.of("bytes", taken.bytes()),
                    minutes(taken.from(), taken.from() + taken.minutes()),
                    null));
        }
        return complete
                ? new Calendar(List.of(POOL), rows, MIDNIGHT)
                : new Calendar(Availability.of(List.of(POOL)).with(rows), List.of(), MIDNIGHT);
    }

    private static AllocationId allocation(int number) {
        return new AllocationId(new ReservationId(new UUID(0x7000, number)), new SiteId("tokyo"));
    }

    private static TimeWindow minutes(int from, int to) {
        return new TimeWindow(MIDNIGHT.plus(Duration.ofMinutes(from)), MIDNIGHT.plus(Duration.ofMinutes(to)));
    }

    @Provide
    Arbitrary<List<Taken>> bookings() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, MINUTES - 1),
                        Arbitraries.integers().between(1, MINUTES),
                        Arbitraries.integers().between(1, 4))
                .as(Taken::new)
                .list()
                .ofMaxSize(8);
    }
}
