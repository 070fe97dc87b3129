package io.archipelago.placement.domain;

import static io.archipelago.placement.domain.PlacementFixture.NOON;
import static io.archipelago.placement.domain.PlacementFixture.OSAKA;
import static io.archipelago.placement.domain.PlacementFixture.WINDOW;
import static io.archipelago.placement.domain.PlacementFixture.booking;
import static io.archipelago.placement.domain.PlacementFixture.calendar;
import static io.archipelago.placement.domain.PlacementFixture.compute;
import static io.archipelago.placement.domain.PlacementFixture.host;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.contracts.placement.CapacitySlice;
import io.archipelago.contracts.placement.CapacitySlice.HostClass;
import io.archipelago.contracts.placement.PlacementMessage.CapacityAdvertised;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AdvertisementTest {

    private static final int SLICES = 6;
    private static final MachineGroup ONES = compute(100, 1, 1, 100);

    @Test
    void tellsWhatIsFreeFromChangeToChange() {
        // Given
        TimeWindow busy = window(60, 120);
        Calendar here = calendar(List.of(host(1, 4, 8), host(2, 4, 8)), booking(1, 3, 6, busy, null));

        // When
        CapacityAdvertised advertised = Advertisement.of(OSAKA, here, NOON, 10);

        // Then
        assertThat(advertised)
                .isEqualTo(new CapacityAdvertised(
                        OSAKA,
                        NOON,
                        List.of(
                                new CapacitySlice(NOON, List.of(new HostClass(2, 4, 8))),
                                new CapacitySlice(
                                        busy.start(), List.of(new HostClass(1, 1, 2), new HostClass(1, 4, 8))),
                                new CapacitySlice(busy.end(), List.of(new HostClass(2, 4, 8)))),
                        List.of(new HostClass(2, 4, 8))));
        assertThat(Advertisement.of(OSAKA, here, NOON, 3)).isEqualTo(advertised);
    }

    @Test
    void countsTheWorstSliceThatTheWindowTouches() {
        // Given
        Instant start = WINDOW.start();
        Instant end = WINDOW.end();

        // Then
        assertThat(likely(slice(NOON, 9), slice(start, 2))).isEqualTo(2);
        assertThat(likely(slice(NOON, 2), slice(start, 9))).isEqualTo(9);
        assertThat(likely(slice(NOON, 9), slice(end.minusNanos(1), 2))).isEqualTo(2);
        assertThat(likely(slice(NOON, 9), slice(end, 2))).isEqualTo(9);
        assertThat(likely(slice(end, 4))).isEqualTo(4);
        assertThat(likely()).isZero();
    }

    @Property(tries = 500)
    void saysOfOneHostNoMoreThanIsFreeAndOfAllNoLess(
            @ForAll("days") List<Booking> bookings,
            @ForAll @IntRange(max = 80) int from,
            @ForAll @IntRange(min = 1, max = 30) int length) {
        // Given
        Pool host = host(1, 4, 8);
        Calendar here = calendar(List.of(host), bookings.toArray(Booking[]::new));
        TimeWindow window = window(from, from + length);
        long free = Math.min(
                here.free(host, window).get(PlacementLogic.CPUS),
                here.free(host, window).get(PlacementLogic.MEMORY));

        // When
        CapacityAdvertised advertised = Advertisement.of(OSAKA, here, NOON, SLICES);

        // Then
        assertThat(advertised.slices()).hasSizeLessThanOrEqualTo(SLICES);
        assertThat(advertised.slices())
                .extracting(CapacitySlice::from)
                .isSorted()
                .doesNotHaveDuplicates()
                .startsWith(NOON);
        Advertisement advertisement = new Advertisement(advertised);
        assertThat((long) advertisement.likely(ONES, window)).isLessThanOrEqualTo(Math.max(0, free));
        assertThat((long) advertisement.possible(ONES, window)).isGreaterThanOrEqualTo(free);
    }

    @Test
    void staysTheSameUntilSomethingHasPassed() {
        // Given
        List<Booking> bookings = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            bookings.add(booking(1, 1, 1, window(60 + 2 * i, 61 + 2 * i), null));
        }
        Calendar here = calendar(List.of(host(1, 4, 8)), bookings.toArray(Booking[]::new));

        // When
        List<CapacitySlice> now = Advertisement.of(OSAKA, here, NOON, SLICES).slices();
        List<CapacitySlice> later =
                Advertisement.of(OSAKA, here, NOON.plusSeconds(59), SLICES).slices();

        // Then
        assertThat(now).hasSize(SLICES);
        assertThat(later.subList(1, SLICES)).isEqualTo(now.subList(1, SLICES));
    }

    @Test
    void putsManyKindsOfHostsIntoAFew() {
        // Given
        List<Pool> hosts = new ArrayList<>();
        for (int i = 1; i <= 500; i++) {
            hosts.add(host(i, 4 + i % 60, (16L << 30) + ((long) i << 28)));
        }

        // When
        CapacityAdvertised advertised = Advertisement.of(OSAKA, calendar(hosts), NOON, SLICES);
        List<HostClass> told = advertised.slices().getFirst().hosts();

        // Then
        assertThat(told).hasSizeBetween(2, 64);
        assertThat(told.stream().mapToInt(HostClass::count).sum()).isEqualTo(500);
        for (int cpus = 1; cpus < 64; cpus += 9) {
            long memory = cpus * (2L << 30);
            int least = cpus;
            long fit = hosts.stream()
                    .filter(host -> host.capacity().get(PlacementLogic.CPUS) >= least
                            && host.capacity().get(PlacementLogic.MEMORY) >= memory)
                    .count();
            long fitAsTold = told.stream()
                    .filter(host -> host.cpus() >= least && host.memoryBytes() >= memory)
                    .mapToInt(HostClass::count)
                    .sum();
            long atMost = new Advertisement(advertised)
                    .possible(new MachineGroup(MachineRole.COMPUTE, 1, 1, least, memory, 1, 1), WINDOW);
            assertThat(fitAsTold).as(cpus + " cpus").isLessThanOrEqualTo(fit);
            assertThat(atMost).as(cpus + " cpus").isGreaterThanOrEqualTo(fit);
            if (cpus < 32) {
                assertThat(fitAsTold).as(cpus + " cpus").isGreaterThan(fit / 2);
            }
        }
    }

    private static int likely(CapacitySlice... slices) {
        CapacityAdvertised advertised = new CapacityAdvertised(OSAKA, NOON, Arrays.asList(slices), null);
        Advertisement advertisement = new Advertisement(advertised);
        assertThat(advertisement.possible(ONES, WINDOW)).isEqualTo(advertisement.likely(ONES, WINDOW));
        return advertisement.likely(ONES, WINDOW);
    }

    private static CapacitySlice slice(Instant from, int machines) {
        return new CapacitySlice(from, List.of(new HostClass(machines, 1, 1)));
    }

    private static TimeWindow window(int from, int to) {
        return new TimeWindow(NOON.plusSeconds(from), NOON.plusSeconds(to));
    }

    @Provide
    Arbitrary<List<Booking>> days() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 80),
                        Arbitraries.integers().between(1, 20),
                        Arbitraries.integers().between(1, 2))
                .as((from, length, much) -> booking(1, much, much, window(from, from + length), null))
                .list()
                .ofMaxSize(20);
    }
}
