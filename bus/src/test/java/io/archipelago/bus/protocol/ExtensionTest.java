package io.archipelago.bus.protocol;

import static io.archipelago.bus.protocol.ProtocolFixture.ALLOCATION;
import static io.archipelago.bus.protocol.ProtocolFixture.BOOKED;
import static io.archipelago.bus.protocol.ProtocolFixture.CHOSEN;
import static io.archipelago.bus.protocol.ProtocolFixture.COMPUTE;
import static io.archipelago.bus.protocol.ProtocolFixture.FULL;
import static io.archipelago.bus.protocol.ProtocolFixture.NOON;
import static io.archipelago.bus.protocol.ProtocolFixture.OTHER;
import static io.archipelago.bus.protocol.ProtocolFixture.POOL;
import static io.archipelago.bus.protocol.ProtocolFixture.SEQUENCE;
import static io.archipelago.bus.protocol.ProtocolFixture.booking;
import static io.archipelago.bus.protocol.ProtocolFixture.calendar;
import static io.archipelago.bus.protocol.ProtocolFixture.confirmed;
import static io.archipelago.bus.protocol.ProtocolFixture.deploy;
import static io.archipelago.bus.protocol.ProtocolFixture.deploying;
import static io.archipelago.bus.protocol.ProtocolFixture.disk;
import static io.archipelago.bus.protocol.ProtocolFixture.extend;
import static io.archipelago.bus.protocol.ProtocolFixture.gone;
import static io.archipelago.bus.protocol.ProtocolFixture.in;
import static io.archipelago.bus.protocol.ProtocolFixture.lease;
import static io.archipelago.bus.protocol.ProtocolFixture.more;
import static io.archipelago.bus.protocol.ProtocolFixture.release;
import static io.archipelago.bus.protocol.ProtocolFixture.seen;
import static io.archipelago.bus.protocol.ProtocolFixture.spec;
import static io.archipelago.bus.protocol.ProtocolFixture.view;
import static io.archipelago.bus.protocol.ProtocolFixture.volume;
import static io.archipelago.bus.protocol.ProtocolFixture.waiting;
import static io.archipelago.bus.protocol.ProtocolFixture.withDead;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.protocol.PartDecision.Book;
import io.archipelago.bus.protocol.PartDecision.Keep;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationCommand.ExtendAllocation;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationProgress;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How a lease that has begun gets other machines: more are booked beside those that it has, then it goes on with some of both. */
class ExtensionTest {

    private final ParticipantProtocol protocol = ProtocolFixture.protocol();

    @Test
    void isBookedBesideTheLeaseUntilItsEnd() {
        // When
        PartDecision decision = protocol.onCommand(extend(SEQUENCE + 1), view(running()), NOON);

        // Then
        assertThat(decision.bookings()).isEqualTo(new Book(List.of(row(9))));
        assertThat(decision.publish()).isEmpty();
        assertThat(decision.answers())
                .endsWith(new AllocationHeld(ALLOCATION, SEQUENCE + 1, Participant.STORAGE, BOOKED.end(), CHOSEN));
    }

    /** Who commands it was set back, or the one who booked it. */
    @Test
    void doesNotBeginWithMoreThanIsBooked() {
        // When
        PartDecision decision =
                protocol.onCommand(deploy(SEQUENCE + 1, extend(SEQUENCE).spec()), view(confirmed()), NOON);

        // Then
        assertThat(decision.next()).isNull();
        assertThat(decision.answers()).singleElement().isInstanceOfSatisfying(AllocationRefused.class, refused -> {
            assertThat(refused.sequence()).isEqualTo(SEQUENCE + 1);
            assertThat(refused.refusal().code()).isEqualTo(ErrorCode.CONFLICT);
        });
    }

    @Test
    void saysWhatIsLostNowBeforeItSaysThatMoreIsBooked() {
        // Given
        Resource machine = Resource.wanted(
                new Resource.Wanted(
                        COMPUTE,
                        ResourceKey.of(ResourceKind.MACHINE, ALLOCATION, "vcompute-1-1"),
                        "vcompute-1-1",
                        volume(1).spec()),
                null);
        PartView lost = withDead(view(running(), machine), COMPUTE);

        // Then
        assertThat(lost(protocol.onCommand(extend(SEQUENCE + 1), lost, NOON))).containsExactly("vcompute-1-1");
        assertThat(lost(protocol.onCommand(extend(SEQUENCE + 1), view(running(), machine), NOON)))
                .isEmpty();
    }

    private static List<String> lost(PartDecision decision) {
        assertThat(decision.answers()).hasSize(2);
        AllocationProgress first = (AllocationProgress) decision.answers().getFirst();
        assertThat(first.sequence()).isEqualTo(SEQUENCE + 1);
        return first.lost();
    }

