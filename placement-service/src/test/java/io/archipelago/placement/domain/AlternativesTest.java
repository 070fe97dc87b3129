package io.archipelago.placement.domain;

import static io.archipelago.placement.domain.PlacementFixture.ALLOCATION;
import static io.archipelago.placement.domain.PlacementFixture.NOON;
import static io.archipelago.placement.domain.PlacementFixture.OSAKA;
import static io.archipelago.placement.domain.PlacementFixture.RESERVATION;
import static io.archipelago.placement.domain.PlacementFixture.TOKYO;
import static io.archipelago.placement.domain.PlacementFixture.WINDOW;
import static io.archipelago.placement.domain.PlacementFixture.booking;
import static io.archipelago.placement.domain.PlacementFixture.calendar;
import static io.archipelago.placement.domain.PlacementFixture.compute;
import static io.archipelago.placement.domain.PlacementFixture.frontend;
import static io.archipelago.placement.domain.PlacementFixture.host;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.placement.Alternative;
import io.archipelago.contracts.placement.Alternative.Change;
import io.archipelago.contracts.placement.CapacitySlice;
import io.archipelago.contracts.placement.CapacitySlice.HostClass;
import io.archipelago.contracts.placement.PlacementMessage.CapacityAdvertised;
import io.archipelago.contracts.placement.PlacementMessage.FindAlternatives;
import io.archipelago.contracts.placement.PlacementMessage.PlanSites;
import io.archipelago.contracts.placement.SitePolicy;
import io.archipelago.contracts.placement.SitePolicy.FewestSites;
import io.archipelago.contracts.placement.SitePolicy.Named;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What could be had instead. A host that has room for four frontends and for no compute machine, beside hosts for one compute machine each. All that is found
 * is held at the same time.
 */
class AlternativesTest {

    private static final Duration BELIEVED = Duration.ofMinutes(5);
    private static final Duration LEAD = Duration.ofMinutes(5);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final int MINUTES = 240;

    private final SitePlanner planner = new SitePlanner(TOKYO, window -> window.widened(LEAD, LEAD), null, BELIEVED);

    @Test
    void laterIsAsSoonAsItFitsWithTheTimeForDeploying() {
        // Given
        Instant free = WINDOW.end().plusSeconds(90);
        Calendar here = calendar(hosts(2), booking(1, 1, 1, new TimeWindow(NOON, free), null));

        // When
        Alternative later = only(Change.LATER, find(question(2, new FewestSites(), null), here, Map.of()));

        // Then
        Instant start = free.plus(LEAD);
        assertThat(later)
                .isEqualTo(
                        new Alternative(Change.LATER, new TimeWindow(start, start.plus(HOUR)), 2, new FewestSites()));
    }

    @Test
    void laterStartsAtAFullSecond() {
        Instant free = WINDOW.end().plusNanos(1);
        Calendar here = calendar(hosts(1), booking(1, 1, 1, new TimeWindow(NOON, free), null));

        assertThat(only(Change.LATER, find(question(1, new FewestSites(), null), here, Map.of()))
                        .window()
                        .start())
                .isEqualTo(WINDOW.end().plusSeconds(1).plus(LEAD));
    }

    @Test
    void laterMayBeWhenAPeerHasRoom() {
        // Given
        Instant free = WINDOW.end().plus(HOUR);
        CapacityAdvertised osaka = new CapacityAdvertised(
                OSAKA,
                NOON,
                List.of(
                        new CapacitySlice(NOON, List.of(new HostClass(1, 1, 5))),
                        new CapacitySlice(free, List.of(new HostClass(3, 1, 5)))),
                null);

        // When
        List<Alternative> found = find(question(4, new FewestSites(), null), calendar(hosts(1)), Map.of(OSAKA, osaka));

        // Then
        assertThat(only(Change.LATER, found).window().start()).isEqualTo(free.plus(LEAD));
        assertThat(only(Change.FEWER, found).computes()).isEqualTo(2);
    }

    @Test
    void fewerIsAllThatFits() {
        assertThat(only(Change.FEWER, find(question(9, new FewestSites(), null), calendar(hosts(4)), Map.of())))
                .isEqualTo(new Alternative(Change.FEWER, WINDOW, 4, new FewestSites()));
    }

    @Test
    void fewerCountsOnNoSiteForMoreThanItHasSaid() {
        Map<SiteId, CapacityAdvertised> peers = Map.of(OSAKA, room(OSAKA, 9));

        assertThat(only(Change.FEWER, find(question(9, new FewestSites(), Map.of(OSAKA, 2)), calendar(hosts(3)), peers))
                        .computes())
                .isEqualTo(5);
    }

