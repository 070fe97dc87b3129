package io.archipelago.reservation.domain;

import static io.archipelago.reservation.domain.DomainFixture.AT_OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.END;
import static io.archipelago.reservation.domain.DomainFixture.FULL;
import static io.archipelago.reservation.domain.DomainFixture.NAGOYA;
import static io.archipelago.reservation.domain.DomainFixture.NOON;
import static io.archipelago.reservation.domain.DomainFixture.OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.PACE;
import static io.archipelago.reservation.domain.DomainFixture.RESERVATION;
import static io.archipelago.reservation.domain.DomainFixture.SITES;
import static io.archipelago.reservation.domain.DomainFixture.START;
import static io.archipelago.reservation.domain.DomainFixture.TOKYO;
import static io.archipelago.reservation.domain.DomainFixture.at;
import static io.archipelago.reservation.domain.DomainFixture.details;
import static io.archipelago.reservation.domain.DomainFixture.shared;
import static io.archipelago.reservation.domain.ReservationStates.SEQUENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.federation.ShareMessage.HoldShare;
import io.archipelago.contracts.federation.ShareMessage.ReleaseShare;
import io.archipelago.contracts.federation.ShareMessage.ShareHeld;
import io.archipelago.contracts.federation.ShareMessage.ShareRefused;
import io.archipelago.contracts.federation.ShareMessage.ShareReleased;
import io.archipelago.contracts.federation.ShareMessage.ShareStatus;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.placement.PlacementMessage.PlanSites;
import io.archipelago.contracts.placement.PlacementMessage.SitesPlanned;
import io.archipelago.reservation.domain.Clustered.Running;
import io.archipelago.reservation.domain.Outgoing.ToPlacement;
import io.archipelago.reservation.domain.Outgoing.ToSite;
import io.archipelago.reservation.domain.Reservation.Holding;
import io.archipelago.reservation.domain.Reservation.Planning;
import io.archipelago.reservation.domain.Reservation.State;
import io.archipelago.reservation.domain.Share.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReservationMovesTest {

    private final ReservationMoves moves = new ReservationMoves(SITES, PACE);

    @Test
    void asksPlacementAndThenEverySiteOfThePlan() {
        // When
        Decision<Reservation> asked = moves.request(details(), NOON);

        // Then
        assertThat(asked.messages())
                .containsExactly(new ToPlacement(new PlanSites(
                        RESERVATION,
                        1,
                        details().request().window(),
                        details().request().frontend(),
                        details().request().compute(),
                        details().request().policy(),
                        Set.of(),
                        details().request().network(),
                        Map.of())));

        // When
        Decision<Reservation> planned = plan(asked.next(), Map.of(OSAKA, 6));

        // Then
        assertThat(planned.messages()).extracting(m -> ((ToSite) m).site()).containsExactly(OSAKA, TOKYO);
        AllocationSpec master = holdOf(planned, TOKYO).spec();
        assertThat(master.groups()).extracting(MachineGroup::firstOrdinal).containsExactly(4093);
        assertThat(master.peers()).containsExactly(OSAKA);
        assertThat(master.siteNumber()).isEqualTo(1);
        AllocationSpec worker = holdOf(planned, OSAKA).spec();
        assertThat(worker.groups()).singleElement().matches(g -> g.count() == 6 && g.firstOrdinal() == 1);
        assertThat(worker.peers()).containsExactly(TOKYO);
        assertThat(worker.master()).isEqualTo(TOKYO);
        assertThat(planned.next().deadline()).isEqualTo(NOON.plusSeconds(50));
    }

    @Test
    void asksASiteAgainUnderANewSequenceAndIgnoresLateAnswersOfTheAttemptBefore() {
        // Given
        Decision<Reservation> planned = plan(ReservationStates.planning(), Map.of(TOKYO, 4, OSAKA, 2));
        Reservation holding = planned.next();

        // When
        var late = new ShareReleased(AT_OSAKA, SEQUENCE);

        // Then
        assertThat(holdOf(planned, OSAKA).sequence()).isEqualTo(SEQUENCE + 1);
        assertThat(moves.onAnswer(holding, late, NOON)).isEmpty();
        assertThat(moves.onAnswer(holding, new ShareRefused(AT_OSAKA, SEQUENCE, List.of(FULL)), NOON))
                .isEmpty();
    }

    @Test
    void letsGoOfAnEarlierAttemptsShareWhileItHoldsOthers() {
        // Given
        Decision<Reservation> planned = plan(ReservationStates.planning(), Map.of(TOKYO, 4, NAGOYA, 2));

        // When
        Reservation after = moves.onAnswer(planned.next(), new ShareReleased(AT_OSAKA, SEQUENCE), NOON)
                .orElseThrow()
                .next();

        // Then
        assertThat(after).isInstanceOf(Holding.class);
        assertThat(after.shares().get(OSAKA)).extracting(Share::stage).isEqualTo(Stage.RELEASED);

        // When
        Reservation held = hold(hold(planned.next(), TOKYO), NAGOYA);
        Reservation heldAfter = moves.onAnswer(held, new ShareReleased(AT_OSAKA, SEQUENCE), NOON)
                .orElseThrow()
                .next();

        // Then
        assertThat(heldAfter).isInstanceOf(Reservation.Held.class);
        assertThat(((Reservation.Held) heldAfter).cluster().sites())
                .extracting("site")
                .containsExactly(TOKYO, NAGOYA);
    }

    @Test
    void triesWithoutASiteWhoseGatewayCanNotBeJoinedWithTheMasters() {
        // Given
        Reservation holding = hold(
                plan(ReservationStates.planning(), Map.of(TOKYO, 4, NAGOYA, 2)).next(), TOKYO);
        Share share = Objects.requireNonNull(holding.shares().get(NAGOYA));
        Facts.Shared usual = shared(NAGOYA);
        Facts.Endpoint strange =
                new Facts.Endpoint("203.0.113.3", 20000, List.of(new Facts.LinkOffer(LinkDriver.GRETAP, "", 1458)));
        Facts.Shared facts =
                new Facts.Shared(NAGOYA, usual.siteNumber(), usual.groups(), usual.vlan(), strange, usual.mtu());

        // When
        Decision<Reservation> decision = moves.onAnswer(
                        holding, new ShareHeld(at(NAGOYA), share.sequence(), NOON.plusSeconds(60), facts), NOON)
                .orElseThrow();

        // Then
        Planning planning = (Planning) decision.next();
        assertThat(planning.attempt().excluded()).contains(NAGOYA);
        assertThat(planning.attempt().refusals().get(NAGOYA))
                .extracting(Refusal::code)
                .containsExactly(ErrorCode.UNSUPPORTED);
        assertThat(planning.shares().get(NAGOYA)).extracting(Share::stage).isEqualTo(Stage.RELEASING);
        assertThat(planning.shares().get(TOKYO)).extracting(Share::stage).isEqualTo(Stage.RELEASING);
    }

    @Test
    void goesOnReleasingInTheBackgroundWhatAnAttemptLeft() {
        // Given
        Planning pausing = new Planning(
                details(), Attempt.first(), ReservationStates.planning().shares(), 1, NOON.plusSeconds(60));

        // When
        Decision<Reservation> decision =
                moves.onDue(pausing, ReservationStates.ASK_AGAIN).orElseThrow();

        // Then
        assertThat(decision.messages()).containsExactly(new ToSite(OSAKA, new ReleaseShare(AT_OSAKA, SEQUENCE)));
        assertThat(decision.next()).isInstanceOf(Planning.class);
        assertThat(decision.next().due()).isEqualTo(ReservationStates.ASK_AGAIN.plusSeconds(10));
    }

    @Test
    void doesNotConfirmAClusterWithoutASiteThatGaveItsShareBack() {
        // When
        Decision<Reservation> decision = moves.onAnswer(
                        ReservationStates.holding(), new ShareReleased(AT_OSAKA, SEQUENCE), NOON)
                .orElseThrow();

        // Then
        Planning planning = (Planning) decision.next();
        assertThat(planning.attempt().refusals().get(OSAKA))
                .extracting(Refusal::code)
                .containsExactly(ErrorCode.HOLD_EXPIRED);
        assertThat(planning.shares().get(TOKYO)).extracting(Share::stage).isEqualTo(Stage.RELEASING);
    }

    @Test
    void endsWithTheFirstSiteThatEndsByItsOwnClock() {
        for (Reservation state :
                List.of(ReservationStates.scheduled(), ReservationStates.running(State.ACTIVE, Progress.READY))) {
            // When
            Decision<Reservation> decision = moves.onAnswer(state, new ShareReleased(AT_OSAKA, SEQUENCE), END)
                    .orElseThrow();

            // Then
            assertThat(decision.next().state()).isEqualTo(State.RELEASING);
            assertThat(decision.messages())
                    .containsExactly(new ToSite(TOKYO, new ReleaseShare(at(TOKYO), SEQUENCE + 1)));
        }
    }

    @Test
    void asksForAShareBackThatItsSiteRefusesAfterItConfirmed() {
        // When
        Running refused = (Running) moves.onAnswer(
                        ReservationStates.running(State.ACTIVE, Progress.READY),
                        new ShareRefused(AT_OSAKA, SEQUENCE, List.of(FULL)),
                        START)
                .orElseThrow()
                .next();
        Decision<Reservation> cancelled = moves.cancel(refused, START).orElseThrow();

        // Then
        assertThat(refused.state()).isEqualTo(State.DEGRADED);
        assertThat(refused.shares().get(OSAKA)).extracting(Share::stage).isEqualTo(Stage.LOST);
        assertThat(cancelled.messages()).contains(new ToSite(OSAKA, new ReleaseShare(AT_OSAKA, SEQUENCE + 1)));
    }

    @Test
    void isDegradedWhenItIsLateAndActiveOnceItIsComplete() {
        // Given
        Reservation deploying = ReservationStates.running(State.DEPLOYING, Progress.DEPLOYING);
        Instant late = START.plus(PACE.deployWithin());

        // When
        Running degraded = (Running) moves.onDue(deploying, late).orElseThrow().next();
        Running active = (Running) moves.onAnswer(
                        degraded,
                        new ShareStatus(AT_OSAKA, SEQUENCE, Progress.READY, List.of(), null, shared(OSAKA)),
                        late)
                .orElseThrow()
                .next();
        Running again = (Running) moves.onAnswer(
                        active,
                        new ShareStatus(AT_OSAKA, SEQUENCE, Progress.DEPLOYING, List.of(), null, shared(OSAKA)),
                        late)
                .orElseThrow()
                .next();

        // Then
        assertThat(degraded.state()).isEqualTo(State.DEGRADED);
        assertThat(degraded.deadline()).isEqualTo(END);
        assertThat(active.state()).isEqualTo(State.ACTIVE);
        assertThat(again.state()).isEqualTo(State.DEGRADED);
    }

    @Test
    void givesALateStartTheWholeTimeToDeploy() {
        // Given
        Instant late = START.plusSeconds(300);

        // When
        Running running = (Running) moves.onAnswer(
                        ReservationStates.scheduled(),
                        new ShareStatus(AT_OSAKA, SEQUENCE, Progress.DEPLOYING, List.of(), null, shared(OSAKA)),
                        late)
                .orElseThrow()
                .next();

        // Then
        assertThat(running.completeBy()).isEqualTo(late.plus(PACE.deployWithin()));
    }

    @Test
    void takesTheLeastMtuOfItsSites() {
        // Given
        Reservation holding =
                plan(ReservationStates.planning(), Map.of(TOKYO, 4, OSAKA, 2)).next();

        // When
        Reservation held = hold(hold(holding, TOKYO), OSAKA);

        // Then
        Facts.OfCluster cluster = ((Reservation.Held) held).cluster();
        assertThat(cluster.mtu()).isEqualTo(DomainFixture.cluster().mtu());
        assertThat(cluster.sites()).extracting(Facts.Shared::site).containsExactly(TOKYO, OSAKA);
    }

    @Test
    void takesASitesMachinesForThoseThatItWasAskedForWhateverItSays() {
        // Given: each site says that it gives two compute machines.
        Reservation holding =
                plan(ReservationStates.planning(), Map.of(TOKYO, 4, OSAKA, 2)).next();

        // When
        Reservation held = hold(hold(holding, TOKYO), OSAKA);

        // Then
        Facts.Shared tokyo = ((Reservation.Held) held).cluster().at(TOKYO).orElseThrow();
        assertThat(tokyo.groups())
                .isEqualTo(
                        Objects.requireNonNull(held.shares().get(TOKYO)).spec().groups())
                .extracting(MachineGroup::count)
                .containsExactly(1, 4);
    }

    @Test
    void asksAgainLessAndLessOften() {
        assertThat(List.of(1, 2, 3, 4, 5, 99).stream().map(PACE::again))
                .containsExactly(
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(40),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(60));
    }

    private Decision<Reservation> plan(Reservation planning, Map<SiteId, Integer> computes) {
        return moves.onPlanned(planning, new SitesPlanned(RESERVATION, 1, computes), NOON)
                .orElseThrow();
    }

    private Reservation hold(Reservation holding, SiteId site) {
        Share share = Objects.requireNonNull(holding.shares().get(site));
        return moves.onAnswer(
                        holding, new ShareHeld(at(site), share.sequence(), NOON.plusSeconds(60), shared(site)), NOON)
                .orElseThrow()
                .next();
    }

    private static HoldShare holdOf(Decision<Reservation> decision, SiteId site) {
        return decision.messages().stream()
                .map(m -> (ToSite) m)
                .filter(m -> m.site().equals(site))
                .map(m -> (HoldShare) m.message())
                .findFirst()
                .orElseThrow();
    }
}
