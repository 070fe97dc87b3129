package io.archipelago.reservation.domain;

import static io.archipelago.reservation.domain.DomainFixture.AT_OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.FULL;
import static io.archipelago.reservation.domain.DomainFixture.HOLDS_ONLY;
import static io.archipelago.reservation.domain.DomainFixture.NAGOYA;
import static io.archipelago.reservation.domain.DomainFixture.NOON;
import static io.archipelago.reservation.domain.DomainFixture.OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.PACE;
import static io.archipelago.reservation.domain.DomainFixture.RESERVATION;
import static io.archipelago.reservation.domain.DomainFixture.SITES;
import static io.archipelago.reservation.domain.DomainFixture.TOKYO;
import static io.archipelago.reservation.domain.DomainFixture.at;
import static io.archipelago.reservation.domain.DomainFixture.details;
import static io.archipelago.reservation.domain.ReservationStates.SEQUENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.federation.ShareMessage.ReleaseShare;
import io.archipelago.contracts.federation.ShareMessage.ShareRefused;
import io.archipelago.contracts.placement.PlacementMessage.PlanRefused;
import io.archipelago.contracts.placement.PlacementMessage.PlanSites;
import io.archipelago.contracts.placement.PlacementMessage.SitesPlanned;
import io.archipelago.reservation.domain.Outgoing.ToPlacement;
import io.archipelago.reservation.domain.Outgoing.ToSite;
import io.archipelago.reservation.domain.Reservation.Holding;
import io.archipelago.reservation.domain.Reservation.Offering;
import io.archipelago.reservation.domain.Reservation.Planning;
import io.archipelago.reservation.domain.Share.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What becomes of a reservation whose attempt at some sites fails. */
class AttemptsTest {

    private final ReservationMoves moves = new ReservationMoves(SITES, PACE);

    @Test
    void isRefusedWithTheReasonsOfEveryAttemptIfNoPlanFits() {
        // Given
        Attempt second = new Attempt(2, Set.of(OSAKA), Map.of(OSAKA, List.of(HOLDS_ONLY)));
        Planning planning = new Planning(details(), second, Map.of(), 1, NOON.plusSeconds(5));
        PlanRefused refused = new PlanRefused(RESERVATION, 2, Map.of(TOKYO, FULL, OSAKA, FULL));

        // When
        Offering end = (Offering)
                moves.onPlanRefused(planning, refused, NOON).orElseThrow().next();

        // Then
        assertThat(end.refusals()).isEqualTo(Map.of(TOKYO, List.of(FULL), OSAKA, List.of(HOLDS_ONLY)));
    }

    @Test
    void asksForAnotherPlanAMomentLaterIfOnlyHoldsStoodInTheWayOfOne() {
        // Given
        Planning planning = ReservationStates.planning();
        PlanRefused refused = new PlanRefused(RESERVATION, 1, Map.of(TOKYO, HOLDS_ONLY, OSAKA, FULL));

        // When
        Decision<Reservation> pausing =
                moves.onPlanRefused(planning, refused, NOON).orElseThrow();

        // Then
        Planning next = (Planning) pausing.next();
        assertThat(pausing.messages()).isEmpty();
        assertThat(next.attempt()).isEqualTo(new Attempt(2, Set.of(), Map.of()));
        assertThat(next.deadline()).isBetween(NOON.plusMillis(200), NOON.plusSeconds(3));

        // When
        Decision<Reservation> again =
                moves.onDue(next, Objects.requireNonNull(next.deadline())).orElseThrow();

        // Then
        assertThat(again.messages()).singleElement().isInstanceOf(ToPlacement.class);
    }

    @Test
    void isRefusedInTheEndThoughOnlyHoldsStandInTheWay() {
        // Given
        Attempt last = new Attempt(PACE.attempts(), Set.of(), Map.of());
        Planning planning = new Planning(details(), last, Map.of(), 1, NOON.plusSeconds(5));

        // When
        Decision<Reservation> decision = moves.onPlanRefused(
                        planning, new PlanRefused(RESERVATION, PACE.attempts(), Map.of(TOKYO, HOLDS_ONLY)), NOON)
                .orElseThrow();

        // Then
        assertThat(decision.next()).isInstanceOf(Offering.class);
    }

