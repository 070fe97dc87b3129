package io.archipelago.storage.domain;

import static io.archipelago.storage.domain.StorageLogicTest.ALLOCATION;
import static io.archipelago.storage.domain.StorageLogicTest.COMPUTE;
import static io.archipelago.storage.domain.StorageLogicTest.lease;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.protocol.HostsDown;
import io.archipelago.bus.protocol.Lease;
import io.archipelago.bus.protocol.Part;
import io.archipelago.bus.protocol.PartDecision;
import io.archipelago.bus.protocol.PartView;
import io.archipelago.bus.protocol.ParticipantLogic.Claim;
import io.archipelago.bus.protocol.ParticipantProtocol;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.allocation.AllocationCommand.DeployAllocation;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A lease goes on with a machine of the same name on another host: a reservation-service was set back to before it was replaced. */
class MovedMachineTest {

    private static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");
    private static final HostId ELSEWHERE = new HostId("tokyo-c99");
    private static final String MACHINE = "vcompute-1-1";

    private final StorageLogic logic = new StorageLogic(new KnownKeys(Map.of()), 1);
    private final ParticipantProtocol protocol = new ParticipantProtocol(
            logic,
            new ParticipantProtocol.Terms(
                    Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(1)));

    @Test
    void itsVolumeIsExportedToWhereItIsNow() {
        // Given
        List<Resource> there = logic.deploy(lease()).stream()
                .map(wanted -> Resource.wanted(wanted, null))
                .toList();
        Lease moved = movedTo(ELSEWHERE);
        PartView view = new PartView(deploying(), booked(), there, HostsDown.NONE);

        // When
        PartDecision decision = protocol.onCommand(
                new DeployAllocation(ALLOCATION, 8, moved.spec(), moved.facts(), moved.cluster()), view, NOON);

        // Then
        ResourceKey volume = ResourceKey.of(ResourceKind.VOLUME, ALLOCATION, MACHINE);
        ResourceKey disk = ResourceKey.of(ResourceKind.DISK, ALLOCATION, MACHINE);
        assertThat(decision.publish())
                .extracting(Resource::host, Resource::key, Resource::absent)
                .contains(tuple(COMPUTE, disk, true), tuple(ELSEWHERE, disk, false));
        assertThat(decision.publish())
                .filteredOn(resource -> resource.key().equals(volume))
                .singleElement()
                .satisfies(resource ->
                        assertThat(((VolumeSpec) resource.spec()).initiator()).isEqualTo(ELSEWHERE));
    }

    private static Lease movedTo(HostId host) {
        Facts.OfSite facts = lease().facts().with(new Facts.Hosts(Map.of(4093, COMPUTE, 1, host)));
        return new Lease(ALLOCATION, lease().spec(), facts, lease().cluster(), lease().booked());
    }

    private static Part.Deploying deploying() {
        return new Part.Deploying(7, lease(), Progress.READY, Set.of(), null, null, null);
    }

    private Calendar booked() {
        List<Booking> rows = logic.claims(ALLOCATION, lease().spec(), lease().facts()).stream()
                .map((Claim claim) ->
                        new Booking(ALLOCATION, claim.pool(), claim.unit(), claim.amounts(), lease().booked(), null))
                .toList();
        return new Calendar(List.of(), rows, NOON);
    }
}
