package io.archipelago.reservation.domain;

import static io.archipelago.reservation.domain.DomainFixture.FULL;
import static io.archipelago.reservation.domain.DomainFixture.HOLDS_ONLY;
import static io.archipelago.reservation.domain.DomainFixture.NAGOYA;
import static io.archipelago.reservation.domain.DomainFixture.NOON;
import static io.archipelago.reservation.domain.DomainFixture.OFFER;
import static io.archipelago.reservation.domain.DomainFixture.OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.PACE;
import static io.archipelago.reservation.domain.DomainFixture.RESERVATION;
import static io.archipelago.reservation.domain.DomainFixture.SITES;
import static io.archipelago.reservation.domain.DomainFixture.START;
import static io.archipelago.reservation.domain.DomainFixture.TOKYO;
import static io.archipelago.reservation.domain.DomainFixture.WINDOW;
import static io.archipelago.reservation.domain.DomainFixture.details;
import static io.archipelago.reservation.domain.DomainFixture.offer;
import static io.archipelago.reservation.domain.DomainFixture.shared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.Uuid7;
import io.archipelago.contracts.allocation.HoldPurpose;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.federation.ShareDigest;
import io.archipelago.contracts.federation.ShareMessage.ConfirmShare;
import io.archipelago.contracts.federation.ShareMessage.HoldShare;
import io.archipelago.contracts.federation.ShareMessage.ReleaseShare;
import io.archipelago.contracts.federation.ShareMessage.ShareHeld;
import io.archipelago.contracts.federation.ShareMessage.ShareRefused;
import io.archipelago.contracts.placement.Alternative;
import io.archipelago.contracts.placement.Alternative.Change;
import io.archipelago.contracts.placement.PlacementMessage.AlternativesFound;
import io.archipelago.contracts.placement.PlacementMessage.FindAlternatives;
import io.archipelago.contracts.placement.PlacementMessage.PlanRefused;
import io.archipelago.contracts.placement.PlacementMessage.SitesPlanned;
import io.archipelago.contracts.placement.SitePolicy.FewestSites;
import io.archipelago.reservation.domain.Acceptance.Accepted;
import io.archipelago.reservation.domain.Acceptance.Declined;
import io.archipelago.reservation.domain.Outgoing.ToPlacement;
import io.archipelago.reservation.domain.Outgoing.ToSite;
import io.archipelago.reservation.domain.Reservation.Closed;
import io.archipelago.reservation.domain.Reservation.Held;
import io.archipelago.reservation.domain.Reservation.Holding;
import io.archipelago.reservation.domain.Reservation.Offered;
import io.archipelago.reservation.domain.Reservation.Offering;
import io.archipelago.reservation.domain.Reservation.Planning;
import io.archipelago.reservation.domain.Reservation.Releasing;
import io.archipelago.reservation.domain.Reservation.State;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is offered to a tenant whose request is refused, from the refusal to its word. */
class OfferMovesTest {

    private static final TimeWindow LATER =
            new TimeWindow(START.plus(Duration.ofHours(3)), START.plus(Duration.ofHours(4)));
    private static final Alternative FEWER = new Alternative(Change.FEWER, WINDOW, 4, new FewestSites());

    private final ReservationMoves moves = new ReservationMoves(SITES, PACE);

    @Test
    void placementIsAskedWhatCouldBeHadBeforeARequestIsRefused() {
        // Given
        Refusal some = new Refusal(ErrorCode.NO_CAPACITY, "machines", "two fit", null, null, 2);
        Refusal silent = Refusal.of(ErrorCode.NO_ANSWER, "machines", "the site did not answer in time");

        // When
        FindAlternatives question = question(Map.of(OSAKA, some, NAGOYA, silent, TOKYO, FULL));

        // Then
        assertThat(question.request().excluded()).containsExactly(NAGOYA);
        assertThat(question.request().limits()).isEqualTo(Map.of(OSAKA, 2, TOKYO, 0));
        assertThat(question.request().window()).isEqualTo(WINDOW);
        assertThat(question.notBefore()).isNull();
        assertThat(question.atMost()).isEqualTo(PACE.offers());
    }