    @Test
    void plansAgainWithoutASiteThatIsNoPeer() {
        // Given
        SiteId stranger = new SiteId("sendai");

        // When
        Decision<Reservation> decision = plan(ReservationStates.planning(), Map.of(TOKYO, 4, stranger, 2));

        // Then
        assertThat(((Planning) decision.next()).attempt().excluded()).containsExactly(stranger);
        assertThat(decision.messages()).singleElement().isInstanceOf(ToPlacement.class);
    }

    @Test
    void takesNoPlanWhileItPauses() {
        Planning pausing = new Planning(details(), Attempt.first(), Map.of(), 0, NOON.plusSeconds(1));

        assertThat(moves.onPlanned(pausing, new SitesPlanned(RESERVATION, 1, Map.of(OSAKA, 6)), NOON))
                .isEmpty();
        assertThat(moves.onPlanRefused(pausing, new PlanRefused(RESERVATION, 1, Map.of()), NOON))
                .isEmpty();
    }

    @Test
    void pausesWhereOnlyHoldsStoodInTheWayAndAlwaysForTheSameTime() {
        // When
        Decision<Reservation> once = refusedByOsaka(HOLDS_ONLY);
        Decision<Reservation> again = refusedByOsaka(HOLDS_ONLY);

        // Then
        Planning planning = (Planning) once.next();
        assertThat(planning).isEqualTo(again.next());
        assertThat(planning.asked()).isZero();
        assertThat(Duration.between(NOON, planning.deadline()))
                .isBetween(Duration.ofMillis(200), Duration.ofMillis(2200));
        assertThat(planning.attempt().excluded()).isEmpty();
        assertThat(once.messages()).singleElement().matches(m -> ((ToSite) m).message() instanceof ReleaseShare);

        // When
        Decision<Reservation> due = moves.onDue(planning, planning.deadline()).orElseThrow();

        // Then
        assertThat(due.messages()).singleElement().isInstanceOf(ToPlacement.class);
        assertThat(((Planning) due.next()).asked()).isEqualTo(1);
    }

    @Test
    void doesNotPauseWhereASiteIsFull() {
        Decision<Reservation> decision = refusedByOsaka(FULL);

        assertThat(((Planning) decision.next()).attempt().excluded()).containsExactly(OSAKA);
        assertThat(decision.messages()).extracting(Object::getClass).contains(ToPlacement.class);
    }

    @Test
    void asksASiteForFewerMachinesThatCanGiveSome() {
        // When
        Decision<Reservation> decision = refusedByOsaka(few(2));

        // Then
        assertThat(((Planning) decision.next()).attempt().excluded()).isEmpty();
        assertThat(question(decision).limits()).isEqualTo(Map.of(OSAKA, 2));
    }

    @Test
    void remembersHowManyASiteCanGiveThoughHoldsStandInTheWayOfThose() {
        // Given
        Planning planning = (Planning) refusedByOsaka(few(2)).next();
        Holding holding =
                (Holding) moves.onPlanned(planning, new SitesPlanned(RESERVATION, 2, Map.of(OSAKA, 2, TOKYO, 4)), NOON)
                        .orElseThrow()
                        .next();
        long sequence = Objects.requireNonNull(holding.shares().get(OSAKA)).sequence();

        // When
        Planning pausing =
                (Planning) moves.onAnswer(holding, new ShareRefused(AT_OSAKA, sequence, List.of(HOLDS_ONLY)), NOON)
                        .orElseThrow()
                        .next();
        Decision<Reservation> again =
                moves.onDue(pausing, Objects.requireNonNull(pausing.deadline())).orElseThrow();

        // Then
        assertThat(question(again).limits()).isEqualTo(Map.of(OSAKA, 2));
    }

