package io.archipelago.reservation.domain;

import static io.archipelago.reservation.domain.DomainFixture.FULL;
import static io.archipelago.reservation.domain.DomainFixture.NAGOYA;
import static io.archipelago.reservation.domain.DomainFixture.NOON;
import static io.archipelago.reservation.domain.DomainFixture.OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.PACE;
import static io.archipelago.reservation.domain.DomainFixture.RESERVATION;
import static io.archipelago.reservation.domain.DomainFixture.SITES;
import static io.archipelago.reservation.domain.DomainFixture.TOKYO;
import static io.archipelago.reservation.domain.DomainFixture.WINDOW;
import static io.archipelago.reservation.domain.DomainFixture.at;
import static io.archipelago.reservation.domain.DomainFixture.details;
import static io.archipelago.reservation.domain.DomainFixture.shared;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.HoldPurpose;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.federation.ShareMessage.HoldShare;
import io.archipelago.contracts.federation.ShareMessage.ShareHeld;
import io.archipelago.contracts.federation.ShareMessage.ShareRefused;
import io.archipelago.contracts.placement.Alternative;
import io.archipelago.contracts.placement.Alternative.Change;
import io.archipelago.contracts.placement.PlacementMessage.AlternativesFound;
import io.archipelago.contracts.placement.PlacementMessage.FindAlternatives;
import io.archipelago.contracts.placement.PlacementMessage.PlanRefused;
import io.archipelago.contracts.placement.PlacementMessage.PlanSites;
import io.archipelago.contracts.placement.PlacementMessage.SitesPlanned;
import io.archipelago.contracts.placement.SitePolicy.FewestSites;
import io.archipelago.reservation.domain.Outgoing.ToPlacement;
import io.archipelago.reservation.domain.Outgoing.ToSite;
import io.archipelago.reservation.domain.Reservation.Closed;
import io.archipelago.reservation.domain.Reservation.Offering;
import io.archipelago.reservation.domain.Reservation.Planning;
import io.archipelago.reservation.domain.Reservation.State;
import io.archipelago.reservation.domain.Share.Stage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a master does that is only asked whether something could be had. */
class PreviewMovesTest {

    private static final Alternative FEWER = new Alternative(Change.FEWER, WINDOW, 4, new FewestSites());

    private final ReservationMoves moves = new ReservationMoves(SITES, PACE);

    @Test
    void allSitesAreProbedAndOnceAllWouldHoldNobodyHearsMore() {
        // When
        Decision<Reservation> asked = planned(begun(), 1, Map.of(TOKYO, 2, OSAKA, 4));

        // Then
        assertThat(asked.messages()).hasSize(2).allSatisfy(message -> {
            HoldShare hold = (HoldShare) ((ToSite) message).message();
            assertThat(hold.heldFor()).isEqualTo(HoldPurpose.PROBE);
            assertThat(hold.holdFor()).isEqualTo(PACE.probeFor());
        });
        assertThat(asked.next().deadline()).isEqualTo(NOON.plus(PACE.probeFor()).minus(PACE.margin()));

        // When
        Decision<Reservation> one = held(asked.next(), TOKYO, 1);
        Decision<Reservation> all = held(one.next(), OSAKA, 1);

        // Then
        assertThat(one.messages()).isEmpty();
        assertThat(one.next().state()).isEqualTo(State.REQUESTED);
        assertThat(all.messages()).isEmpty();
        assertThat(all.next()).isInstanceOf(Closed.class);
        assertThat(all.next().state()).isEqualTo(State.FITS);
        assertThat(all.next().due()).isNull();
        assertThat(all.next().shares().values()).extracting(Share::stage).containsOnly(Stage.PROBED);
    }