    @Test
    void whatThisSiteIsShortOfBesideMachinesSaysHowSoonSomethingCanStart() {
        Refusal vlans = new Refusal(ErrorCode.NO_CAPACITY, "vlan", "all taken", null, LATER.start(), null);
        Refusal machines = new Refusal(ErrorCode.NO_CAPACITY, "machines", "two fit", null, LATER.end(), 2);
        Refusal volumes = new Refusal(ErrorCode.NO_CAPACITY, "volume space", "those of two fit", null, LATER.end(), 2);

        assertThat(question(Map.of(TOKYO, vlans)).notBefore()).isEqualTo(LATER.start());
        assertThat(question(Map.of(TOKYO, volumes)).notBefore())
                .as("placement knows nothing of volumes, though fewer machines would do")
                .isEqualTo(LATER.end());
        assertThat(question(Map.of(TOKYO, machines)).notBefore())
                .as("others may stand in")
                .isNull();
        assertThat(question(Map.of(OSAKA, vlans)).notBefore())
                .as("others may stand in")
                .isNull();
    }

    @Test
    void whatPlacementReckonsOfOthersLimitsNobody() {
        // Given: at best osaka has five, and is likely to have fewer.
        Refusal atBest = new Refusal(ErrorCode.NO_CAPACITY, "machines", "at most five fit", null, null, 5);

        // When
        Decision<Reservation> decision =
                refuse(moves, ReservationStates.planning(), Map.of(), Map.of(TOKYO, FULL, OSAKA, atBest));

        // Then
        FindAlternatives question =
                (FindAlternatives) ((ToPlacement) decision.messages().getFirst()).question();
        assertThat(question.request().limits()).isEmpty();
        assertThat(((Offering) decision.next()).refusals()).containsOnlyKeys(TOKYO, OSAKA);
    }

    @Test
    void aSiteInWhoseWayOnlyHoldsStoodIsNotLimited() {
        assertThat(question(Map.of(OSAKA, HOLDS_ONLY)).request().limits()).isEmpty();
    }

    @Test
    void becomesAReservationOfItsOwnThatIsHeldUntilTheTenantHasThoughtOfIt() {
        // When
        List<Decision<Reservation>> decisions = moves.onAlternatives(
                ReservationStates.offering(),
                new AlternativesFound(
                        RESERVATION, List.of(FEWER, new Alternative(Change.LATER, LATER, 6, new FewestSites()))),
                NOON);

        // Then
        Closed refused = (Closed) decisions.getFirst().next();
        assertThat(refused.state()).isEqualTo(State.REFUSED);
        assertThat(refused.refusals()).isEqualTo(ReservationStates.offering().refusals());
        assertThat(refused.offers())
                .extracting(Offer::number, Offer::change)
                .containsExactly(tuple(1, Change.FEWER), tuple(2, Change.LATER));
        Planning fewer = (Planning) decisions.get(1).next();
        Planning later = (Planning) decisions.get(2).next();
        assertThat(fewer.id())
                .isEqualTo(OFFER)
                .isEqualTo(refused.offers().getFirst().reservation());
        assertThat(fewer.details()).isEqualTo(offer());
        assertThat(later.details().request().window()).isEqualTo(LATER);
        assertThat(later.id()).isNotEqualTo(fewer.id());

        // When
        Decision<Reservation> planned = moves.onPlanned(
                        fewer, new SitesPlanned(OFFER, 1, Map.of(TOKYO, 2, OSAKA, 2)), NOON)
                .orElseThrow();

        // Then
        assertThat(planned.messages()).hasSize(2).allSatisfy(message -> {
            HoldShare hold = (HoldShare) ((ToSite) message).message();
            assertThat(hold.heldFor()).isEqualTo(HoldPurpose.OFFER);
            assertThat(hold.holdFor())
                    .as("to hold all, to think of it, to confirm all")
                    .isEqualTo(PACE.offerFor().plus(PACE.holdFor().multipliedBy(2)));
        });

        // When
        Decision<Reservation> held = allHold(planned.next());

        // Then
        assertThat(held.messages()).as("it is the tenant's to say").isEmpty();
        assertThat(held.next()).isInstanceOf(Offered.class);
        assertThat(held.next().state()).isEqualTo(State.HELD);
        assertThat(held.next().due()).isEqualTo(NOON.plus(PACE.offerFor()));
    }

