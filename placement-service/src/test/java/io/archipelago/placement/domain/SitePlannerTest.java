package io.archipelago.placement.domain;

import static io.archipelago.placement.domain.PlacementFixture.ALLOCATION;
import static io.archipelago.placement.domain.PlacementFixture.NAGOYA;
import static io.archipelago.placement.domain.PlacementFixture.NOON;
import static io.archipelago.placement.domain.PlacementFixture.OSAKA;
import static io.archipelago.placement.domain.PlacementFixture.RESERVATION;
import static io.archipelago.placement.domain.PlacementFixture.TOKYO;
import static io.archipelago.placement.domain.PlacementFixture.WINDOW;
import static io.archipelago.placement.domain.PlacementFixture.booking;
import static io.archipelago.placement.domain.PlacementFixture.calendar;
import static io.archipelago.placement.domain.PlacementFixture.host;
import static io.archipelago.placement.domain.PlannerFixture.home;
import static io.archipelago.placement.domain.PlannerFixture.hosts;
import static io.archipelago.placement.domain.PlannerFixture.limited;
import static io.archipelago.placement.domain.PlannerFixture.question;
import static io.archipelago.placement.domain.PlannerFixture.room;
import static io.archipelago.placement.domain.PlannerFixture.small;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.placement.PlacementMessage;
import io.archipelago.contracts.placement.PlacementMessage.CapacityAdvertised;
import io.archipelago.contracts.placement.PlacementMessage.PlanRefused;
import io.archipelago.contracts.placement.PlacementMessage.PlanSites;
import io.archipelago.contracts.placement.PlacementMessage.SitesPlanned;
import io.archipelago.contracts.placement.SitePolicy;
import io.archipelago.contracts.placement.SitePolicy.Cheapest;
import io.archipelago.contracts.placement.SitePolicy.FewestSites;
import io.archipelago.contracts.placement.SitePolicy.Named;
import io.archipelago.contracts.placement.SitePolicy.Nearest;
import io.archipelago.contracts.placement.SitePolicy.Spread;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SitePlannerTest {

    private static final Duration BELIEVED = Duration.ofMinutes(5);
    private static final Duration LEAD = Duration.ofMinutes(5);

    private final SitePlanner planner = new SitePlanner(TOKYO, w -> w.widened(LEAD, LEAD), null, BELIEVED);

    @Test
    void staysAtHomeIfThereIsRoom() {
        assertThat(plan(4, new FewestSites(), home(4), Map.of(OSAKA, room(OSAKA, 9))))
                .isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 4)));
    }

    @Test
    void takesTheRestFromThePeerWithMostRoom() {
        Map<SiteId, CapacityAdvertised> peers = Map.of(OSAKA, room(OSAKA, 5), NAGOYA, room(NAGOYA, 6));

        assertThat(plan(9, new FewestSites(), home(4), peers))
                .isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 4, NAGOYA, 5)));
        assertThat(plan(12, new FewestSites(), home(4), peers))
                .isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 4, NAGOYA, 6, OSAKA, 2)));
    }

    @Test
    void asksAPeerThatIsNotHeardOfAnyMoreOnlyWhereOthersDoNotDo() {
        CapacityAdvertised heard = room(OSAKA, 9);
        CapacityAdvertised silent =
                new CapacityAdvertised(OSAKA, NOON.minus(BELIEVED).minusSeconds(1), heard.slices(), heard.hosts());

        assertThat(plan(9, new FewestSites(), home(4), Map.of(OSAKA, heard, NAGOYA, room(NAGOYA, 5))))
                .isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 4, OSAKA, 5)));
        assertThat(plan(9, new FewestSites(), home(4), Map.of(OSAKA, silent, NAGOYA, room(NAGOYA, 5))))
                .isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 4, NAGOYA, 5)));
        assertThat(plan(12, new FewestSites(), home(4), Map.of(OSAKA, silent, NAGOYA, room(NAGOYA, 5))))
                .as("it may be back")
                .isInstanceOf(SitesPlanned.class);
    }

    @Test
    void keepsTheFrontendAtHomeEvenIfNoComputeFitsBesideIt() {
        assertThat(plan(3, new FewestSites(), home(0), Map.of(OSAKA, room(OSAKA, 3))))
                .isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 0, OSAKA, 3)));
    }

    @Test
    void choosesBetweenEqualPeersByName() {
        Map<SiteId, CapacityAdvertised> peers = Map.of(OSAKA, room(OSAKA, 5), NAGOYA, room(NAGOYA, 5));

        assertThat(plan(6, new FewestSites(), home(2), peers))
                .isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 2, NAGOYA, 4)));
    }

    @Test
    void spreadsMachinesOverAllSitesAsEvenlyAsTheyHaveRoom() {
        Map<SiteId, CapacityAdvertised> peers = Map.of(OSAKA, room(OSAKA, 9), NAGOYA, room(NAGOYA, 2));

        assertThat(plan(7, new Spread(), home(4), peers))
                .isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 3, OSAKA, 2, NAGOYA, 2)));
        assertThat(plan(12, new Spread(), home(4), peers))
                .isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 4, OSAKA, 6, NAGOYA, 2)));
        assertThat(plan(2, new Spread(), home(0), peers))
                .as("the master takes part in any case")
                .isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 0, OSAKA, 1, NAGOYA, 1)));
        assertThat(plan(16, new Spread(), home(4), peers)).isInstanceOf(PlanRefused.class);
    }

    @Test
    void takesTheCheapestFirstAndThoseThatTellNoPriceLast() {
        SitePlanner priced = new SitePlanner(TOKYO, w -> w.widened(LEAD, LEAD), 2.0, BELIEVED);
        Map<SiteId, CapacityAdvertised> peers = Map.of(
                TOKYO, room(TOKYO, 9).withPrice(0.0), OSAKA, room(OSAKA, 3).withPrice(1.5), NAGOYA, room(NAGOYA, 9));

        assertThat(priced.plan(question(5, new Cheapest(), Set.of()), home(4), peers))
                .as("what it said once does not count for itself")
                .isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 2, OSAKA, 3)));
        assertThat(priced.plan(question(8, new Cheapest(), Set.of()), home(4), peers))
                .isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 4, OSAKA, 3, NAGOYA, 1)));
        assertThat(plan(8, new Cheapest(), home(4), peers))
                .as("without a price of its own")
                .isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 4, OSAKA, 3, NAGOYA, 1)));
        assertThat(priced.advertise(home(4), NOON, 2).price()).isEqualTo(2.0);
    }

    @Test
    void takesTheNearestFirstAndThoseOfUnknownDistanceLast() {
        Map<SiteId, CapacityAdvertised> peers = Map.of(OSAKA, room(OSAKA, 3), NAGOYA, room(NAGOYA, 9));

        assertThat(nearest(6, peers, Map.of(OSAKA, 8.0, NAGOYA, 20.0)))
                .isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 4, OSAKA, 2)));
        assertThat(nearest(8, peers, Map.of(OSAKA, 8.0, NAGOYA, 20.0)))
                .isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 4, OSAKA, 3, NAGOYA, 1)));
        assertThat(nearest(6, peers, Map.of(OSAKA, 8.0)))
                .as("whose distance is not known is last, whatever room it has")
                .isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 4, OSAKA, 2)));
        assertThat(nearest(6, peers, Map.of()))
                .as("of equals the one with most room")
                .isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 4, NAGOYA, 2)));
    }

    private PlacementMessage nearest(int machines, Map<SiteId, CapacityAdvertised> peers, Map<SiteId, Double> trips) {
        return planner.plan(question(machines, new Nearest(), Set.of()), home(4), peers, trips);
    }

    @Test
    void doesNotAskWhoIsExcluded() {
        // Given
        PlanSites question = question(6, new FewestSites(), Set.of(OSAKA));

        // When
        PlacementMessage plan = planner.plan(question, home(4), Map.of(OSAKA, room(OSAKA, 9), NAGOYA, room(NAGOYA, 2)));

        // Then
        assertThat(plan).isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 4, NAGOYA, 2)));
    }

    @Test
    void doesNotTakeItsOwnAdvertisementForAPeers() {
        assertThat(plan(5, new FewestSites(), home(4), Map.of(TOKYO, room(TOKYO, 9))))
                .isInstanceOf(PlanRefused.class);
    }

    @Test
    void saysOfEverySiteHowManyWouldFit() {
        // When
        PlanRefused refused = (PlanRefused) plan(9, new FewestSites(), home(4), Map.of(OSAKA, room(OSAKA, 3)));

        // Then
        assertThat(refused.refusals()).containsOnlyKeys(TOKYO, OSAKA);
        assertThat(refused.refusals().get(OSAKA))
                .isEqualTo(new Refusal(
                        ErrorCode.NO_CAPACITY,
                        "machines",
                        "together the sites have too few machines: of 9 compute machines at most 3 fit here throughout"
                                + " the window",
                        null,
                        null,
                        3));
    }

    @Test
    void saysWhenItWouldFitAtHome() {
        // Given
        TimeWindow taken = WINDOW.widened(LEAD, LEAD);
        Calendar here = calendar(hosts(4), booking(1, 1, 1, taken, null));

        // When
        PlanRefused refused = (PlanRefused) plan(4, new FewestSites(), here, Map.of());

        // Then
        assertThat(refused.refusals().get(TOKYO))
                .extracting(Refusal::earliestStart)
                .isEqualTo(taken.end().plus(LEAD));
    }

    @Test
    void refusesWhereTheFrontendDoesNotFit() {
        // Given
        Calendar full = calendar(hosts(1), booking(99, 8, 8, WINDOW, null));

        // When
        PlanRefused refused = (PlanRefused) plan(1, new FewestSites(), full, Map.of(OSAKA, room(OSAKA, 9)));

        // Then
        assertThat(refused.refusals()).containsOnlyKeys(TOKYO);
        assertThat(refused.refusals().get(TOKYO))
                .extracting(Refusal::detail)
                .asString()
                .startsWith("the frontend does not fit");
    }

    @Test
    void takesTheSitesThatTheTenantNames() {
        Map<SiteId, CapacityAdvertised> peers = Map.of(OSAKA, room(OSAKA, 3), NAGOYA, room(NAGOYA, 9));

        assertThat(plan(4, new Named(Map.of(OSAKA, 3, TOKYO, 1)), home(1), peers))
                .isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 1, OSAKA, 3)));
        assertThat(plan(3, new Named(Map.of(OSAKA, 3)), home(1), peers))
                .isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 0, OSAKA, 3)));
    }

    @Test
    void saysOfEveryNamedSiteThatCanNotGiveItWhy() {
        // Given
        SiteId sendai = new SiteId("sendai");
        SiteId kyoto = new SiteId("kyoto");
        PlanSites question = question(8, new Named(Map.of(TOKYO, 2, OSAKA, 4, sendai, 1, kyoto, 1)), Set.of(kyoto));

        // When
        PlanRefused refused = (PlanRefused) planner.plan(question, home(4), Map.of(OSAKA, room(OSAKA, 3)));

        // Then
        assertThat(refused.refusals())
                .as("not tokyo, which has room, nor kyoto, which has said why itself")
                .isEqualTo(Map.of(
                        OSAKA,
                        new Refusal(
                                ErrorCode.NO_CAPACITY,
                                "machines",
                                "of the 4 compute machines asked of this site at most 3 fit throughout the window",
                                null,
                                null,
                                3),
                        sendai,
                        Refusal.of(ErrorCode.NO_CAPACITY, "machines", "no such site has told us what it has")));
    }

    @Test
    void asksNoSiteForMoreMachinesThanTheNetworkHasAddressesFor() {
        // Given
        Map<SiteId, CapacityAdvertised> peers = Map.of(OSAKA, room(OSAKA, 320));

        // Then
        assertThat(planner.plan(small(300, new FewestSites()), home(320), peers))
                .isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 252, OSAKA, 48)));
        assertThat(planner.plan(small(505, new FewestSites()), home(320), peers))
                .isInstanceOf(PlanRefused.class);
        assertThat(planner.plan(small(252, new Named(Map.of(OSAKA, 252))), home(0), peers))
                .isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 0, OSAKA, 252)));
        assertThat(planner.plan(small(253, new Named(Map.of(OSAKA, 253))), home(0), peers))
                .isInstanceOf(PlanRefused.class);
    }

    @Test
    void namesNoTimeAtWhichMachinesWithoutAddressesWouldFit() {
        PlanRefused refused = (PlanRefused) planner.plan(small(253, new FewestSites()), home(320), Map.of());

        assertThat(refused.refusals().get(TOKYO))
                .extracting(Refusal::earliestStart)
                .isNull();
    }

    @Test
    void asksASiteThatMayHaveEnoughWhereNoneIsLikelyTo() {
        // Given
        Map<SiteId, CapacityAdvertised> peers = Map.of(OSAKA, room(OSAKA, 2, 9), NAGOYA, room(NAGOYA, 3, 9));

        // Then
        assertThat(plan(5, new FewestSites(), home(0), peers))
                .isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 0, NAGOYA, 3, OSAKA, 2)));
        assertThat(plan(6, new FewestSites(), home(0), peers))
                .isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 0, NAGOYA, 6)));
        assertThat(plan(9, new Named(Map.of(OSAKA, 9)), home(0), peers)).isInstanceOf(SitesPlanned.class);
        assertThat(plan(10, new Named(Map.of(OSAKA, 10)), home(0), peers)).isInstanceOf(PlanRefused.class);
    }

    @Test
    void asksNoSiteForMoreThanItHasSaidItCanGive() {
        // Given
        Map<SiteId, CapacityAdvertised> peers = Map.of(OSAKA, room(OSAKA, 2, 9), NAGOYA, room(NAGOYA, 3, 9));
        PlanSites question = limited(6, new FewestSites(), Map.of(NAGOYA, 1, TOKYO, 2));

        // When
        PlacementMessage plan = planner.plan(question, home(4), peers);
        PlanRefused refused =
                (PlanRefused) planner.plan(limited(6, new Named(Map.of(NAGOYA, 6)), Map.of(NAGOYA, 1)), home(4), peers);

        // Then
        assertThat(plan).isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 2, OSAKA, 4)));
        assertThat(refused.refusals().get(NAGOYA))
                .extracting(Refusal::detail)
                .asString()
                .contains("at most 1 fit");
    }

    @Test
    void asksOthersForLessOnceOneHadLessThanWasLikely() {
        // Given
        SiteId sendai = new SiteId("sendai");
        Map<SiteId, CapacityAdvertised> peers =
                Map.of(OSAKA, room(OSAKA, 10, 20), NAGOYA, room(NAGOYA, 10, 20), sendai, room(sendai, 10, 20));

        // When
        PlacementMessage plan = planner.plan(limited(12, new FewestSites(), Map.of(OSAKA, 5)), home(0), peers);
        PlacementMessage more = planner.plan(limited(24, new FewestSites(), Map.of(OSAKA, 5)), home(0), peers);

        // Then
        assertThat(plan).isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 0, OSAKA, 5, NAGOYA, 4, sendai, 3)));
        assertThat(more)
                .isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 0, OSAKA, 4, NAGOYA, 10, sendai, 10)));
    }

    @Test
    void doesNotStandInItsOwnWay() {
        // Given: an earlier attempt's machine is still to be removed.
        Booking earlier =
                new Booking(ALLOCATION, host(1).value(), null, Amounts.of(PlacementLogic.CPUS, 1), WINDOW, null);

        // Then
        assertThat(plan(4, new FewestSites(), calendar(hosts(4), earlier), Map.of()))
                .isEqualTo(new SitesPlanned(RESERVATION, 1, Map.of(TOKYO, 4)));
    }

    @Test
    void saysThatOnlyHoldsStandInTheWay() {
        // Given
        Instant until = NOON.plusSeconds(30);
        Calendar held = calendar(hosts(4), booking(1, 1, 1, WINDOW, until));
        Calendar taken = calendar(hosts(4), booking(1, 1, 1, WINDOW, null), booking(2, 1, 1, WINDOW, until));

        // When
        PlanRefused passing = (PlanRefused) plan(4, new FewestSites(), held, Map.of(OSAKA, room(OSAKA, 0)));
        PlanRefused lasting = (PlanRefused) plan(4, new FewestSites(), taken, Map.of());

        // Then
        assertThat(passing.refusals().get(TOKYO))
                .extracting(Refusal::holdsOnlyUntil)
                .isEqualTo(until);
        assertThat(passing.refusals().get(OSAKA))
                .extracting(Refusal::holdsOnlyUntil)
                .isNull();
        assertThat(lasting.refusals().get(TOKYO))
                .extracting(Refusal::holdsOnlyUntil)
                .isNull();
    }

    private PlacementMessage plan(
            int computes, SitePolicy policy, Calendar here, Map<SiteId, CapacityAdvertised> peers) {
        return planner.plan(question(computes, policy, Set.of()), here, peers);
    }
}
