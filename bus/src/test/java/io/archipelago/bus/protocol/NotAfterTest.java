package io.archipelago.bus.protocol;

import static io.archipelago.bus.protocol.ProtocolFixture.ALLOCATION;
import static io.archipelago.bus.protocol.ProtocolFixture.COMPUTE;
import static io.archipelago.bus.protocol.ProtocolFixture.NOON;
import static io.archipelago.bus.protocol.ProtocolFixture.SEQUENCE;
import static io.archipelago.bus.protocol.ProtocolFixture.TERMS;
import static io.archipelago.bus.protocol.ProtocolFixture.WINDOW;
import static io.archipelago.bus.protocol.ProtocolFixture.booking;
import static io.archipelago.bus.protocol.ProtocolFixture.calendar;
import static io.archipelago.bus.protocol.ProtocolFixture.confirmed;
import static io.archipelago.bus.protocol.ProtocolFixture.deploy;
import static io.archipelago.bus.protocol.ProtocolFixture.leavings;
import static io.archipelago.bus.protocol.ProtocolFixture.view;
import static io.archipelago.bus.protocol.ProtocolFixture.volume;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.protocol.Resource.Wanted;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationProgress;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What an agent that hears nothing may stop by itself, and what it may not. */
class NotAfterTest {

    @ParameterizedTest
    @EnumSource
    void endsWhatRunsAndNeverWhatKeepsData(ResourceKind kind) {
        // Given
        ParticipantProtocol protocol = new ParticipantProtocol(new OneOf(kind.owner(), kind), TERMS);

        // When
        PartDecision decision = protocol.onCommand(deploy(SEQUENCE + 1), view(confirmed()), NOON);

        // Then
        Instant end = WINDOW.end().plus(TERMS.grace());
        boolean keepsData = kind == ResourceKind.VOLUME || kind == ResourceKind.DISK || kind == ResourceKind.CACHE;
        assertThat(decision.publish().getFirst().desired().notAfter()).isEqualTo(keepsData ? null : end);
    }

    @ParameterizedTest
    @CsvSource({"PLACEMENT,MACHINE", "NETWORK,SEGMENT", "STORAGE,VOLUME", "CACHE,CACHE"})
    void isToldInTheParticipantsWordsWhileItWaits(Participant participant, ResourceKind kind) {
        // Given
        ParticipantProtocol protocol = new ParticipantProtocol(new OneOf(participant, kind), TERMS);

        // When
        PartDecision decision =
                protocol.onCommand(deploy(SEQUENCE + 1), view(confirmed(), calendar(booking(null), leavings())), NOON);

        // Then
        AllocationProgress told = (AllocationProgress) decision.answers().getFirst();
        assertThat(told.resources().getFirst().kind()).isEqualTo(kind);
        assertThat(told.participant()).isEqualTo(participant);
    }

    @Test
    void hasNothingToWaitForWhereNothingIsWanted() {
        // Given
        ParticipantProtocol protocol = new ParticipantProtocol(new OneOf(Participant.CACHE), TERMS);

        // When
        PartDecision decision = protocol.onCommand(deploy(SEQUENCE + 1), view(confirmed(), calendar()), NOON);

        // Then
        assertThat(decision.answers())
                .containsExactly(new AllocationProgress(
                        ALLOCATION, SEQUENCE + 1, Participant.CACHE, Progress.READY, List.of(), List.of()));
        assertThat(protocol.onCommand(ProtocolFixture.release(SEQUENCE + 2), view(decision.next(), calendar()), NOON)
                        .next())
                .isEqualTo(new Part.Released(ALLOCATION, SEQUENCE + 2));
    }

    /** Wants one resource of each kind; may remove them in any order. */
    private static final class OneOf extends Bare {

        private final List<ResourceKind> kinds;

        OneOf(Participant name, ResourceKind... kinds) {
            super(name);
            this.kinds = List.of(kinds);
        }

        @Override
        public List<Wanted> deploy(Lease lease) {
            return kinds.stream()
                    .map(kind -> new Wanted(
                            COMPUTE,
                            ResourceKey.of(kind, ALLOCATION),
                            "tokyo",
                            volume(1).spec()))
                    .toList();
        }
    }
}
