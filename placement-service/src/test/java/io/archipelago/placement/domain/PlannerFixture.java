package io.archipelago.placement.domain;

import static io.archipelago.placement.domain.PlacementFixture.NOON;
import static io.archipelago.placement.domain.PlacementFixture.RESERVATION;
import static io.archipelago.placement.domain.PlacementFixture.WINDOW;
import static io.archipelago.placement.domain.PlacementFixture.calendar;
import static io.archipelago.placement.domain.PlacementFixture.compute;
import static io.archipelago.placement.domain.PlacementFixture.frontend;
import static io.archipelago.placement.domain.PlacementFixture.host;

import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.placement.CapacitySlice;
import io.archipelago.contracts.placement.CapacitySlice.HostClass;
import io.archipelago.contracts.placement.PlacementMessage.CapacityAdvertised;
import io.archipelago.contracts.placement.PlacementMessage.PlanSites;
import io.archipelago.contracts.placement.SitePolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** What a planner is asked, and what it knows. */
final class PlannerFixture {

    private PlannerFixture() {}

    static PlanSites question(int computes, SitePolicy policy, Set<SiteId> excluded) {
        return new PlanSites(
                RESERVATION, 1, WINDOW, frontend(8, 8), compute(computes, 1, 1, 1), policy, excluded, null, null);
    }

    static PlanSites limited(int computes, SitePolicy policy, Map<SiteId, Integer> limits) {
        return new PlanSites(
                RESERVATION, 1, WINDOW, frontend(8, 8), compute(computes, 1, 1, 1), policy, Set.of(), null, limits);
    }

    /** As any question, of a cluster whose network has addresses for 252 compute machines at each site. */
    static PlanSites small(int computes, SitePolicy policy) {
        return new PlanSites(
                RESERVATION,
                1,
                WINDOW,
                frontend(8, 8),
                compute(computes, 1, 1, 1),
                policy,
                Set.of(),
                "10.0.0.0/16",
                null);
    }

    /** A host for the frontend, and so many for one compute machine each. */
    static Calendar home(int computes) {
        return calendar(hosts(computes));
    }

    static List<Pool> hosts(int computes) {
        List<Pool> hosts = new ArrayList<>();
        hosts.add(host(99, 8, 8));
        // Number 99 is the one for the frontend.
        IntStream.rangeClosed(1, computes).map(i -> i < 99 ? i : i + 1).forEach(i -> hosts.add(host(i, 1, 1)));
        return hosts;
    }

    static CapacityAdvertised room(SiteId site, int machines) {
        return room(site, machines, machines);
    }

    static CapacityAdvertised room(SiteId site, int likely, int possible) {
        return new CapacityAdvertised(
                site,
                NOON,
                List.of(new CapacitySlice(NOON, List.of(new HostClass(likely, 1, 1)))),
                List.of(new HostClass(possible, 1, 1)));
    }
}