    @Test
    void doesNotAskASiteAgainThatCanGiveNoneOrHasMoreReasons() {
        // Given
        Reservation holding = ReservationStates.holding();
        ShareRefused forMore = new ShareRefused(AT_OSAKA, SEQUENCE, List.of(few(2), FULL));

        // When
        Decision<Reservation> none = refusedByOsaka(few(0));
        Decision<Reservation> more = moves.onAnswer(holding, forMore, NOON).orElseThrow();

        // Then
        for (Decision<Reservation> decision : List.of(none, more)) {
            assertThat(((Planning) decision.next()).attempt().excluded()).containsExactly(OSAKA);
            assertThat(question(decision).limits()).isEmpty();
        }
    }

    @Test
    void looksForOthersIfItsOwnSiteHasRoomForTheFrontendAlone() {
        // Given
        Decision<Reservation> planned = plan(ReservationStates.planning(), Map.of(TOKYO, 6));

        // When
        Decision<Reservation> decision = moves.onAnswer(
                        planned.next(), new ShareRefused(at(TOKYO), 1, List.of(few(0))), NOON)
                .orElseThrow();

        // Then
        assertThat(question(decision).limits()).isEqualTo(Map.of(TOKYO, 0));
    }

    @Test
    void isRefusedIfItsOwnSiteHasNoRoomForTheFrontend() {
        // Given
        Decision<Reservation> planned = plan(ReservationStates.planning(), Map.of(TOKYO, 6));

        // When
        Decision<Reservation> decision = moves.onAnswer(
                        planned.next(), new ShareRefused(at(TOKYO), 1, List.of(FULL)), NOON)
                .orElseThrow();

        // Then
        assertThat(decision.next()).isInstanceOf(Offering.class);
    }

    @Test
    void isRefusedAfterSoManyAttempts() {
        // Given
        Attempt last = new Attempt(PACE.attempts(), Set.of(NAGOYA), Map.of(NAGOYA, List.of(FULL)));
        Holding before = ReservationStates.holding();
        Holding holding = new Holding(details(), last, before.shares(), before.deadline());

        // When
        Decision<Reservation> decision = moves.onAnswer(
                        holding, new ShareRefused(AT_OSAKA, SEQUENCE, List.of(HOLDS_ONLY)), NOON)
                .orElseThrow();

        // Then
        Offering end = (Offering) decision.next();
        assertThat(end.refusals()).containsOnlyKeys(NAGOYA, OSAKA);
        assertThat(end.shares().get(TOKYO)).extracting(Share::stage).isEqualTo(Stage.RELEASING);
    }

    @Test
    void triesAgainIfItsOwnSiteWasOnlyHeldByOthers() {
        // Given
        Decision<Reservation> planned = plan(ReservationStates.planning(), Map.of(TOKYO, 6));

        // When
        Decision<Reservation> decision = moves.onAnswer(
                        planned.next(), new ShareRefused(at(TOKYO), 1, List.of(HOLDS_ONLY)), NOON)
                .orElseThrow();

        // Then
        assertThat(((Planning) decision.next()).attempt().excluded()).isEmpty();
    }

    private Decision<Reservation> plan(Reservation planning, Map<SiteId, Integer> computes) {
        return moves.onPlanned(planning, new SitesPlanned(RESERVATION, 1, computes), NOON)
                .orElseThrow();
    }

    private static Refusal few(int machines) {
        return new Refusal(ErrorCode.NO_CAPACITY, "machines", "only some fit", null, null, machines);
    }

    private static PlanSites question(Decision<Reservation> decision) {
        return decision.messages().stream()
                .filter(ToPlacement.class::isInstance)
                .map(message -> (PlanSites) ((ToPlacement) message).question())
                .findFirst()
                .orElseThrow();
    }

    private Decision<Reservation> refusedByOsaka(Refusal refusal) {
        return moves.onAnswer(ReservationStates.holding(), new ShareRefused(AT_OSAKA, SEQUENCE, List.of(refusal)), NOON)
                .orElseThrow();
    }
}