    @Test
    void fewerOfNamedSitesIsWhatEachOfThemHas() {
        Map<SiteId, CapacityAdvertised> peers = Map.of(OSAKA, room(OSAKA, 2));
        Named wanted = new Named(Map.of(TOKYO, 1, OSAKA, 4));

        assertThat(only(Change.FEWER, find(question(5, wanted, null), calendar(hosts(2)), peers)))
                .isEqualTo(new Alternative(Change.FEWER, WINDOW, 3, new Named(Map.of(TOKYO, 1, OSAKA, 2))));
    }

    @Test
    void otherSitesThanNamedComeFirst() {
        Map<SiteId, CapacityAdvertised> peers = Map.of(OSAKA, room(OSAKA, 2));

        List<Alternative> found =
                find(question(5, new Named(Map.of(TOKYO, 1, OSAKA, 4)), null), calendar(hosts(3)), peers);

        assertThat(found.getFirst()).isEqualTo(new Alternative(Change.OTHER_SITES, WINDOW, 5, new FewestSites()));
    }

    @Test
    void shorterEndsWhenTheNextOneBegins() {
        // Given
        Instant taken = WINDOW.end().minusSeconds(600);
        Calendar here = calendar(hosts(1), booking(1, 1, 1, new TimeWindow(taken, taken.plus(HOUR)), null));

        // When
        Alternative shorter = only(Change.SHORTER, find(question(1, new FewestSites(), null), here, Map.of()));

        // Then
        assertThat(shorter.window()).isEqualTo(new TimeWindow(WINDOW.start(), taken.minus(LEAD)));
    }

    @Test
    void aWindowOfLessThanAQuarterIsNoOffer() {
        Instant taken = WINDOW.start().plusSeconds(900 + 299);
        Calendar here = calendar(hosts(1), booking(1, 1, 1, new TimeWindow(taken, taken.plus(HOUR)), null));

        assertThat(find(question(1, new FewestSites(), null), here, Map.of()))
                .noneMatch(each -> each.change() == Change.SHORTER);
    }

    @Test
    void whereHostsAreNotWhatIsShortOnlyATimeThatWasToldHelps() {
        Calendar here = calendar(hosts(3));
        Instant told = WINDOW.start().plusSeconds(1800);
        PlanSites refused = question(2, new FewestSites(), Map.of(TOKYO, 0));

        assertThat(planner.alternatives(new FindAlternatives(new TenantId("astro"), refused, null, 3), here, Map.of())
                        .alternatives())
                .isEmpty();
        assertThat(planner.alternatives(new FindAlternatives(new TenantId("astro"), refused, told, 3), here, Map.of())
                        .alternatives())
                .containsExactly(
                        new Alternative(Change.LATER, new TimeWindow(told, told.plus(HOUR)), 2, new FewestSites()));
    }

    @Test
    void doesNotStandInItsOwnWay() {
        Booking own = new Booking(
                ALLOCATION, host(1).value(), null, Amounts.of(PlacementLogic.CPUS, 1), WINDOW, NOON.plusSeconds(60));

        assertThat(only(Change.FEWER, find(question(3, new FewestSites(), null), calendar(hosts(2), own), Map.of()))
                        .computes())
                .isEqualTo(2);
    }

    @Test
    void givesNoMoreThanAreAskedFor() {
        Calendar here = calendar(hosts(2), booking(1, 1, 1, WINDOW, null));
        PlanSites refused = question(2, new FewestSites(), null);

        assertThat(planner.alternatives(new FindAlternatives(new TenantId("astro"), refused, null, 1), here, Map.of())
                        .alternatives())
                .hasSize(1);
    }

    /** By trying every minute. */
    @Property(tries = 300)
    void laterIsAsSoonAsThereIs(
            @ForAll("bookings") List<Booking> bookings, @ForAll @IntRange(min = 1, max = 3) int computes) {
        // Given
        Calendar here = new Calendar(hosts(3), bookings, NOON);
        Optional<Instant> later = minutes(1, MINUTES + 10)
                .filter(start -> fits(here, computes, new TimeWindow(start, start.plus(HOUR))))
                .findFirst();

        // When
        List<Alternative> found = find(question(computes, new FewestSites(), null), here, Map.of());

        // Then
        if (fits(here, computes, WINDOW)) {
            assertThat(found).isEmpty();
        } else {
            assertThat(found.stream()
                            .filter(each -> each.change() == Change.LATER)
                            .map(each -> each.window().start())
                            .findFirst())
                    .isEqualTo(later);
        }
    }