    @Test
    void nothingIsOfferedIfNothingWasFound() {
        List<Decision<Reservation>> decisions =
                moves.onAlternatives(ReservationStates.offering(), new AlternativesFound(RESERVATION, List.of()), NOON);

        assertThat(decisions).singleElement().satisfies(decision -> {
            assertThat(decision.next().state()).isEqualTo(State.REFUSED);
            assertThat(((Closed) decision.next()).offers()).isEmpty();
        });
    }

    @Test
    void nothingIsOfferedInsteadOfAnOfferNorWhereOffersAreSwitchedOff() {
        // Given
        Planning anOffer = new Planning(offer(), Attempt.first(), Map.of(), 1, NOON.plusSeconds(5));
        Pace without = new Pace(
                PACE.holdFor(),
                PACE.margin(),
                PACE.askAgain(),
                PACE.askAgainAtMost(),
                PACE.lead(),
                PACE.deployWithin(),
                PACE.replaceAgain(),
                PACE.attempts(),
                0,
                PACE.offerFor(),
                PACE.probeFor());

        // Then
        assertThat(refuse(moves, anOffer, Map.of(), Map.of(TOKYO, FULL)).next()).isInstanceOf(Closed.class);
        assertThat(refuse(
                                new ReservationMoves(SITES, without),
                                ReservationStates.planning(),
                                Map.of(),
                                Map.of(TOKYO, FULL))
                        .next())
                .isInstanceOf(Closed.class);
    }

    @Test
    void isConfirmedOnceTheTenantWantsItAndTheOthersMakeWay() {
        // Given
        Reservation other = open(id(2));
        Closed refused = refused();

        // When
        Accepted accepted = (Accepted)
                moves.accept(refused, 1, Map.of(OFFER, open(OFFER), other.id(), other), NOON.plusSeconds(299));

        // Then
        assertThat(accepted.offer()).isInstanceOf(Held.class);
        assertThat(accepted.offer().details().offerTo()).isNull();
        assertThat(accepted.decisions()).hasSize(2);
        assertThat(accepted.decisions().getFirst().messages())
                .allSatisfy(message -> assertThat(((ToSite) message).message()).isInstanceOf(ConfirmShare.class));
        assertThat(accepted.decisions().get(1).next())
                .isInstanceOfSatisfying(
                        Releasing.class, gone -> assertThat(gone.outcome()).isEqualTo(State.CANCELLED));
        assertThat(accepted.decisions().get(1).messages())
                .allSatisfy(message -> assertThat(((ToSite) message).message()).isInstanceOf(ReleaseShare.class));
    }

    @Test
    void isAReservationLikeAnyOtherOnceItIsAccepted() {
        // Given
        Reservation accepted = ((Accepted) moves.accept(refused(), 1, Map.of(OFFER, open(OFFER)), NOON)).offer();
        Share osaka = Objects.requireNonNull(accepted.shares().get(OSAKA));

        // When
        Decision<Reservation> again = moves.onAnswer(
                        accepted, new ShareRefused(osaka.id(), osaka.sequence(), List.of(Plans.gaveBack())), NOON)
                .orElseThrow();

        // Then
        assertThat(again.next()).as("another attempt").isInstanceOf(Planning.class);
        assertThat(again.next().details().offerTo()).isNull();
        assertThat(moves.accept(refused(), 1, Map.of(OFFER, accepted), NOON))
                .as("to say so again changes nothing")
                .isEqualTo(new Accepted(accepted, List.of()));
    }