    @Test
    void removesAVolumeThatIsSeenRevokedLate() {
        // Given
        Part.Deploying part =
                running().revised(SEQUENCE, lease().revised(without(1), lease().facts(), lease().cluster()));
        Resource volume = in(Phase.PENDING, volume(1));
        PartView view = withDead(
                view(part, volume, disk(1).removed(), in(Phase.READY, volume(3)), in(Phase.READY, disk(3))), COMPUTE);

        // When
        PartDecision decision = protocol.onObserved(seen(volume, Phase.READY), view, NOON);

        // Then
        assertThat(decision.publish())
                .hasSize(1)
                .allMatch(r -> r.absent() && r.key().equals(volume.key()));
        assertThat(decision.resources()).isEqualTo(decision.publish());
    }

    @Test
    void leavesTheLeaseAsItIsIfItDoesNotFit() {
        // Given
        PartView full = view(running(), calendar(booking(null), other(4)));

        // When
        PartDecision decision = protocol.onCommand(extend(SEQUENCE + 1), full, NOON);

        // Then
        assertThat(decision.bookings()).isEqualTo(new Keep());
        assertThat(decision.next())
                .isEqualTo(running().extended(SEQUENCE + 1, new Part.Extension.Denied(FULL.missing(3, null))));
        assertThat(decision.answers())
                .containsExactly(
                        new AllocationRefused(ALLOCATION, SEQUENCE + 1, Participant.STORAGE, FULL.missing(3, null)));
    }

    @Test
    void countsWhatIsStillThereOfWhatTheLeaseHadBefore() {
        // Given
        Resource left = in(Phase.READY, volume(7)).removed();
        PartView narrow = view(running(), calendar(booking(null), other(1)), left);
        PartView wide = view(running(), calendar(booking(null), other(1)), gone(volume(7)));

        // Then
        assertThat(protocol.onCommand(extend(SEQUENCE + 1), narrow, NOON).answers())
                .hasOnlyElementsOfType(AllocationRefused.class);
        assertThat(protocol.onCommand(extend(SEQUENCE + 1), wide, NOON).answers())
                .hasAtLeastOneElementOfType(AllocationHeld.class);
    }

    @Test
    void goesOnWithSomeOfBothAndTakesAwayWhatItNoLongerHas() {
        // Given
        Resource volume = in(Phase.READY, volume(1));
        Resource disk = in(Phase.READY, disk(1));
        PartView extended = view(running(), calendar(booking(null), more()), volume, disk);

        // When
        PartDecision decision = protocol.onCommand(deploy(SEQUENCE + 1, without(1)), extended, NOON);

        // Then
        assertThat(decision.publish()).containsExactlyInAnyOrder(volume(3), disk(3), disk.removed());
        assertThat(decision.bookings())
                .as("the volume that is to go is still booked")
                .isEqualTo(new Keep());
        AllocationProgress told = (AllocationProgress) decision.answers().getFirst();
        assertThat(told.progress()).isEqualTo(Progress.DEPLOYING);
        assertThat(told.resources())
                .as("of what it no longer has, only what stands")
                .containsExactlyInAnyOrder(volume.status(), volume(3).status(), disk(3).status());
    }

    @Test
    void takesAwayOneAfterTheOtherAndGivesBackWhatIsSeenGone() {
        // Given
        Resource volume = in(Phase.READY, volume(1));
        Resource removedDisk = disk(1).removed();
        Part.Deploying part =
                running().revised(SEQUENCE, lease().revised(without(1), lease().facts(), lease().cluster()));
        Resource newDisk = in(Phase.READY, disk(3));
        Resource newVolume = in(Phase.READY, volume(3));

        // When
        PartDecision diskGone = protocol.onObserved(
                seen(removedDisk, Phase.ABSENT), view(part, volume, removedDisk, newVolume, newDisk), NOON);

        // Then
        assertThat(diskGone.publish()).containsExactly(volume.removed());
        assertThat(diskGone.forget()).containsExactly(gone(disk(1)));
        assertThat(diskGone.bookings()).isEqualTo(new Book(List.of(row(9))));

        // When
        PartDecision volumeGone = protocol.onObserved(
                seen(volume.removed(), Phase.ABSENT),
                view(part, volume.removed(), gone(disk(1)), newVolume, newDisk),
                NOON);

        // Then
        assertThat(volumeGone.next()).isNull();
        assertThat(volumeGone.answers()).isEmpty();
        assertThat(volumeGone.forget()).containsExactly(gone(volume));
        assertThat(volumeGone.bookings()).isEqualTo(new Book(List.of(row(6))));
    }