    @Test
    void anotherPlanIsTriedAndNobodyHasAnythingToGiveBack() {
        // Given
        Reservation asked = held(planned(begun(), 1, Map.of(TOKYO, 2, OSAKA, 4)).next(), TOKYO, 1)
                .next();

        // When
        Decision<Reservation> refused = moves.onAnswer(asked, new ShareRefused(at(OSAKA), 1, List.of(FULL)), NOON)
                .orElseThrow();

        // Then
        assertThat(refused.messages()).singleElement().satisfies(message -> {
            PlanSites question = (PlanSites) ((ToPlacement) message).question();
            assertThat(question.attempt()).isEqualTo(2);
            assertThat(question.excluded()).containsExactly(OSAKA);
        });
        assertThat(refused.next().shares().values())
                .noneMatch(share -> share.stage().open());

        // When
        Reservation again = planned((Planning) refused.next(), 2, Map.of(TOKYO, 2, NAGOYA, 4))
                .next();
        Reservation fits = held(held(again, TOKYO, 2).next(), NAGOYA, 1).next();

        // Then
        assertThat(fits.state()).isEqualTo(State.FITS);
        assertThat(stage(fits, OSAKA)).isEqualTo(Stage.REFUSED);
        assertThat(stage(fits, NAGOYA)).isEqualTo(Stage.PROBED);
    }

    @Test
    void aSiteOfAnAttemptThatFailedIsNoneOfThePlanThatFits() {
        // Given: tokyo and osaka would hold, nagoya would not
        Reservation asked =
                planned(begun(), 1, Map.of(TOKYO, 1, OSAKA, 2, NAGOYA, 3)).next();
        Reservation two = held(held(asked, TOKYO, 1).next(), OSAKA, 1).next();
        Reservation again = moves.onAnswer(two, new ShareRefused(at(NAGOYA), 1, List.of(FULL)), NOON)
                .orElseThrow()
                .next();

        // When
        Reservation fits = held(planned((Planning) again, 2, Map.of(TOKYO, 6)).next(), TOKYO, 2)
                .next();

        // Then
        assertThat(fits.state()).isEqualTo(State.FITS);
        assertThat(stage(fits, TOKYO)).isEqualTo(Stage.PROBED);
        assertThat(stage(fits, OSAKA)).isEqualTo(Stage.RELEASED);
        assertThat(stage(fits, NAGOYA)).isEqualTo(Stage.REFUSED);
    }

    @Test
    void aSiteThatCanNotBeJoinedIsInTheWayOfNoOtherPlan() {
        // Given: osaka joins links in no way that tokyo can
        Reservation asked = held(planned(begun(), 1, Map.of(TOKYO, 2, OSAKA, 4)).next(), TOKYO, 1)
                .next();
        Facts.Shared osaka = shared(OSAKA);
        Facts.Endpoint strange =
                new Facts.Endpoint(osaka.endpoint().address(), osaka.endpoint().port(), List.of());
        Facts.Shared alone =
                new Facts.Shared(osaka.site(), osaka.siteNumber(), osaka.groups(), osaka.vlan(), strange, osaka.mtu());

        // When
        Reservation again = moves.onAnswer(asked, new ShareHeld(at(OSAKA), 1, NOON.plusSeconds(40), alone), NOON)
                .orElseThrow()
                .next();

        // Then
        assertThat(((Planning) again).attempt().excluded()).containsExactly(OSAKA);

        // When
        Reservation third = held(
                        planned((Planning) again, 2, Map.of(TOKYO, 2, NAGOYA, 4))
                                .next(),
                        TOKYO,
                        2)
                .next();

        // Then
        assertThat(held(third, NAGOYA, 1).next().state()).isEqualTo(State.FITS);
    }

    @Test
    void isOverWhenNobodyPlansItInTime() {
        Planning asked = begun();
        Instant late = NOON.plus(PACE.previewFor());

        Decision<Reservation> before = moves.onDue(asked, late.minusSeconds(1)).orElseThrow();
        Decision<Reservation> over = moves.onDue(asked, late).orElseThrow();

        assertThat(before.next()).isInstanceOf(Planning.class);
        assertThat(over.next().state()).isEqualTo(State.REFUSED);
        assertThat(over.next().due()).isNull();
        assertThat(over.messages()).isEmpty();
    }

