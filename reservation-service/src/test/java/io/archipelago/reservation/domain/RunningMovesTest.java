package io.archipelago.reservation.domain;

import static io.archipelago.reservation.domain.AllocationStates.SEQUENCE;
import static io.archipelago.reservation.domain.AllocationStates.SHARE_SEQUENCE;
import static io.archipelago.reservation.domain.DomainFixture.AT_OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.END;
import static io.archipelago.reservation.domain.DomainFixture.NOON;
import static io.archipelago.reservation.domain.DomainFixture.OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.PACE;
import static io.archipelago.reservation.domain.DomainFixture.TOKYO;
import static io.archipelago.reservation.domain.DomainFixture.progress;
import static io.archipelago.reservation.domain.DomainFixture.shared;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationProgress;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.allocation.ResourceStatus;
import io.archipelago.contracts.federation.ShareMessage.ShareStatus;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.reservation.domain.Leased.Running;
import io.archipelago.reservation.domain.Outgoing.ToParticipants;
import io.archipelago.reservation.domain.Outgoing.ToSite;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a site makes of how far its participants say that they are. */
class RunningMovesTest {

    private final AllocationMoves moves = new AllocationMoves(PACE);

    @ParameterizedTest
    @CsvSource({
        "READY,READY,READY",
        "READY,DEPLOYING,DEPLOYING",
        "DEPLOYING,WAITING,WAITING",
        "WAITING,DEGRADED,DEGRADED",
        "DEGRADED,READY,DEGRADED"
    })
    void isAsFarAsThePartThatIsBehind(Progress cache, Progress storage, Progress share) {
        // Given
        Allocation running = moves.onEvent(
                        AllocationStates.running(), progress(SEQUENCE, Participant.CACHE, cache), NOON)
                .map(Decision::next)
                .orElse(AllocationStates.running());

        // When
        Decision<Allocation> decision = moves.onEvent(running, progress(SEQUENCE, Participant.STORAGE, storage), NOON)
                .orElseThrow();

        // Then
        assertThat(decision.messages())
                .containsExactly(new ToSite(
                        TOKYO, new ShareStatus(AT_OSAKA, SHARE_SEQUENCE, share, List.of(), null, shared(OSAKA))));
        assertThat(((Running) decision.next()).askAgainAt()).isNull();
        assertThat(decision.next().due()).isEqualTo(END);
    }

    @Test
    void isNotReadyBeforeEveryPartHasSpoken() {
        // Given
        Running silent = Running.begin(AllocationStates.header(), DomainFixture.facts(), DomainFixture.cluster(), NOON);

        // When
        Decision<Allocation> decision = moves.onEvent(
                        silent, progress(SEQUENCE, Participant.CACHE, Progress.READY), NOON)
                .orElseThrow();

        // Then
        assertThat(decision.messages())
                .containsExactly(new ToSite(
                        TOKYO,
                        new ShareStatus(AT_OSAKA, SHARE_SEQUENCE, Progress.DEPLOYING, List.of(), null, shared(OSAKA))));
        assertThat(decision.next().due()).isEqualTo(NOON);
    }

    @Test
    void tellsWhyAParticipantWillNotDoWhatItWasToldAndGoesOnTellingIt() {
        // Given
        Refusal why = Refusal.of(ErrorCode.CONFLICT, "storage", "not possible now");
        AllocationRefused refused = new AllocationRefused(AT_OSAKA, SEQUENCE, Participant.STORAGE, why);

        // When
        Decision<Allocation> told =
                moves.onEvent(AllocationStates.running(), refused, NOON).orElseThrow();

        // Then
        ShareStatus status = (ShareStatus) ((ToSite) told.messages().getFirst()).message();
        assertThat(status.progress()).isEqualTo(Progress.DEGRADED);
        assertThat(status.resources())
                .containsExactly(
                        new ResourceStatus(ResourceKind.VOLUME, "osaka", Phase.FAILED, "not possible now", null));
        assertThat(moves.onEvent(told.next(), refused, NOON)).isEmpty();

        // When
        Decision<Allocation> again =
                moves.onDue(told.next(), NOON.plusSeconds(5)).orElseThrow();
        Decision<Allocation> done = moves.onEvent(
                        again.next(), progress(SEQUENCE, Participant.STORAGE, Progress.READY), NOON)
                .orElseThrow();

        // Then
        assertThat(again.messages()).singleElement().isInstanceOf(ToParticipants.class);
        assertThat(((ShareStatus) ((ToSite) done.messages().getFirst()).message()).progress())
                .isEqualTo(Progress.READY);
        assertThat(done.next().due()).isEqualTo(END);
    }

    @Test
    void saysNothingTwice() {
        assertThat(moves.onEvent(
                        AllocationStates.running(), progress(SEQUENCE, Participant.CACHE, Progress.READY), NOON))
                .isEmpty();
    }

    @Test
    void tellsOfAWaitBesideWhatHasFailedInTheWordsOfWhoWaits() {
        // Given
        ResourceStatus failed = new ResourceStatus(ResourceKind.VOLUME, "vcompute-2-1", Phase.FAILED, "it broke", null);
        ResourceStatus waiting = new ResourceStatus(ResourceKind.MACHINE, "osaka", Phase.PENDING, "it waits", null);
        Running running = AllocationStates.running()
                .with(Participant.STORAGE, new PartStatus(Progress.DEGRADED, List.of(failed), List.of()));

        // When
        Decision<Allocation> told = moves.onEvent(
                        running,
                        new AllocationProgress(
                                AT_OSAKA,
                                SEQUENCE,
                                Participant.PLACEMENT,
                                Progress.WAITING,
                                List.of(waiting),
                                List.of()),
                        NOON)
                .orElseThrow();

        // Then
        ShareStatus status = (ShareStatus) ((ToSite) told.messages().getFirst()).message();
        assertThat(status.progress()).isEqualTo(Progress.DEGRADED);
        assertThat(status.waitingFor()).isEqualTo("it waits");
        assertThat(status.fingerprint())
                .isNotEqualTo(new ShareStatus(
                                AT_OSAKA, SHARE_SEQUENCE, Progress.DEGRADED, status.resources(), null, status.facts())
                        .fingerprint());
    }
}