    @Test
    void canNotBeHadTwiceTooSoonOrTooLate() {
        // Given
        Reservation accepted = ((Accepted) moves.accept(refused(), 1, Map.of(OFFER, open(OFFER)), NOON)).offer();
        Map<ReservationId, Reservation> one = Map.of(OFFER, accepted, id(2), open(id(2)));
        Planning asked = new Planning(offer(), Attempt.first(), Map.of(), 1, NOON.plusSeconds(5));
        Closed ranOut = new Closed(offer(), Map.of(), State.CANCELLED, Map.of());

        // Then
        assertThat(declined(refused(), 2, one, NOON)).isEqualTo(ErrorCode.CONFLICT);
        assertThat(declined(refused(), 1, Map.of(OFFER, asked), NOON)).isEqualTo(ErrorCode.CONFLICT);
        assertThat(declined(refused(), 1, Map.of(OFFER, ranOut), NOON)).isEqualTo(ErrorCode.OFFER_GONE);
        assertThat(declined(refused(), 1, Map.of(OFFER, open(OFFER)), NOON.plusSeconds(300)))
                .as("its time is over, though nobody has given it back yet")
                .isEqualTo(ErrorCode.OFFER_GONE);
        assertThat(declined(refused(), 3, Map.of(OFFER, open(OFFER)), NOON)).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(declined(ReservationStates.scheduled(), 1, Map.of(), NOON)).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void waitsForASiteThatHasToHoldItAnew() {
        // Given
        Reservation open = open(OFFER);
        AllocationId osaka = new AllocationId(OFFER, OSAKA);

        // When
        Reservation again = moves.onDigest(open, new ShareDigest.Entry(osaka, 7, ShareDigest.Stage.RELEASED, 0), NOON)
                .orElseThrow()
                .next();

        // Then
        assertThat(Offer.standing(again)).isEqualTo(Offer.Standing.HOLDING);
        assertThat(declined(refused(), 1, Map.of(OFFER, again), NOON)).isEqualTo(ErrorCode.CONFLICT);

        // When
        Reservation held = moves.onAnswer(again, new ShareHeld(osaka, 8, NOON.plusSeconds(400), shared(OSAKA)), NOON)
                .orElseThrow()
                .next();

        // Then
        assertThat(moves.accept(refused(), 1, Map.of(OFFER, held), NOON)).isInstanceOf(Accepted.class);
    }

    @Test
    void canNotBeAcceptedBeyondItsWindow() {
        Details late = new Details(
                OFFER, offer().tenant(), offer().requestedBy(), NOON, offer().request(), RESERVATION, null, false);
        Instant nearTheEnd = WINDOW.end().minusSeconds(30);
        Planning planning = new Planning(late, Attempt.first(), Map.of(), 1, nearTheEnd.plusSeconds(5));
        Reservation holding = moves.onPlanned(planning, new SitesPlanned(OFFER, 1, Map.of(TOKYO, 4)), nearTheEnd)
                .orElseThrow()
                .next();

        Reservation held = moves.onAnswer(
                        holding,
                        new ShareHeld(new AllocationId(OFFER, TOKYO), 1, WINDOW.end(), shared(TOKYO)),
                        nearTheEnd)
                .orElseThrow()
                .next();

        assertThat(held.due()).isEqualTo(WINDOW.end());
    }

    @Test
    void isGoneOnceOneOfItsSitesGivesItBack() {
        // Given
        Reservation open = open(OFFER);
        Share osaka = Objects.requireNonNull(open.shares().get(OSAKA));

        // When
        Decision<Reservation> gone = moves.onAnswer(
                        open, new ShareRefused(osaka.id(), osaka.sequence(), List.of(FULL)), NOON)
                .orElseThrow();

        // Then
        assertThat(gone.next()).isInstanceOf(Releasing.class);
        assertThat(Offer.standing(gone.next())).isEqualTo(Offer.Standing.GONE);
        assertThat(gone.messages())
                .singleElement()
                .satisfies(message -> assertThat(((ToSite) message).site()).isEqualTo(TOKYO));
    }

    @Test
    void idsOfOffersFollowFromWhatWasRefused() {
        assertThat(Set.of(id(1), id(2), id(3))).hasSize(3).allSatisfy(id -> {
            assertThat(id.value().version()).isEqualTo(7);
            assertThat(id.value().variant()).isEqualTo(2);
            assertThat(id.value().getMostSignificantBits() >>> 16)
                    .as("its time")
                    .isEqualTo(RESERVATION.value().getMostSignificantBits() >>> 16);
        });
    }

    private static ReservationId id(int number) {
        return new ReservationId(Uuid7.derived(RESERVATION.value(), "offer " + number));
    }

    private static Closed refused() {
        return new Closed(
                details(),
                Map.of(),
                State.REFUSED,
                Map.of(TOKYO, List.of(FULL)),
                List.of(new Offer(1, Change.FEWER, id(1)), new Offer(2, Change.LATER, id(2))));
    }

    /** An offer that its sites hold since noon. */
    private Reservation open(ReservationId id) {
        Details details = new Details(
                id, offer().tenant(), offer().requestedBy(), NOON, offer().request(), RESERVATION, null, false);
        Planning planning = new Planning(details, Attempt.first(), Map.of(), 1, NOON.plusSeconds(5));
        return allHold(moves.onPlanned(planning, new SitesPlanned(id, 1, Map.of(TOKYO, 2, OSAKA, 2)), NOON)
                        .orElseThrow()
                        .next())
                .next();
    }

    private Decision<Reservation> allHold(Reservation holding) {
        Decision<Reservation> decision = new Decision<>(holding, List.of());
        for (SiteId site : List.of(TOKYO, OSAKA)) {
            AllocationId share = new AllocationId(holding.id(), site);
            assertThat(decision.next()).isInstanceOf(Holding.class);
            decision = moves.onAnswer(
                            decision.next(), new ShareHeld(share, 1, NOON.plusSeconds(400), shared(site)), NOON)
                    .orElseThrow();
        }
        return decision;
    }

    private FindAlternatives question(Map<SiteId, Refusal> refusals) {
        Decision<Reservation> decision = refuse(moves, ReservationStates.planning(), refusals, Map.of());
        assertThat(decision.next()).isInstanceOf(Offering.class);
        assertThat(decision.next().state()).isEqualTo(State.REQUESTED);
        assertThat(decision.messages()).hasSize(1);
        return (FindAlternatives) ((ToPlacement) decision.messages().getFirst()).question();
    }

    /**
     * Refuses after the last attempt.
     *
     * @param said what sites said in the attempts before
     * @param reckoned what placement reckons
     */
    private static Decision<Reservation> refuse(
            ReservationMoves moves, Planning planning, Map<SiteId, Refusal> said, Map<SiteId, Refusal> reckoned) {
        Map<SiteId, List<Refusal>> before = new HashMap<>();
        said.forEach((site, refusal) -> before.put(site, List.of(refusal)));
        Attempt last = new Attempt(PACE.attempts(), Set.of(), before);
        Planning lastAttempt = new Planning(planning.details(), last, Map.of(), 1, NOON.plusSeconds(5));
        return moves.onPlanRefused(lastAttempt, new PlanRefused(planning.id(), PACE.attempts(), reckoned), NOON)
                .orElseThrow();
    }

    private ErrorCode declined(Reservation refused, int number, Map<ReservationId, Reservation> found, Instant now) {
        return ((Declined) moves.accept(refused, number, found, now)).code();
    }
}
