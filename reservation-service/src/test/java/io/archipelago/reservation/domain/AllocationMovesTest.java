package io.archipelago.reservation.domain;

import static io.archipelago.reservation.domain.AllocationStates.SEQUENCE;
import static io.archipelago.reservation.domain.AllocationStates.SHARE_SEQUENCE;
import static io.archipelago.reservation.domain.DomainFixture.AT_OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.NOON;
import static io.archipelago.reservation.domain.DomainFixture.OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.PACE;
import static io.archipelago.reservation.domain.DomainFixture.START;
import static io.archipelago.reservation.domain.DomainFixture.TOKYO;
import static io.archipelago.reservation.domain.DomainFixture.chosen;
import static io.archipelago.reservation.domain.DomainFixture.held;
import static io.archipelago.reservation.domain.DomainFixture.shared;
import static io.archipelago.reservation.domain.DomainFixture.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationCommand.DeployAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationReleased;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.allocation.ResourceStatus;
import io.archipelago.contracts.federation.ShareMessage.ConfirmShare;
import io.archipelago.contracts.federation.ShareMessage.HoldShare;
import io.archipelago.contracts.federation.ShareMessage.ReleaseShare;
import io.archipelago.contracts.federation.ShareMessage.ShareHeld;
import io.archipelago.contracts.federation.ShareMessage.ShareRefused;
import io.archipelago.contracts.federation.ShareMessage.ShareReleased;
import io.archipelago.contracts.federation.ShareMessage.ShareStatus;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.reservation.domain.Allocation.Held;
import io.archipelago.reservation.domain.Allocation.Holding;
import io.archipelago.reservation.domain.Allocation.Released;
import io.archipelago.reservation.domain.Allocation.Releasing;
import io.archipelago.reservation.domain.Outgoing.ToParticipants;
import io.archipelago.reservation.domain.Outgoing.ToSite;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllocationMovesTest {

    private static final Instant UNTIL = NOON.plusSeconds(60);

    private final AllocationMoves moves = new AllocationMoves(PACE);

    @Test
    void asksTheCacheOnceTheNetworkHolds() {
        // When
        Decision<Allocation> begun = begin(PACE.holdFor());

        // Then
        assertThat(askedToHold(begun).addressees())
                .containsExactlyInAnyOrder(Participant.PLACEMENT, Participant.NETWORK, Participant.STORAGE);

        // When
        Decision<Allocation> placed = event(begun.next(), Participant.PLACEMENT);
        Decision<Allocation> networked = event(placed.next(), Participant.NETWORK);
        Decision<Allocation> again = event(networked.next(), Participant.NETWORK);

        // Then
        assertThat(placed.messages()).isEmpty();
        assertThat(askedToHold(networked).addressees()).containsExactly(Participant.CACHE);
        assertThat(askedToHold(networked).facts().segment()).isEqualTo(chosen(Participant.NETWORK));
        assertThat(askedToHold(networked).sequence()).isEqualTo(1);
        assertThat(again.messages()).isEmpty();
    }

    @Test
    void holdsUntilTheFirstOfItsPartsRunsOut() {
        // Given
        Decision<Allocation> begun = begin(PACE.holdFor());
        Allocation allocation = begun.next();

        // When
        for (Participant participant : List.of(Participant.PLACEMENT, Participant.NETWORK, Participant.STORAGE)) {
            allocation = event(allocation, participant).next();
        }
        Decision<Allocation> all = moves.onEvent(allocation, held(1, Participant.CACHE, UNTIL.minusSeconds(7)), NOON)
                .orElseThrow();

        // Then
        assertThat(((Held) all.next()).until()).isEqualTo(UNTIL.minusSeconds(7));
        assertThat(all.messages())
                .containsExactly(
                        new ToSite(TOKYO, new ShareHeld(AT_OSAKA, 1, UNTIL.minusSeconds(7), shared(AT_OSAKA.site()))));
    }

    @ParameterizedTest
    @CsvSource({"PT30S,PT30S", "PT60S,PT60S", "PT10M,PT60S"})
    void holdsAsLongAsTheMasterAsksButNoLongerThanItHoldsAtMost(Duration asked, Duration held) {
        Decision<Allocation> begun = begin(asked);

        assertThat(askedToHold(begun).holdFor()).isEqualTo(held);
        assertThat(((Holding) begun.next()).giveUpAt())
                .isEqualTo(NOON.plus(held).minusSeconds(20));
    }

    @Test
    void asksOnlyThoseAgainThatHaveNotAnsweredAndCan() {
        // Given
        Allocation placed =
                event(begin(PACE.holdFor()).next(), Participant.PLACEMENT).next();

        // When
        Decision<Allocation> again = moves.onDue(placed, NOON.plusSeconds(5)).orElseThrow();

        // Then
        assertThat(askedToHold(again).addressees()).containsExactlyInAnyOrder(Participant.NETWORK, Participant.STORAGE);
        assertThat(askedToHold(again).sequence()).isEqualTo(1);
        assertThat(again.next().due()).isEqualTo(NOON.plusSeconds(15));
    }

    @Test
    void namesThoseWhoDidNotAnswer() {
        Decision<Allocation> decision =
                moves.onDue(begin(PACE.holdFor()).next(), NOON.plusSeconds(40)).orElseThrow();

        assertThat(refusal(decision).code()).isEqualTo(ErrorCode.NO_ANSWER);
        assertThat(refusal(decision).detail()).isEqualTo("no answer in time from placement, network, storage, cache");
    }

    @Test
    void beginsItsLeaseByItsOwnClock() {
        // Given
        Instant due = START.minus(PACE.lead());

        // When
        Decision<Allocation> decision =
                moves.onDue(AllocationStates.confirmed(), due).orElseThrow();

        // Then
        assertThat(decision.messages())
                .containsExactly(
                        new ToParticipants(new DeployAllocation(
                                AT_OSAKA, SEQUENCE + 1, spec(), DomainFixture.facts(), DomainFixture.cluster())),
                        new ToSite(
                                TOKYO,
                                new ShareStatus(
                                        AT_OSAKA, SHARE_SEQUENCE, Progress.DEPLOYING, List.of(), null, shared(OSAKA))));
    }

    @Test
    void answersAHoldThatItRefusedWhileReleasingTheSameWayAgain() {
        // Given
        HoldShare hold = new HoldShare(AT_OSAKA, SHARE_SEQUENCE + 1, spec(), PACE.holdFor());
        Decision<Allocation> first = moves.onCommand(AllocationStates.releasing(List.of(), true), hold, NOON)
                .orElseThrow();

        // When
        Decision<Allocation> again = moves.onCommand(first.next(), hold, NOON).orElseThrow();
        Allocation released = moves.onEvent(again.next(), DomainFixture.released(SEQUENCE, Participant.STORAGE), NOON)
                .orElseThrow()
                .next();
        Decision<Allocation> later = moves.onCommand(released, hold, NOON).orElseThrow();

        // Then
        assertThat(refusal(first).code()).isEqualTo(ErrorCode.WAITING);
        assertThat(again.messages()).isEqualTo(first.messages());
        assertThat(released).isInstanceOf(Released.class);
        assertThat(later.messages()).isEqualTo(first.messages());
    }

    @Test
    void tellsTheMasterOfAReleaseThatFollowedARefusal() {
        // Given
        Allocation refused = AllocationStates.releasing(List.of(DomainFixture.FULL), false);
        Allocation released = moves.onCommand(refused, new ReleaseShare(AT_OSAKA, SHARE_SEQUENCE + 1), NOON)
                .orElseThrow()
                .next();

        // When
        Decision<Allocation> done = moves.onEvent(released, DomainFixture.released(SEQUENCE, Participant.STORAGE), NOON)
                .orElseThrow();

        // Then
        assertThat(done.messages()).containsExactly(new ToSite(TOKYO, new ShareReleased(AT_OSAKA, SHARE_SEQUENCE + 1)));
    }

    @Test
    void keepsWhatItConfirmedWhenItIsConfirmedAgain() {
        // Given
        var changed = new Facts.OfCluster(List.of(), 9000);

        // When
        Allocation next = moves.onCommand(
                        AllocationStates.confirming(), new ConfirmShare(AT_OSAKA, SHARE_SEQUENCE + 1, changed), NOON)
                .orElseThrow()
                .next();

        // Then
        assertThat(((Allocation.Confirming) next).cluster()).isEqualTo(DomainFixture.cluster());
    }

    @Test
    void waitsForAllFourOfThem() {
        // Given
        Allocation begun = begin(PACE.holdFor()).next();

        // Then
        assertThat(event(begun, Participant.STORAGE).next()).isInstanceOf(Holding.class);
        Allocation.Confirming none = new Allocation.Confirming(
                AllocationStates.header(), DomainFixture.facts(), DomainFixture.cluster(), Set.of(), 1, NOON);
        assertThat(moves.onEvent(none, DomainFixture.confirmed(SEQUENCE, Participant.STORAGE), NOON)
                        .orElseThrow()
                        .next())
                .isInstanceOf(Allocation.Confirming.class);
        Allocation.Releasing nobody = Allocation.Releasing.begin(AllocationStates.header(), List.of(), true, NOON);
        assertThat(moves.onEvent(nobody, DomainFixture.released(SEQUENCE, Participant.STORAGE), NOON)
                        .orElseThrow()
                        .next())
                .isInstanceOf(Allocation.Releasing.class);
    }

    @Test
    void refusesAConfirmationThatLeavesOutASiteWithoutWhichItCanNotDeploy() {
        // Given
        Facts.OfCluster withoutTheMaster = new Facts.OfCluster(List.of(shared(AT_OSAKA.site())), 1402);
        ConfirmShare confirm = new ConfirmShare(AT_OSAKA, SHARE_SEQUENCE + 1, withoutTheMaster);

        // When
        Decision<Allocation> decision =
                moves.onCommand(AllocationStates.held(), confirm, NOON).orElseThrow();

        // Then
        assertThat(decision.next()).isInstanceOf(Releasing.class);
        ShareRefused refused = decision.messages().stream()
                .flatMap(m -> m instanceof ToSite to ? Stream.of((ShareRefused) to.message()) : Stream.empty())
                .findFirst()
                .orElseThrow();
        assertThat(refused.refusals())
                .containsExactly(Refusal.of(
                        ErrorCode.INVALID_REQUEST, "cluster", "the confirmation says nothing usable of tokyo"));
    }

    @Test
    void refusesForAWhileWhatIsStillBeingRemovedAndTellsWhatIsLeftWhenItIsAskedForBack() {
        // Given
        ResourceStatus machine = new ResourceStatus(ResourceKind.MACHINE, "vcompute-2-1", Phase.READY, "", null);
        Releasing removing = AllocationStates.releasing(List.of(), true).with(Participant.STORAGE, List.of(machine));

        // When
        Decision<Allocation> asked = moves.onCommand(
                        removing, new HoldShare(AT_OSAKA, SHARE_SEQUENCE + 1, spec(), PACE.holdFor()), NOON)
                .orElseThrow();
        Decision<Allocation> back = moves.onCommand(asked.next(), new ReleaseShare(AT_OSAKA, SHARE_SEQUENCE + 2), NOON)
                .orElseThrow();
        Decision<Allocation> gone = moves.onEvent(
                        back.next(), new AllocationReleased(AT_OSAKA, SEQUENCE, Participant.STORAGE), NOON)
                .orElseThrow();

        // Then
        assertThat(refusal(asked).code()).isEqualTo(ErrorCode.WAITING);
        assertThat(back.messages())
                .containsExactly(new ToSite(
                        TOKYO,
                        new ShareStatus(
                                AT_OSAKA, SHARE_SEQUENCE + 2, Progress.RELEASING, List.of(machine), null, null)));
        assertThat(gone.messages()).containsExactly(new ToSite(TOKYO, new ShareReleased(AT_OSAKA, SHARE_SEQUENCE + 2)));
    }

    @Test
    void beginsNothingWithAHoldThatComesAfterItsRelease() {
        // Given
        ReleaseShare release = new ReleaseShare(AT_OSAKA, 2);
        Allocation released = moves.begin(TOKYO, release, 0, NOON).orElseThrow().next();

        // When
        Optional<Decision<Allocation>> late =
                moves.onCommand(released, new HoldShare(AT_OSAKA, 1, spec(), Duration.ofMinutes(1)), NOON);
        Optional<Decision<Allocation>> again = moves.onCommand(released, release, NOON);

        // Then
        assertThat(late).isEmpty();
        assertThat(again.orElseThrow().messages()).containsExactly(new ToSite(TOKYO, new ShareReleased(AT_OSAKA, 2)));
    }

    private Decision<Allocation> begin(Duration holdFor) {
        return moves.begin(DomainFixture.TOKYO, new HoldShare(AT_OSAKA, 1, spec(), holdFor), 0, NOON)
                .orElseThrow();
    }

    private Decision<Allocation> event(Allocation allocation, Participant participant) {
        return moves.onEvent(allocation, held(1, participant, UNTIL), NOON).orElseThrow();
    }

    private static HoldAllocation askedToHold(Decision<Allocation> decision) {
        return (HoldAllocation) ((ToParticipants) decision.messages().getFirst()).command();
    }

    private static Refusal refusal(Decision<Allocation> decision) {
        ShareRefused refused = (ShareRefused) ((ToSite) decision.messages().getLast()).message();
        return refused.refusals().getFirst();
    }
}
