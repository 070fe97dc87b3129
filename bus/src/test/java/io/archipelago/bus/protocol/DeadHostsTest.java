package io.archipelago.bus.protocol;

import static io.archipelago.bus.protocol.ProtocolFixture.COMPUTE;
import static io.archipelago.bus.protocol.ProtocolFixture.NOON;
import static io.archipelago.bus.protocol.ProtocolFixture.SEQUENCE;
import static io.archipelago.bus.protocol.ProtocolFixture.STORAGE;
import static io.archipelago.bus.protocol.ProtocolFixture.confirmed;
import static io.archipelago.bus.protocol.ProtocolFixture.deploy;
import static io.archipelago.bus.protocol.ProtocolFixture.deploying;
import static io.archipelago.bus.protocol.ProtocolFixture.disk;
import static io.archipelago.bus.protocol.ProtocolFixture.gone;
import static io.archipelago.bus.protocol.ProtocolFixture.held;
import static io.archipelago.bus.protocol.ProtocolFixture.in;
import static io.archipelago.bus.protocol.ProtocolFixture.release;
import static io.archipelago.bus.protocol.ProtocolFixture.released;
import static io.archipelago.bus.protocol.ProtocolFixture.releasing;
import static io.archipelago.bus.protocol.ProtocolFixture.seen;
import static io.archipelago.bus.protocol.ProtocolFixture.view;
import static io.archipelago.bus.protocol.ProtocolFixture.volume;
import static io.archipelago.bus.protocol.ProtocolFixture.waiting;
import static io.archipelago.bus.protocol.ProtocolFixture.withDead;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.allocation.AllocationEvent.AllocationProgress;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.ResourceStatus;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of a part when hosts under it are dead. */
class DeadHostsTest {

    private final ParticipantProtocol protocol = ProtocolFixture.protocol();

    @Test
    void isDegradedFromTheBeginningIfAHostIsDead() {
        PartView view = withDead(view(confirmed()), COMPUTE);

        assertThat(protocol.onCommand(deploy(SEQUENCE + 1), view, NOON).next())
                .isEqualTo(deploying(Progress.DEGRADED).revised(SEQUENCE + 1, ProtocolFixture.lease()));
    }

    @Test
    void callsWhatLayOnADeadHostGone() {
        // Given
        Resource volume = in(Phase.READY, volume(1));
        Resource disk = disk(1).removed();

        // When
        PartDecision decision = protocol.onHosts(withDead(view(releasing(), volume, disk), COMPUTE), true);

        // Then
        assertThat(decision.next()).isNull();
        assertThat(decision.publish()).containsExactly(volume.removed());
    }

    @Test
    void tellsDeadHostsToRemoveWhatIsReleasedShouldTheyComeBack() {
        // Given
        Resource volume = in(Phase.READY, volume(1));
        Resource disk = in(Phase.READY, disk(1));

        // When
        PartDecision atRelease = protocol.onCommand(
                release(SEQUENCE),
                withDead(
                        view(deploying(Progress.READY).revised(1, ProtocolFixture.lease()), volume, disk),
                        COMPUTE,
                        STORAGE),
                NOON);
        PartDecision whileReleasing =
                protocol.onHosts(withDead(view(releasing(), volume, disk.removed()), COMPUTE, STORAGE), true);

        // Then
        assertThat(atRelease.next()).isEqualTo(released());
        assertThat(atRelease.publish()).containsExactly(volume.removed(), disk.removed());
        assertThat(atRelease.resources()).isEqualTo(atRelease.publish());
        assertThat(atRelease.forget()).isEmpty();
        assertThat(whileReleasing.next()).isEqualTo(released());
        assertThat(whileReleasing.publish()).containsExactly(volume.removed());
        assertThat(whileReleasing.forget()).isEmpty();
    }

    @Test
    void forgetsWhatADeadHostRemovedOnceItCameBack() {
        PartDecision decision =
                protocol.onObserved(seen(disk(1).removed(), Phase.ABSENT), view(released(), disk(1).removed()), NOON);

        assertThat(decision.forget()).containsExactly(gone(disk(1)));
        assertThat(decision.next()).isNull();
    }

    @Test
    void isDegradedWhenAHostDiesUnderIt() {
        // Given
        Resource volume = in(Phase.READY, volume(1));
        Resource disk = in(Phase.READY, disk(1));

        // When
        PartDecision decision =
                protocol.onHosts(withDead(view(deploying(Progress.READY), volume, disk), COMPUTE), true);

        // Then
        assertThat(decision.next()).isEqualTo(deploying(Progress.DEGRADED));
        AllocationProgress told = (AllocationProgress) decision.answers().getFirst();
        assertThat(told.resources())
                .containsExactly(
                        volume.status(),
                        new ResourceStatus(ResourceKind.DISK, disk.name(), Phase.FAILED, "its host is dead", COMPUTE));
    }

    @Test
    void doesNothingAboutDeadHostsWhereNothingStands() {
        for (Part part : List.of(held(), confirmed(), released(), waiting())) {
            assertThat(protocol.onHosts(withDead(view(part), COMPUTE), true)).isEqualTo(PartDecision.NOTHING);
        }
        assertThat(protocol.onHosts(withDead(view(null), COMPUTE), true)).isEqualTo(PartDecision.NOTHING);
    }

    @Test
    void tellsWhatNewsThereAreOfHostsAndElseOnlyWhatChanges() {
        PartView view = withDead(view(deploying(Progress.DEGRADED), in(Phase.READY, volume(1)), disk(1)), COMPUTE);

        assertThat(protocol.onHosts(view, true).answers()).hasSize(1);
        assertThat(protocol.onHosts(view, false)).isEqualTo(PartDecision.NOTHING);
    }
}
