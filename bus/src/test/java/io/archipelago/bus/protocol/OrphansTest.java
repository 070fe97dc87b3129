package io.archipelago.bus.protocol;

import static io.archipelago.bus.protocol.ProtocolFixture.COMPUTE;
import static io.archipelago.bus.protocol.ProtocolFixture.NOON;
import static io.archipelago.bus.protocol.ProtocolFixture.deploying;
import static io.archipelago.bus.protocol.ProtocolFixture.disk;
import static io.archipelago.bus.protocol.ProtocolFixture.gone;
import static io.archipelago.bus.protocol.ProtocolFixture.in;
import static io.archipelago.bus.protocol.ProtocolFixture.observed;
import static io.archipelago.bus.protocol.ProtocolFixture.released;
import static io.archipelago.bus.protocol.ProtocolFixture.releasing;
import static io.archipelago.bus.protocol.ProtocolFixture.seen;
import static io.archipelago.bus.protocol.ProtocolFixture.view;
import static io.archipelago.bus.protocol.ProtocolFixture.volume;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.host.Phase;
import org.junit.jupiter.api.Test;

/** Things that are there although their owner is done with them, or never knew them. */
class OrphansTest {

    private final ParticipantProtocol protocol = ProtocolFixture.protocol();

    @Test
    void tombstonesAStrangerOnceItIsGone() {
        // Given
        Resource stranger = Resource.stranger(COMPUTE, disk(1).key(), 8);

        // When
        PartDecision seen = protocol.onObserved(seen(stranger, Phase.PENDING), view(null, stranger), NOON);
        PartDecision gone = protocol.onObserved(seen(stranger, Phase.ABSENT), view(null, stranger), NOON);

        // Then
        assertThat(seen.forget()).isEmpty();
        assertThat(gone.forget()).hasSize(1);
    }

    @Test
    void answersAbsentToAnOrphanThatItReleased() {
        // Given
        Resource orphan = gone(disk(1));

        // When
        PartDecision decision =
                protocol.onObserved(observed(orphan, 0, Phase.READY, ""), view(released(), orphan), NOON);

        // Then
        assertThat(decision.publish())
                .singleElement()
                .matches(r -> r.absent() && r.generation() == 3 && r.phase() == Phase.PENDING && r.counter() == 2);
        assertThat(decision.resources()).isEqualTo(decision.publish());
    }

    @Test
    void isNotDoneWithWhatAnAgentWithoutMemoryMakesAgain() {
        // Given: the volume was seen gone; then its agent finds on its topic, late, that it was wanted once
        Resource volume = gone(volume(1));
        Resource disk = disk(1).removed();

        // When
        PartDecision made =
                protocol.onObserved(observed(volume, 1, Phase.READY, ""), view(releasing(), volume, disk), NOON);
        Resource again = made.resources().getFirst();
        PartDecision diskGone = protocol.onObserved(seen(disk, Phase.ABSENT), view(releasing(), again, disk), NOON);
        PartDecision allGone =
                protocol.onObserved(seen(again, Phase.ABSENT), view(releasing(), again, gone(disk(1))), NOON);

        // Then
        assertThat(made.publish())
                .containsExactly(
                        volume.seen(observed(volume, 1, Phase.READY, "")).removed());
        assertThat(diskGone.next()).isNull();
        assertThat(allGone.next()).isEqualTo(released());
    }

    @Test
    void leavesAnOrphanAloneThatItDidNotRelease() {
        // Given
        PartView stillWanted = view(deploying(Progress.READY), volume(1), in(Phase.READY, disk(1)));

        // When
        PartDecision wanted =
                protocol.onObserved(observed(in(Phase.READY, disk(1)), 0, Phase.READY, ""), stillWanted, NOON);
        PartDecision goneAlready = protocol.onObserved(
                observed(gone(disk(1)), 0, Phase.ABSENT, ""), view(released(), gone(disk(1))), NOON);

        // Then
        assertThat(wanted.publish()).isEmpty();
        assertThat(goneAlready.publish()).isEmpty();
    }
}