    @Test
    void alternativesAreLookedForEachByItselfAndAllOfThem() {
        Planning last = new Planning(preview(), new Attempt(PACE.attempts(), Set.of(), Map.of()), Map.of(), 1, NOON);

        Decision<Reservation> refused = moves.onPlanRefused(
                        last, new PlanRefused(RESERVATION, PACE.attempts(), Map.of(TOKYO, FULL)), NOON)
                .orElseThrow();

        assertThat(((ToPlacement) refused.messages().getFirst()).question())
                .isInstanceOfSatisfying(FindAlternatives.class, question -> {
                    assertThat(question.areApart()).isTrue();
                    assertThat(question.atMost()).isEqualTo(Change.values().length);
                });
    }

    @Test
    void whoIsSilentIsNotWaitedForAsLongAsOneThatIsToHold() {
        // Given
        Reservation asked = held(planned(begun(), 1, Map.of(TOKYO, 2, OSAKA, 4)).next(), TOKYO, 1)
                .next();
        Instant late = NOON.plus(PACE.probeFor()).minus(PACE.margin());

        // When
        Decision<Reservation> next = moves.onDue(asked, late).orElseThrow();

        // Then
        Planning planning = (Planning) next.next();
        assertThat(planning.attempt().excluded()).containsExactly(OSAKA);
        assertThat(planning.attempt().refusals().get(OSAKA))
                .extracting(Refusal::code)
                .containsExactly(ErrorCode.NO_ANSWER);
        assertThat(next.messages()).allMatch(ToPlacement.class::isInstance);
    }

    @Test
    void whatCouldBeHadInsteadIsOnlyProbedAsWell() {
        // Given
        Planning last = new Planning(preview(), new Attempt(PACE.attempts(), Set.of(), Map.of()), Map.of(), 1, NOON);
        Reservation offering = moves.onPlanRefused(
                        last, new PlanRefused(RESERVATION, PACE.attempts(), Map.of(TOKYO, FULL)), NOON)
                .orElseThrow()
                .next();
        assertThat(offering).isInstanceOf(Offering.class);

        // When
        List<Decision<Reservation>> decisions =
                moves.onAlternatives(offering, new AlternativesFound(RESERVATION, List.of(FEWER)), NOON);

        // Then
        assertThat(decisions.getFirst().next().state()).isEqualTo(State.REFUSED);
        Planning fewer = (Planning) decisions.getLast().next();
        assertThat(fewer.details().preview()).isTrue();

        // When
        Decision<Reservation> asked = moves.onPlanned(fewer, new SitesPlanned(fewer.id(), 1, Map.of(TOKYO, 4)), NOON)
                .orElseThrow();
        Decision<Reservation> fits = moves.onAnswer(
                        asked.next(),
                        new ShareHeld(new AllocationId(fewer.id(), TOKYO), 1, NOON.plusSeconds(40), shared(TOKYO)),
                        NOON)
                .orElseThrow();

        // Then
        assertThat(((HoldShare) ((ToSite) asked.messages().getFirst()).message()).heldFor())
                .isEqualTo(HoldPurpose.PROBE);
        assertThat(fits.next().state()).isEqualTo(State.FITS);
        assertThat(fits.messages()).isEmpty();
        assertThat(moves.accept(decisions.getFirst().next(), 1, Map.of(fewer.id(), fits.next()), NOON))
                .as("nothing is held that could be accepted")
                .isInstanceOf(Acceptance.Declined.class);
    }

    private static Stage stage(Reservation preview, SiteId site) {
        return Objects.requireNonNull(preview.shares().get(site)).stage();
    }

    private Planning begun() {
        return (Planning) moves.request(preview(), NOON).next();
    }

    private static Details preview() {
        return details().previewed();
    }

    private Decision<Reservation> planned(Planning planning, int attempt, Map<SiteId, Integer> computes) {
        return moves.onPlanned(planning, new SitesPlanned(planning.id(), attempt, computes), NOON)
                .orElseThrow();
    }

    private Decision<Reservation> held(Reservation holding, SiteId site, long sequence) {
        return moves.onAnswer(holding, new ShareHeld(at(site), sequence, NOON.plusSeconds(40), shared(site)), NOON)
                .orElseThrow();
    }
}