    @Test
    void staysBookedWhenWhatTheLeaseHadBeforeIsSeenGone() {
        // Given
        Resource left = in(Phase.READY, volume(7)).removed();
        Part.Deploying extended = running().extended(SEQUENCE, ProtocolFixture.granted());

        // When
        PartDecision decision = protocol.onObserved(
                seen(left, Phase.ABSENT),
                view(extended, left, in(Phase.READY, volume(1)), in(Phase.READY, disk(1))),
                NOON);

        // Then
        assertThat(decision.bookings()).isEqualTo(new Book(List.of(row(9))));
    }

    @Test
    void returnsToTheLeaseAsItWas() {
        // Given
        Resource volume = in(Phase.READY, volume(1));
        Resource disk = in(Phase.READY, disk(1));
        Part.Deploying extended = running().extended(SEQUENCE, ProtocolFixture.granted());

        // When
        PartDecision decision = protocol.onCommand(
                deploy(SEQUENCE + 1), view(extended, calendar(booking(null), more()), volume, disk), NOON);

        // Then
        assertThat(decision.next()).isEqualTo(running().revised(SEQUENCE + 1, lease()));
        assertThat(decision.bookings()).isEqualTo(new Book(List.of(row(6))));
        assertThat(decision.publish()).isEmpty();
    }

    @Test
    void isRefusedWhatIsNotBooked() {
        // Given
        AllocationSpec three = extend(1).spec();

        // When
        PartDecision decision = protocol.onCommand(deploy(SEQUENCE + 1, three), view(running()), NOON);

        // Then
        assertThat(decision.answers()).hasOnlyElementsOfType(AllocationRefused.class);
        assertThat(decision.next()).isNull();
        assertThat(decision.publish()).isEmpty();
    }

    @Test
    void isRefusedToWhoDoesNotKnowAllMachinesOfTheLease() {
        // Given: a reservation-service that was set back to before a machine was replaced
        Part.Deploying replaced =
                running().revised(SEQUENCE, lease().revised(without(1), lease().facts(), lease().cluster()));

        // When
        PartDecision decision =
                protocol.onCommand(new ExtendAllocation(ALLOCATION, SEQUENCE + 1, spec()), view(replaced), NOON);

        // Then
        assertThat(decision.answers()).hasOnlyElementsOfType(AllocationRefused.class);
        assertThat(decision.next()).isNull();
        assertThat(decision.bookings()).isEqualTo(new Keep());
    }

    @Test
    void isGivenBackWithTheLease() {
        Part.Deploying extended = running().extended(SEQUENCE, ProtocolFixture.granted());

        assertThat(protocol.onCommand(release(SEQUENCE + 1), view(extended, calendar(booking(null), more())), NOON)
                        .bookings())
                .isEqualTo(new PartDecision.Drop());
    }

    @Test
    void isTakenByWhatStillWaitsToBegin() {
        // Given
        Part.Deploying extended = waiting().extended(SEQUENCE, ProtocolFixture.granted());
        PartView view = view(extended, calendar(booking(null), more(), ProtocolFixture.leavings()));

        // When
        PartDecision decision = protocol.onCommand(deploy(SEQUENCE + 1, without(1)), view, NOON);

        // Then
        assertThat(decision.bookings()).isEqualTo(new Book(List.of(row(6))));
        assertThat(decision.publish()).isEmpty();
        Part.Deploying next =
                waiting().revised(SEQUENCE + 1, lease().revised(without(1), lease().facts(), lease().cluster()));
        assertThat(decision.next()).isEqualTo(next);
        assertThat(protocol.onDue(view(next), NOON.plusSeconds(60)).publish()).containsExactly(volume(3), disk(3));
    }

    @Test
    void doesNotWaitForWhatADeadHostStillHas() {
        // Given
        Resource volume = in(Phase.READY, volume(1));
        Resource disk = in(Phase.READY, disk(1));
        PartView extended = withDead(view(running(), calendar(booking(null), more()), volume, disk), COMPUTE);

        // When
        PartDecision decision = protocol.onCommand(deploy(SEQUENCE + 1, without(1)), extended, NOON);

        // Then
        assertThat(decision.publish()).contains(disk.removed(), volume.removed());
    }

    static Part.Deploying running() {
        return deploying(Progress.READY);
    }

    /** Two of three machines. */
    private static AllocationSpec without(int ordinal) {
        List<MachineGroup> three = extend(1).spec().groups();
        return spec().with(List.of(three.getFirst().without(Set.of(ordinal))));
    }

    static Booking row(long bytes) {
        return new Booking(ALLOCATION, POOL.id(), null, Amounts.of("bytes", bytes), BOOKED, null);
    }

    private static Booking other(long bytes) {
        return new Booking(OTHER, POOL.id(), null, Amounts.of("bytes", bytes), BOOKED, null);
    }
}
