package io.archipelago.reservation.domain;

import static io.archipelago.reservation.domain.DomainFixture.AT_OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.FULL;
import static io.archipelago.reservation.domain.DomainFixture.NOON;
import static io.archipelago.reservation.domain.DomainFixture.PACE;
import static io.archipelago.reservation.domain.DomainFixture.TOKYO;
import static io.archipelago.reservation.domain.DomainFixture.held;
import static io.archipelago.reservation.domain.DomainFixture.refused;
import static io.archipelago.reservation.domain.DomainFixture.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.HoldPurpose;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.federation.ShareMessage.ConfirmShare;
import io.archipelago.contracts.federation.ShareMessage.HoldShare;
import io.archipelago.contracts.federation.ShareMessage.ReleaseShare;
import io.archipelago.contracts.federation.ShareMessage.ShareHeld;
import io.archipelago.contracts.federation.ShareMessage.ShareRefused;
import io.archipelago.contracts.federation.ShareMessage.ShareReleased;
import io.archipelago.reservation.domain.Allocation.Holding;
import io.archipelago.reservation.domain.Allocation.Released;
import io.archipelago.reservation.domain.Outgoing.ToParticipants;
import io.archipelago.reservation.domain.Outgoing.ToSite;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a site does that a master only asks whether it would hold something. */
class ProbeMovesTest {

    private static final Instant UNTIL = NOON.plus(PACE.probeFor());
    private static final Set<Participant> FIRST =
            Set.of(Participant.PLACEMENT, Participant.NETWORK, Participant.STORAGE);

    private final AllocationMoves moves = new AllocationMoves(PACE);

    @Test
    void answersForAllParticipantsAndKeepsNothing() {
        // When
        Decision<Allocation> begun = begin();

        // Then
        HoldAllocation asked =
                (HoldAllocation) ((ToParticipants) begun.messages().getFirst()).command();
        assertThat(asked.heldFor()).isEqualTo(HoldPurpose.PROBE);

        // When
        Decision<Allocation> over = allAnswer(begun.next());

        // Then
        assertThat(over.next()).isInstanceOf(Released.class);
        assertThat(answers(over)).singleElement().isInstanceOfSatisfying(ShareHeld.class, held -> {
            assertThat(held.until()).isEqualTo(UNTIL);
            assertThat(held.facts().vlan()).isEqualTo(102);
        });
        assertThat(over.messages()).as("nobody has anything to give back").hasSize(1);
    }

    @Test
    void whoAsksOnceMoreHearsHowThingsAreByThen() {
        // Given
        Allocation over = allAnswer(begin().next()).next();

        // When
        Decision<Allocation> again = moves.onCommand(over, probe(1), NOON).orElseThrow();

        // Then
        assertThat(again.next()).isInstanceOf(Holding.class);
        assertThat(again.next().header().sequence())
                .as("what was answered before does not count")
                .isGreaterThan(over.header().sequence());
        assertThat(again.messages()).allMatch(ToParticipants.class::isInstance);
    }

    @Test
    void isAskedOnceOnlyWhileItAsksItself() {
        assertThat(moves.onCommand(begin().next(), probe(1), NOON)).isEmpty();
    }

    @Test
    void refusesAsSoonAsOneParticipantDoes() {
        Allocation begun = begin().next();

        Decision<Allocation> over = moves.onEvent(begun, refused(sequence(begun), Participant.PLACEMENT), NOON)
                .orElseThrow();

        assertThat(over.next()).isInstanceOf(Released.class);
        assertThat(over.messages()).hasSize(1);
        assertThat(answers(over))
                .singleElement()
                .isInstanceOfSatisfying(
                        ShareRefused.class, no -> assertThat(no.refusals()).containsExactly(FULL));
    }

    @Test
    void refusesInTimeWhenAParticipantIsSilent() {
        Allocation begun = begin().next();
        Instant late = NOON.plus(PACE.probeFor()).minus(PACE.margin().multipliedBy(2));
        Instant before = NOON.plus(PACE.probeFor()).minus(PACE.margin());
        assertThat(late).isBefore(before);

        Decision<Allocation> over = moves.onDue(begun, late).orElseThrow();

        assertThat(over.next()).isInstanceOf(Released.class);
        assertThat(over.messages()).hasSize(1);
        assertThat(answers(over))
                .singleElement()
                .isInstanceOfSatisfying(
                        ShareRefused.class,
                        no -> assertThat(no.refusals())
                                .singleElement()
                                .satisfies(why -> assertThat(why.code()).isEqualTo(ErrorCode.NO_ANSWER)));
    }

