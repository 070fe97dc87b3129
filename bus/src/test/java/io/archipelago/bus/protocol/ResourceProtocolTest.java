package io.archipelago.bus.protocol;

import static io.archipelago.bus.protocol.ProtocolFixture.ALLOCATION;
import static io.archipelago.bus.protocol.ProtocolFixture.COMPUTE;
import static io.archipelago.bus.protocol.ProtocolFixture.NOON;
import static io.archipelago.bus.protocol.ProtocolFixture.SEQUENCE;
import static io.archipelago.bus.protocol.ProtocolFixture.STORAGE;
import static io.archipelago.bus.protocol.ProtocolFixture.TERMS;
import static io.archipelago.bus.protocol.ProtocolFixture.confirmed;
import static io.archipelago.bus.protocol.ProtocolFixture.deploy;
import static io.archipelago.bus.protocol.ProtocolFixture.deploying;
import static io.archipelago.bus.protocol.ProtocolFixture.disk;
import static io.archipelago.bus.protocol.ProtocolFixture.gone;
import static io.archipelago.bus.protocol.ProtocolFixture.held;
import static io.archipelago.bus.protocol.ProtocolFixture.in;
import static io.archipelago.bus.protocol.ProtocolFixture.observed;
import static io.archipelago.bus.protocol.ProtocolFixture.release;
import static io.archipelago.bus.protocol.ProtocolFixture.released;
import static io.archipelago.bus.protocol.ProtocolFixture.releasing;
import static io.archipelago.bus.protocol.ProtocolFixture.seen;
import static io.archipelago.bus.protocol.ProtocolFixture.view;
import static io.archipelago.bus.protocol.ProtocolFixture.volume;
import static io.archipelago.bus.protocol.ProtocolFixture.waiting;
import static io.archipelago.bus.protocol.ProtocolFixture.withDead;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.protocol.PartDecision.Drop;
import io.archipelago.bus.protocol.PartDecision.Keep;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationProgress;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationReleased;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.ResourceStatus;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResourceProtocolTest {

    private final ParticipantProtocol protocol = ProtocolFixture.protocol();

    @Test
    void publishesWhatTheLeaseWants() {
        PartDecision decision = protocol.onCommand(deploy(SEQUENCE + 1), view(confirmed()), NOON);

        assertThat(decision.resources()).containsExactly(volume(1), disk(1));
        assertThat(decision.publish()).isEqualTo(decision.resources());
        assertThat(decision.publish()).allMatch(r -> r.generation() == 1 && r.notAfter() == null);
        assertThat(decision.answers()).containsExactly(progress(SEQUENCE + 1, Progress.DEPLOYING, volume(1), disk(1)));
    }

    @Test
    void continuesTheGenerationsOfAnIdThatComesBack() {
        // Given
        Resource before = gone(volume(1));

        // When
        PartDecision decision =
                protocol.onCommand(deploy(SEQUENCE + 1), view(confirmed(), before, gone(disk(1))), NOON);

        // Then
        assertThat(decision.publish()).allMatch(r -> r.generation() == 3 && !r.absent() && r.phase() == Phase.PENDING);
        assertThat(decision.publish().getFirst().counter()).isEqualTo(before.counter());
    }

    @Test
    void tellsAtOnceWhenTheProgressChanges() {
        // Given
        Resource volume = in(Phase.READY, volume(1));
        PartView view = view(deploying(Progress.DEPLOYING).tellingAt(NOON), volume, disk(1));

        // When
        PartDecision decision = protocol.onObserved(seen(disk(1), Phase.READY), view, NOON);

        // Then
        Resource ready = in(Phase.READY, disk(1));
        assertThat(decision.next()).isEqualTo(deploying(Progress.READY));
        assertThat(decision.resources()).containsExactly(ready);
        assertThat(decision.publish()).isEmpty();
        assertThat(decision.answers()).containsExactly(progress(SEQUENCE, Progress.READY, volume, ready));
    }

    @Test
    void isDegradedWhileSomethingFailsAndReadyWhenItIsMended() {
        // Given
        Resource volume = in(Phase.READY, volume(1));
        Resource failed = in(Phase.FAILED, disk(1));

        // When
        PartDecision breaks = protocol.onObserved(
                seen(disk(1), Phase.FAILED), view(deploying(Progress.READY), volume, disk(1)), NOON);
        PartDecision mends = protocol.onObserved(
                seen(failed, Phase.READY), view(deploying(Progress.DEGRADED), volume, failed), NOON);

        // Then
        assertThat(breaks.next()).isEqualTo(deploying(Progress.DEGRADED));
        assertThat(failed.reason()).isEqualTo("it broke");
        assertThat(mends.next()).isEqualTo(deploying(Progress.READY));
    }

    @Test
    void tellsQuieterChangesTogetherAMomentLater() {
        // Given
        PartView view = view(deploying(Progress.DEPLOYING), volume(1), disk(1));

        // When
        PartDecision first = protocol.onObserved(seen(volume(1), Phase.READY), view, NOON);
        Part telling = first.next();

        // Then
        assertThat(first.answers()).isEmpty();
        assertThat(telling).isEqualTo(deploying(Progress.DEPLOYING).tellingAt(NOON.plus(TERMS.tellEvery())));

        // When
        Resource volume = in(Phase.READY, volume(1));
        ResourceObserved another = observed(disk(1), 1, Phase.PENDING, "attaching");
        PartDecision second = protocol.onObserved(another, view(telling, volume, disk(1)), NOON.plusSeconds(1));

        // Then
        assertThat(second.next()).isNull();
        assertThat(second.resources()).hasSize(1);

        // When
        Resource disk = disk(1).seen(another);
        PartView now = view(telling, volume, disk);
        PartDecision due = protocol.onDue(now, NOON.plus(TERMS.tellEvery()));

        // Then
        assertThat(protocol.onDue(now, NOON.plus(TERMS.tellEvery()).minusNanos(1)))
                .isEqualTo(PartDecision.NOTHING);
        assertThat(due.answers()).containsExactly(progress(SEQUENCE, Progress.DEPLOYING, volume, disk));
        assertThat(due.next()).isEqualTo(deploying(Progress.DEPLOYING));
    }

    @Test
    void storesWithoutAWordWhatChangesNothing() {
        // Given
        Resource ready = in(Phase.READY, disk(1));
        PartView view = view(deploying(Progress.DEPLOYING), volume(1), ready);

        // When
        PartDecision decision = protocol.onObserved(seen(ready, Phase.READY), view, NOON);

        // Then
        assertThat(Words.of(decision)).isEqualTo("nothing");
        assertThat(decision.resources().getFirst().counter()).isEqualTo(ready.counter() + 1);
    }

    @Test
    void ignoresWhatIsNotNewerThanTheLast() {
        // Given
        Resource ready = in(Phase.READY, disk(1));
        PartView view = view(deploying(Progress.DEPLOYING), volume(1), ready);
        ResourceObserved same = new ResourceObserved(
                ready.host(), ready.epoch(), ready.counter(), ready.key(), 1, Phase.FAILED, "", Map.of(), "machine");
        ResourceObserved newEpoch = new ResourceObserved(
                ready.host(), ready.epoch() + 1, 0, ready.key(), 1, Phase.FAILED, "", Map.of(), "machine");

        // Then
        assertThat(protocol.onObserved(same, view, NOON)).isEqualTo(PartDecision.NOTHING);
        assertThat(protocol.onObserved(newEpoch, view, NOON).next()).isEqualTo(deploying(Progress.DEGRADED));
    }

    @Test
    void ignoresStrangersAndTheSameThingOnAnotherHost() {
        PartView view = view(deploying(Progress.DEPLOYING), volume(1), disk(1));

        assertThat(protocol.onObserved(seen(disk(2), Phase.READY), view, NOON)).isEqualTo(PartDecision.NOTHING);
        assertThat(protocol.onObserved(
                        new ResourceObserved(STORAGE, 0, 1, disk(1).key(), 1, Phase.READY, "", Map.of(), "machine"),
                        view,
                        NOON))
                .isEqualTo(PartDecision.NOTHING);
    }

    @Test
    void doesNotCountWhatSpeaksOfAnotherGeneration() {
        // Given
        Resource changed = disk(1).removed();

        // When
        PartDecision decision = protocol.onObserved(
                observed(changed, 1, Phase.READY, ""), view(releasing(), changed, gone(volume(1))), NOON);

        // Then
        assertThat(decision.resources())
                .singleElement()
                .matches(r -> r.phase() == Phase.PENDING && r.counter() == changed.counter() + 1);
        assertThat(decision.next()).isNull();
    }

    @Test
    void goesAboveAGenerationThatAnAgentHasSeenAndWeHaveNot() {
        // Given
        PartView view = view(deploying(Progress.READY), in(Phase.READY, volume(1)), disk(1));

        // When
        PartDecision decision = protocol.onObserved(observed(disk(1), 9, Phase.READY, ""), view, NOON);

        // Then
        assertThat(decision.publish())
                .singleElement()
                .matches(r -> r.generation() == 10 && !r.absent() && r.phase() == Phase.PENDING && r.counter() == 1);
        assertThat(decision.resources()).isEqualTo(decision.publish());
    }

    @Test
    void removesDisksBeforeTheirVolumes() {
        // Given
        Resource volume = in(Phase.READY, volume(1));
        Resource disk = in(Phase.READY, disk(1));

        // When
        PartDecision release = protocol.onCommand(
                release(SEQUENCE),
                view(deploying(Progress.READY).revised(1, ProtocolFixture.lease()), volume, disk),
                NOON);

        // Then
        assertThat(release.next()).isEqualTo(releasing());
        assertThat(release.bookings()).isEqualTo(new Keep());
        assertThat(release.publish()).containsExactly(disk.removed());
        assertThat(release.answers()).containsExactly(progress(SEQUENCE, Progress.RELEASING, volume, disk.removed()));

        // When
        Resource removed = disk.removed();
        PartDecision diskGone =
                protocol.onObserved(seen(removed, Phase.ABSENT), view(releasing(), volume, removed), NOON);

        // Then
        assertThat(diskGone.next()).isNull();
        assertThat(diskGone.publish()).containsExactly(volume.removed());
        assertThat(diskGone.resources()).containsExactlyInAnyOrder(gone(disk), volume.removed());

        // When
        PartDecision allGone = protocol.onObserved(
                seen(volume.removed(), Phase.ABSENT), view(releasing(), volume.removed(), gone(disk)), NOON);

        // Then
        assertThat(allGone.next()).isEqualTo(released());
        assertThat(allGone.bookings()).isEqualTo(new Drop());
        assertThat(allGone.forget()).containsExactly(gone(volume), gone(disk));
        assertThat(allGone.answers())
                .containsExactly(new AllocationReleased(ALLOCATION, SEQUENCE, Participant.STORAGE));
    }

    @Test
    void waitsForTheLastThingToGo() {
        // Given
        Resource last = disk(2).removed();

        // When
        PartDecision decision = protocol.onObserved(
                seen(disk(1).removed(), Phase.ABSENT), view(releasing(), volume(2), disk(1).removed(), last), NOON);

        // Then
        assertThat(decision.next()).isNull();
        assertThat(decision.publish()).isEmpty();
    }

    @Test
    void releasesAtOnceWhatNeverWasOnAHost() {
        assertThat(protocol.onCommand(release(SEQUENCE), view(waiting().revised(1, ProtocolFixture.lease())), NOON)
                        .next())
                .isEqualTo(released());
        assertThat(protocol.onCommand(release(SEQUENCE + 1), view(confirmed(), gone(volume(1))), NOON)
                        .bookings())
                .isEqualTo(new Drop());
    }

    @Test
    void takesWhatWasSeenGoneForGoneWhateverAnAgentSaysLater() {
        // Given: the removal was seen, then an agent says that it failed
        Resource failed = in(Phase.FAILED, gone(disk(1)));
        assertThat(failed.gone()).isTrue();

        // When
        PartDecision again =
                protocol.onCommand(release(SEQUENCE + 1), view(new Part.Released(ALLOCATION, SEQUENCE), failed), NOON);

        // Then
        assertThat(again.next()).isEqualTo(new Part.Released(ALLOCATION, SEQUENCE + 1));
        assertThat(again.answers())
                .containsExactly(new AllocationReleased(ALLOCATION, SEQUENCE + 1, Participant.STORAGE));
    }

    @Test
    void tombstonesOnlyWhatWasSeenGone() {
        // Given
        Resource onDeadHost = disk(1).removed();

        // When
        PartDecision decision = protocol.onObserved(
                seen(volume(1).removed(), Phase.ABSENT),
                withDead(view(releasing(), volume(1).removed(), onDeadHost), COMPUTE),
                NOON);

        // Then
        assertThat(decision.next()).isEqualTo(released());
        assertThat(decision.forget()).containsExactly(gone(volume(1)));
    }

    @Test
    void keepsWhatAnAgentSaysWhileNothingIsDeployed() {
        for (Part part : List.of(held(), confirmed(), waiting())) {
            PartDecision decision = protocol.onObserved(seen(disk(1), Phase.READY), view(part, disk(1)), NOON);

            assertThat(decision.resources()).containsExactly(in(Phase.READY, disk(1)));
            assertThat(Words.of(decision)).isEqualTo("nothing");
        }
    }

    @Test
    void publishesWhatSomebodyHasAskedToBeOtherwise() {
        // Given
        Resource volume = in(Phase.READY, volume(1));
        Resource disk = in(Phase.READY, disk(1));
        ResourceSpec other = volume(2).spec();

        // When
        PartDecision decision = protocol.respecify(
                        view(deploying(Progress.READY), volume, disk), volume.host(), volume.key(), spec -> other)
                .orElseThrow();

        // Then
        Resource changed = volume.adjusted(other);
        assertThat(changed.generation()).isEqualTo(volume.generation() + 1);
        assertThat(decision.publish()).containsExactly(changed);
        assertThat(decision.resources()).containsExactly(changed);
        assertThat(decision.bookings()).isEqualTo(new Keep());
        assertThat(decision.next()).isEqualTo(deploying(Progress.DEPLOYING));
        assertThat(decision.answers()).containsExactly(progress(SEQUENCE, Progress.DEPLOYING, changed, disk));
    }

    @Test
    void changesNothingThatNoLeaseWants() {
        Resource volume = in(Phase.READY, volume(1));

        for (PartView view : List.of(
                view(waiting(), volume),
                view(releasing(), volume),
                view(null, volume),
                view(deploying(Progress.READY), volume.removed()),
                view(deploying(Progress.READY), disk(1)))) {
            assertThat(protocol.respecify(view, volume.host(), volume.key(), Resource::spec))
                    .as("%s", view.part())
                    .isEmpty();
        }
        assertThat(protocol.respecify(view(deploying(Progress.READY), volume), COMPUTE, volume.key(), Resource::spec))
                .as("on another host")
                .isEmpty();
    }

    @Test
    void tellsAnAgentAndATenantWhatEachMayKnow() {
        Resource failed = in(Phase.FAILED, disk(1));

        assertThat(failed.desired().key()).isEqualTo(failed.key());
        assertThat(failed.desired().generation()).isEqualTo(1);
        assertThat(failed.desired().spec()).isEqualTo(failed.spec());
        assertThat(failed.removed().desired().absent()).isTrue();
        assertThat(failed.allocation()).isEqualTo(ALLOCATION);
        assertThat(failed.status())
                .isEqualTo(new ResourceStatus(ResourceKind.DISK, "vcompute-1-1", Phase.FAILED, "it broke", COMPUTE));
    }

    private static AllocationProgress progress(long sequence, Progress progress, Resource... resources) {
        return new AllocationProgress(
                ALLOCATION,
                sequence,
                Participant.STORAGE,
                progress,
                List.of(resources).stream().map(Resource::status).toList(),
                List.of());
    }
}