    /** By booking one after the other. */
    @Property(tries = 300)
    void allThatIsFoundCanBeHadTogether(
            @ForAll("bookings") List<Booking> bookings, @ForAll @IntRange(min = 1, max = 3) int computes) {
        // Given
        Calendar booked = new Calendar(hosts(3), bookings, NOON);

        // When
        List<Alternative> found = find(question(computes, new FewestSites(), null), booked, Map.of());

        // Then
        for (Alternative each : found) {
            TimeWindow during = each.window().widened(LEAD, LEAD);
            List<MachineGroup> groups = List.of(frontend(8, 1), compute(each.computes(), 1, 5, 1));
            Optional<Packing> packing = Packing.of(groups, booked.availability(), during);
            assertThat(packing).as(each + " of " + found).isPresent();
            List<Booking> more = new ArrayList<>();
            packing.orElseThrow()
                    .hosts()
                    .forEach((ordinal, host) -> more.add(new Booking(
                            ALLOCATION,
                            host.value(),
                            null,
                            ordinal > 100
                                    ? Amounts.of(PlacementLogic.CPUS, 8, PlacementLogic.MEMORY, 1)
                                    : Amounts.of(PlacementLogic.CPUS, 1, PlacementLogic.MEMORY, 5),
                            during,
                            null)));
            booked = booked.with(more);
        }
    }

    @Test
    void whatLaterTakesIsNotOfferedTwice() {
        // Given: two of three hosts are free, but later takes all three from soon after the start on.
        Instant free = WINDOW.start().plusSeconds(600);
        Calendar here = calendar(hosts(3), booking(1, 1, 1, new TimeWindow(NOON, free), null));

        // When
        List<Alternative> found = find(question(3, new FewestSites(), null), here, Map.of());

        // Then
        assertThat(found).extracting(Alternative::change).containsExactly(Change.LATER);

        // When: nothing is to be held
        List<Alternative> apart = planner.alternatives(
                        new FindAlternatives(
                                new TenantId("astro"), question(3, new FewestSites(), null), null, 4, true),
                        here,
                        Map.of())
                .alternatives();

        // Then
        assertThat(apart).extracting(Alternative::change).contains(Change.LATER, Change.FEWER);
    }

    @Provide
    Arbitrary<List<Booking>> bookings() {
        return Combinators.combine(
                        Arbitraries.of(1, 2, 3, 99),
                        Arbitraries.integers().between(0, MINUTES - 60),
                        Arbitraries.integers().between(1, 60))
                .as((where, start, length) -> booking(
                        where,
                        where == 99 ? 8 : 1,
                        1,
                        new TimeWindow(
                                NOON.plus(Duration.ofMinutes(start)), NOON.plus(Duration.ofMinutes(start + length))),
                        null))
                .list()
                .ofMaxSize(8);
    }

    private static Stream<Instant> minutes(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(minute -> WINDOW.start().plus(Duration.ofMinutes(minute)));
    }

    private static boolean fits(Calendar here, int computes, TimeWindow window) {
        TimeWindow booked = window.widened(LEAD, LEAD);
        boolean frontend = free(here, 99, booked) >= 8;
        return frontend
                && IntStream.rangeClosed(1, 3)
                                .filter(i -> free(here, i, booked) >= 1)
                                .count()
                        >= computes;
    }

    private static long free(Calendar here, int host, TimeWindow window) {
        return here.free(here.pool(PlacementFixture.host(host).value()).orElseThrow(), window)
                .get(PlacementLogic.CPUS);
    }

    private List<Alternative> find(PlanSites refused, Calendar here, Map<SiteId, CapacityAdvertised> peers) {
        return planner.alternatives(new FindAlternatives(new TenantId("astro"), refused, null, 4), here, peers)
                .alternatives();
    }

    private static Alternative only(Change change, List<Alternative> found) {
        List<Alternative> those =
                found.stream().filter(each -> each.change() == change).toList();
        assertThat(those).as(found.toString()).hasSize(1);
        return those.getFirst();
    }

    private static PlanSites question(int computes, SitePolicy policy, @Nullable Map<SiteId, Integer> limits) {
        return new PlanSites(
                RESERVATION, 1, WINDOW, frontend(8, 1), compute(computes, 1, 5, 1), policy, Set.of(), null, limits);
    }

    private static List<Pool> hosts(int computes) {
        List<Pool> hosts = new ArrayList<>();
        hosts.add(host(99, 32, 4));
        IntStream.rangeClosed(1, computes).forEach(i -> hosts.add(host(i, 1, 5)));
        return hosts;
    }

    private static CapacityAdvertised room(SiteId site, int machines) {
        return new CapacityAdvertised(
                site, NOON, List.of(new CapacitySlice(NOON, List.of(new HostClass(machines, 1, 5)))), null);
    }
}