    @Test
    void refusesWhatThisSiteDoesNotGiveToItsMaster() {
        Decision<Allocation> unknown = moves.refuse(Optional.empty(), probe(1), FULL, 0, NOON);
        Decision<Allocation> known = moves.refuse(Optional.of(begin().next()), probe(2), FULL, 0, NOON);

        for (Decision<Allocation> decision : List.of(unknown, known)) {
            assertThat(decision.next()).isInstanceOf(Released.class);
            assertThat(decision.messages()).hasSize(1);
            assertThat(answers(decision)).hasOnlyElementsOfType(ShareRefused.class);
        }
    }

    @Test
    void whatIsThereOrNotYetGivenBackStaysWhateverIsAskedAboutIt() {
        AllocationStates.all().forEach((name, state) -> {
            if (state instanceof Released) {
                return;
            }
            HoldShare probe = probe(AllocationStates.SHARE_SEQUENCE + 1);

            Decision<Allocation> asked = moves.onCommand(state, probe, NOON).orElseThrow();
            Decision<Allocation> refused = moves.refuse(Optional.of(state), probe, FULL, 0, NOON);

            for (Decision<Allocation> decision : List.of(asked, refused)) {
                assertThat(decision.next()).as(name).isEqualTo(state);
                assertThat(decision.messages()).as(name).hasSize(1);
                assertThat(answers(decision)).singleElement().isInstanceOfSatisfying(ShareRefused.class, no -> {
                    assertThat(no.sequence()).isEqualTo(probe.sequence());
                    assertThat(no.refusals()).extracting(Refusal::code).containsExactly(ErrorCode.CONFLICT);
                });
            }
        });
    }

    @Test
    void knowsForAsLongAsItIsRememberedThatItWasOnlyAsked() {
        Allocation begun = begin().next();
        Allocation over = allAnswer(begun).next();
        Allocation refused =
                moves.refuse(Optional.empty(), probe(1), FULL, 7, NOON).next();
        Allocation late = moves.onCommand(over, new ConfirmShare(AT_OSAKA, 2, DomainFixture.cluster()), NOON)
                .orElseThrow()
                .next();
        Allocation given = moves.onCommand(over, new ReleaseShare(AT_OSAKA, 2), NOON)
                .orElseThrow()
                .next();
        Allocation restored =
                new RestoredMoves(PACE).onRestored(over, 1000, NOON).next();

        for (Allocation each : List.of(over, refused, late, given, restored)) {
            assertThat(each)
                    .isInstanceOfSatisfying(
                            Released.class,
                            released -> assertThat(released.probed()).isTrue());
        }
    }

    @Test
    void isNotConfirmed() {
        Decision<Allocation> decision = moves.onCommand(
                        begin().next(), new ConfirmShare(AT_OSAKA, 2, DomainFixture.cluster()), NOON)
                .orElseThrow();

        assertThat(decision.next()).isInstanceOf(Released.class);
        assertThat(decision.messages()).hasSize(1);
        assertThat(answers(decision)).hasOnlyElementsOfType(ShareRefused.class);
    }

    @Test
    void hasNothingToGiveBackWhenItIsGivenUp() {
        Decision<Allocation> over = moves.onCommand(begin().next(), new ReleaseShare(AT_OSAKA, 2), NOON)
                .orElseThrow();

        assertThat(over.next()).isInstanceOf(Released.class);
        assertThat(over.messages()).hasSize(1);
        assertThat(answers(over)).hasOnlyElementsOfType(ShareReleased.class);
    }

    @Test
    void hasNothingThatARestoredDatabaseCouldHaveForgotten() {
        Decision<Allocation> restored = new RestoredMoves(PACE).onRestored(begin().next(), 1000, NOON);

        assertThat(restored.next()).isInstanceOf(Released.class);
        assertThat(moves.onCommand(restored.next(), probe(1), NOON)
                        .orElseThrow()
                        .next())
                .as("who asks once more is answered")
                .isInstanceOf(Holding.class);
    }

    private Decision<Allocation> begin() {
        return moves.begin(TOKYO, probe(1), 0, NOON).orElseThrow();
    }

    private static HoldShare probe(long sequence) {
        return new HoldShare(AT_OSAKA, sequence, spec(), PACE.probeFor(), HoldPurpose.PROBE);
    }

    private Decision<Allocation> allAnswer(Allocation begun) {
        Decision<Allocation> decision = new Decision<>(begun, List.of());
        for (Participant participant : FIRST) {
            decision = answer(decision.next(), participant);
        }
        return answer(decision.next(), Participant.CACHE);
    }

    private Decision<Allocation> answer(Allocation asking, Participant participant) {
        return moves.onEvent(asking, held(sequence(asking), participant, UNTIL), NOON)
                .orElseThrow();
    }

    private static long sequence(Allocation allocation) {
        return allocation.header().sequence();
    }

    private static List<ShareMessage> answers(Decision<Allocation> decision) {
        return decision.messages().stream()
                .filter(ToSite.class::isInstance)
                .map(message -> ((ToSite) message).message())
                .toList();
    }
}
