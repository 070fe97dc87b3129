package io.archipelago.reservation.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.reservation.domain.Quota.Excess;
import io.archipelago.reservation.domain.Quota.Use;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class QuotaTest {

    private static final long PLENTY = 1_000_000;
    private static final Duration FAR = Duration.ofDays(366);
    private static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");

    private static int ids;

    @Test
    void countsWhatIsThereAtTheSameTimeOnly() {
        Quota quota = new Quota(10, PLENTY, PLENTY, 100, FAR);
        List<Use> others = List.of(use(0, 60, 6), use(60, 120, 4));

        assertThat(quota.excess(others, use(0, 60, 4))).isEmpty();
        assertThat(quota.excess(others, use(0, 60, 5)))
                .hasValue(
                        new Excess(
                                "machines.compute.count",
                                "your tenant may have 10 machines at a time, and would have 11 at 2026-12-01T12:00:00Z: ask for fewer, or for another time"));
        assertThat(quota.excess(others, use(30, 90, 4))).isEmpty();
        assertThat(quota.excess(others, use(60, 120, 6))).isEmpty();
        assertThat(quota.excess(others, use(120, 180, 10))).isEmpty();
    }

    @Test
    void refusesWhatStartsTooFarAhead() {
        Quota quota = new Quota(10, PLENTY, PLENTY, 100, Duration.ofMinutes(90));

        assertThat(quota.excess(List.of(), use(90, 120, 1), NOON)).isEmpty();
        assertThat(quota.excess(List.of(), use(91, 120, 1), NOON))
                .hasValue(
                        new Excess(
                                "window.start",
                                "your tenant may ask for what starts at most PT1H30M from now, before 2026-12-01T13:30:00Z: ask for an earlier start, or ask later"));
    }

    @Test
    void letsWhatHasItsStartKeepItOrStartEarlier() {
        Quota quota = new Quota(10, PLENTY, PLENTY, 100, Duration.ofMinutes(90));
        Use there = use(200, 240, 1);

        assertThat(quota.excess(List.of(there), there.during(use(200, 300, 1).during(), true), NOON))
                .isEmpty();
        assertThat(quota.excess(List.of(there), there.during(use(150, 190, 1).during(), true), NOON))
                .isEmpty();
        assertThat(quota.excess(List.of(there), there.during(use(201, 240, 1).during(), true), NOON))
                .map(Excess::field)
                .hasValue("window.start");
    }

    @Test
    void countsVolumesInTheSameWay() {
        Quota quota = new Quota(100, PLENTY, 50, 100, FAR);

        assertThat(quota.excess(List.of(use(0, 60, 3)), use(0, 60, 2))).isEmpty();
        assertThat(quota.excess(List.of(use(0, 60, 3)), use(0, 60, 3)))
                .map(Excess::field)
                .hasValue("machines.compute.disk");
    }

    @Test
    void countsTheHoursOfEachMonthByItself() {
        // Given: ten machine hours in a month, eight of which are gone on its last evening.
        Quota quota = new Quota(100, 10, PLENTY, 100, FAR);
        TimeWindow evening = window("2026-11-30T20:00:00Z", "2026-11-30T22:00:00Z");
        TimeWindow night = window("2026-11-30T23:00:00Z", "2026-12-01T04:00:00Z");
        List<Use> others = List.of(use(evening, 4, null, false));

        // Then
        assertThat(quota.excess(others, use(night, 2, null, true)))
                .as("two hours in November, eight in December")
                .isEmpty();
        assertThat(quota.excess(others, use(night, 3, null, true)))
                .map(Excess::detail)
                .hasValueSatisfying(detail -> assertThat(detail)
                        .startsWith("your tenant may have 10 machine hours in a month, and would have 11 in 2026-11"));
        assertThat(quota.excess(List.of(), use(window("2026-12-01T00:00:00Z", "2026-12-01T05:00:01Z"), 2, null, true)))
                .map(Excess::field)
                .hasValue("window");
    }

    @Test
    void whatHasBegunCountsForWhatItWasUntilItBecomesAnother() {
        // Given: two machines for four hours, of which two are over, and one more for an hour of yesterday.
        Quota quota = new Quota(100, 20, PLENTY, 1, FAR);
        Use running = use(window("2026-12-01T10:00:00Z", "2026-12-01T14:00:00Z"), 2, null, true);
        List<Use> all = List.of(use(window("2026-11-30T23:30:00Z", "2026-12-01T00:30:00Z"), 2, null, false), running);

        // Then: 1 and 4 hours are over; 15 are left for two hours.
        assertThat(quota.excess(all, becoming(running, 7), NOON)).isEmpty();
        assertThat(quota.excess(all, becoming(running, 8), NOON))
                .map(Excess::detail)
                .hasValueSatisfying(detail -> assertThat(detail)
                        .startsWith("your tenant may have 20 machine hours in a month, and would have 21 in 2026-12"));
        assertThat(quota.excess(all, becoming(running, 5), running.during().start()))
                .as("it does not run yet, and would have 1 and 20 hours")
                .isPresent();
        assertThat(quota.excess(List.of(running), becoming(running, 101), NOON))
                .as("at a time")
                .map(Excess::field)
                .hasValue("machines.compute.count");
    }

    @Test
    void theRowsOfOneReservationCountTogether() {
        Use first = use(window("2026-12-01T10:00:00Z", "2026-12-01T12:00:00Z"), 2, null, false);
        Use then = new Use(
                first.reservation(), null, window("2026-12-01T12:00:00Z", "2026-12-01T14:00:00Z"), 5, 50, true, false);

        assertThat(Quota.used(List.of(first, then), NOON))
                .isEqualTo(new Quota.Used(5, new TreeMap<>(Map.of(YearMonth.of(2026, 12), 14L)), 50, 1));
    }

    @Test
    void countsWhatIsNotOver() {
        Quota quota = new Quota(100, PLENTY, PLENTY, 2, FAR);

        assertThat(quota.excess(List.of(use(0, 60, 1)), use(0, 60, 1))).isEmpty();
        assertThat(quota.excess(List.of(use(0, 60, 1), use(200, 260, 1)), use(0, 60, 1)))
                .map(Excess::detail)
                .hasValue("your tenant may have 2 reservations that are not over, and has as many:"
                        + " give one up, or wait until one ends");
        assertThat(quota.excess(
                        List.of(
                                use(0, 60, 1),
                                use(window("2026-12-01T00:00:00Z", "2026-12-01T01:00:00Z"), 1, null, false)),
                        use(0, 60, 1)))
                .isEmpty();
    }

    @Test
    void countsTheOffersToOneRequestAsTheGreatestOfThem() {
        // Given
        Quota quota = new Quota(10, PLENTY, PLENTY, 2, FAR);
        ReservationId refused = id();
        TimeWindow hour = window("2026-12-01T12:00:00Z", "2026-12-01T13:00:00Z");
        List<Use> offers = List.of(use(hour, 6, refused, true), use(hour, 4, refused, true));

        // Then
        assertThat(quota.excess(offers, use(hour, 4, null, true))).isEmpty();
        assertThat(quota.excess(offers, use(hour, 5, null, true))).isPresent();
        assertThat(quota.excess(offers, use(hour, 10, refused, true)))
                .as("another offer beside them")
                .isEmpty();
    }

    @Test
    void tellsWhatThereIsFromNowOn() {
        // Given
        ReservationId refused = id();
        TimeWindow past = window("2026-11-30T22:00:00Z", "2026-12-01T02:00:00Z");
        TimeWindow soon = window("2026-12-31T23:00:00Z", "2027-01-01T02:00:00Z");
        List<Use> uses = List.of(
                use(past, 9, null, false),
                use(soon, 3, refused, true),
                use(soon, 2, refused, true),
                use(soon, 1, null, true));

        // When
        Quota.Used used = Quota.used(uses, NOON);

        // Then
        assertThat(used)
                .isEqualTo(new Quota.Used(
                        4, new TreeMap<>(Map.of(YearMonth.of(2026, 12), 18L + 4, YearMonth.of(2027, 1), 8L)), 40, 2));
        assertThat(Quota.used(List.of(), NOON).machineHours()).containsOnlyKeys(YearMonth.of(2026, 12));
        assertThat(Quota.used(List.of(), Instant.parse("2026-12-01T00:00:00Z")).machineHours())
                .as("in the first instant of a month")
                .containsOnlyKeys(YearMonth.of(2026, 12));
    }

    /** By looking at every minute. */
    @Property(tries = 300)
    void noMinuteHasMoreThanTheQuota(@ForAll("uses") List<Use> others, @ForAll("use") Use wanted) {
        // Given
        Quota quota = new Quota(12, PLENTY, PLENTY, 100, FAR);
        long most = 0;
        for (int minute = 0; minute < 200; minute++) {
            Instant instant = NOON.plusSeconds(60L * minute);
            if (wanted.during().contains(instant)) {
                long there = others.stream()
                        .filter(other -> other.during().contains(instant))
                        .mapToInt(Use::machines)
                        .sum();
                most = Math.max(most, there + wanted.machines());
            }
        }

        // Then
        assertThat(quota.excess(others, wanted).isPresent()).isEqualTo(most > 12);
    }

    @Provide
    Arbitrary<Use> use() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 150),
                        Arbitraries.integers().between(1, 49),
                        Arbitraries.integers().between(1, 6))
                .as((start, length, machines) -> use(start, start + length, machines));
    }

    @Provide
    Arbitrary<List<Use>> uses() {
        return use().list().ofMaxSize(8);
    }

    private static Use use(int from, int to, int machines) {
        return use(new TimeWindow(NOON.plusSeconds(60L * from), NOON.plusSeconds(60L * to)), machines, null, true);
    }

    private static Use use(TimeWindow during, int machines, @Nullable ReservationId offerTo, boolean open) {
        return new Use(id(), offerTo, during, machines, machines * 10L, open, false);
    }

    private static Use becoming(Use use, int machines) {
        return new Use(use.reservation(), null, use.during(), machines, machines * 10L, true, false);
    }

    private static ReservationId id() {
        return new ReservationId(new UUID(0x7000, ++ids));
    }

    private static TimeWindow window(String start, String end) {
        return new TimeWindow(Instant.parse(start), Instant.parse(end));
    }
}
