package io.archipelago.storage.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.Fence;
import io.archipelago.bus.protocol.HostsDown;
import io.archipelago.bus.protocol.Lease;
import io.archipelago.bus.protocol.PartView;
import io.archipelago.bus.protocol.ParticipantLogic.Chosen;
import io.archipelago.bus.protocol.ParticipantLogic.Claim;
import io.archipelago.bus.protocol.ParticipantLogic.DoesNotFit;
import io.archipelago.bus.protocol.ParticipantLogic.Request;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.bus.protocol.Resource.Wanted;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.AllocationSpec.Software;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.host.HostMessage.HostRole;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec;
import io.archipelago.contracts.host.ResourceSpec.DiskSpec;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StorageLogicTest {

    static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");
    static final TimeWindow WINDOW = new TimeWindow(NOON.plusSeconds(3600), NOON.plusSeconds(7200));
    static final SiteId TOKYO = new SiteId("tokyo");
    static final AllocationId ALLOCATION =
            new AllocationId(ReservationId.parse("019357a0-0000-7000-8000-0000000000a1"), TOKYO);
    static final HostId FIRST = new HostId("tokyo-s01");
    static final HostId SECOND = new HostId("tokyo-s02");
    static final HostId COMPUTE = new HostId("tokyo-c01");
    static final Pool SMALL = StorageLogic.pool(FIRST, "vg0", 70, "10.254.1.1:3260", true);
    static final Pool LARGE = StorageLogic.pool(SECOND, "vg1", 100, "10.254.1.1:3260", true);

    private final StorageLogic logic = new StorageLogic(new KnownKeys(Map.of()), 1);

    @Test
    void choosesThePoolWithMostRoom() {
        // When
        Chosen chosen = (Chosen) logic.hold(request(), calendar());

        // Then
        assertThat(chosen.chosen()).isEqualTo(new Facts.Pool(SECOND, "vg1", "10.254.1.1:3260"));
        assertThat(claims(logic, chosen)).containsExactly(new Claim("tokyo-s02/vg1", null, Amounts.of("bytes", 60)));
    }

    static List<Claim> claims(StorageLogic logic, Chosen chosen) {
        return logic.claims(ALLOCATION, spec(), Facts.OfSite.unknown().with(chosen.chosen()));
    }

    @Test
    void countsWhatIsBookedInTheWindow() {
        Chosen beside = (Chosen) logic.hold(request(), calendar(booking(LARGE, 40, WINDOW, null)));
        TimeWindow before = new TimeWindow(NOON.plusSeconds(1), WINDOW.start());
        Chosen after = (Chosen) logic.hold(request(), calendar(booking(LARGE, 40, before, null)));

        assertThat(beside.chosen()).isEqualTo(new Facts.Pool(FIRST, "vg0", "10.254.1.1:3260"));
        assertThat(after.chosen()).isEqualTo(new Facts.Pool(SECOND, "vg1", "10.254.1.1:3260"));
    }

    @Test
    void choosesBetweenEqualPoolsByName() {
        Chosen chosen = (Chosen) logic.hold(request(), calendar(booking(LARGE, 30, WINDOW, null)));

        assertThat(chosen.chosen()).isEqualTo(new Facts.Pool(FIRST, "vg0", "10.254.1.1:3260"));
    }

    @Test
    void movesToAnotherPoolThatHasRoomForAll() {
        // Given
        Calendar maintained = new Calendar(List.of(SMALL, LARGE.closedAt(List.of(WINDOW))), List.of(), NOON);
        Calendar both = new Calendar(
                List.of(SMALL.closedAt(List.of(WINDOW)), LARGE.closedAt(List.of(WINDOW))), List.of(), NOON);

        // Then
        assertThat(logic.move(request(), Set.of(LARGE.id()), maintained))
                .isInstanceOfSatisfying(
                        Chosen.class,
                        chosen -> assertThat(((Facts.Pool) chosen.chosen()).host())
                                .isEqualTo(FIRST));
        assertThat(logic.move(request(), Set.of(LARGE.id()), both))
                .isInstanceOfSatisfying(
                        DoesNotFit.class,
                        no -> assertThat(no.refusal().detail())
                                .contains("at most 0 fit")
                                .endsWith("2 of 2 storage hosts maintained at some time of the window"));
    }

    @Test
    void aLeaseBecomesLessAlsoWhileItsHostIsMaintained() {
        // Given
        Lease lease = lease();
        Request less = new Request(ALLOCATION, lease.spec(), lease.facts(), lease.booked());
        Calendar maintained = new Calendar(
                List.of(SMALL.closedAt(List.of(WINDOW)), LARGE.closedAt(List.of(WINDOW))), List.of(), NOON);

        // Then
        assertThat(logic.extend(less, lease, maintained))
                .isEqualTo(new Chosen(Objects.requireNonNull(lease.facts().pool())));
    }

    @Test
    void saysHowMuchFitsAndWhen() {
        // Given
        Calendar full = calendar(booking(LARGE, 60, WINDOW, null), booking(SMALL, 50, WINDOW, null));

        // When
        Refusal refusal = ((DoesNotFit) logic.hold(request(), full)).refusal();

        // Then
        assertThat(refusal.resource()).isEqualTo("volume space");
        assertThat(refusal.detail()).startsWith("of 60 bytes of volumes at most 40 fit into one pool");
        assertThat(refusal.earliestStart()).isEqualTo(WINDOW.end());
        assertThat(refusal.holdsOnlyUntil()).isNull();
    }

    @Test
    void saysThatOnlyHoldsStandInTheWay() {
        // Given
        Calendar held = calendar(booking(LARGE, 60, WINDOW, NOON.plusSeconds(9)), booking(SMALL, 50, WINDOW, null));

        // When
        Refusal refusal = ((DoesNotFit) logic.hold(request(), held)).refusal();

        // Then
        assertThat(refusal.holdsOnlyUntil()).isEqualTo(NOON.plusSeconds(9));
    }

    @Test
    void hasNothingWhereNoPoolIsOpen() {
        Calendar closed =
                new Calendar(List.of(StorageLogic.pool(FIRST, "vg0", 99, "10.254.1.1:3260", false)), List.of(), NOON);

        Refusal refusal = ((DoesNotFit) logic.hold(request(), closed)).refusal();

        assertThat(refusal.detail()).contains("at most 0 fit");
        assertThat(refusal.earliestStart()).isNull();
    }

    @Test
    void wantsAVolumeAndADiskForEveryMachine() {
        // When
        List<Wanted> wanted = logic.deploy(lease());

        // Then
        assertThat(wanted)
                .extracting(w -> w.host() + " " + w.key())
                .containsExactly(
                        "tokyo-s02 volume/" + ALLOCATION + ".vfrontend-1",
                        "tokyo-c01 disk/" + ALLOCATION + ".vfrontend-1",
                        "tokyo-s02 volume/" + ALLOCATION + ".vcompute-1-1",
                        "tokyo-c01 disk/" + ALLOCATION + ".vcompute-1-1");
        ResourceKey volume = wanted.get(2).key();
        assertThat(wanted.get(2).spec())
                .isEqualTo(new VolumeSpec("vg1", 20, COMPUTE, "user", volume + " for tokyo-s02"));
        assertThat(wanted.get(3).spec())
                .isEqualTo(new DiskSpec(SECOND, volume, "10.254.1.1:3260", "user", volume + " for tokyo-c01"));
    }

    @Test
    void takesNoVolumeFromUnderItsDisk() {
        // Given
        List<Resource> all = logic.deploy(lease()).stream()
                .map(w -> Resource.wanted(w, null))
                .toList();
        Resource volume = all.get(2);
        Resource disk = all.get(3);

        // Then
        assertThat(logic.removable(disk, view(all))).isTrue();
        assertThat(logic.removable(volume, view(all))).isFalse();
        assertThat(logic.removable(volume, view(List.of(volume, gone(disk), all.get(1)))))
                .isTrue();
    }

    @Test
    void takesNoVolumeFromUnderADeadHostThatWasNotSeenCutOff() {
        // Given
        List<Resource> all = wanted();
        Resource volume = all.get(2);
        Resource revoked = in(Phase.READY, export(volume, null));

        // Then
        assertThat(logic.removable(volume, view(all, dead(COMPUTE)))).isFalse();
        assertThat(logic.removable(export(volume, null), view(all, dead(COMPUTE))))
                .isFalse();
        assertThat(logic.removable(revoked, view(all, dead(COMPUTE)))).isTrue();
        assertThat(logic.removable(volume, view(all, dead(COMPUTE, SECOND))))
                .as("nobody serves it any more")
                .isTrue();
    }

    @Test
    void exportsNothingToALostHostAndAgainOnceItIsBack() {
        // Given
        List<Resource> all = wanted();
        Resource volume = all.get(2);
        Resource revoked = export(volume, null);

        // Then
        assertThat(logic.adjusted(volume, view(all, HostsDown.NONE))).isEqualTo(volume.spec());
        assertThat(logic.adjusted(volume, view(all, lost(COMPUTE)))).isEqualTo(revoked.spec());
        assertThat(logic.adjusted(volume, view(all, dead(COMPUTE)))).isEqualTo(revoked.spec());
        assertThat(logic.adjusted(revoked, view(all, HostsDown.NONE))).isEqualTo(volume.spec());
        assertThat(logic.adjusted(all.get(3), view(all, lost(COMPUTE))))
                .isEqualTo(all.get(3).spec());
    }

    @Test
    void cutsNobodyOffWhileTheStorageHostIsSilentItself() {
        // Given
        List<Resource> all = wanted();
        HostsDown both = new HostsDown(Set.of(COMPUTE, SECOND), Set.of(COMPUTE), Set.of());

        // Then
        assertThat(logic.adjusted(all.get(2), view(all, both)))
                .isEqualTo(all.get(2).spec());
    }

    @Test
    void exportsNothingAgainForWhatIsReleased() {
        // Given
        List<Resource> all = wanted();
        Resource revoked = export(all.get(2), null);

        // Then
        assertThat(logic.adjusted(revoked, view(List.of(revoked, gone(all.get(3))), HostsDown.NONE)))
                .isEqualTo(revoked.spec());
    }

    @Test
    void countsAHostAsCutOffByWhatWasSeen() {
        // Given
        List<Resource> all = wanted();
        Resource one = in(Phase.READY, export(all.get(0), null));
        Resource asked = export(all.get(2), null);
        Resource failed = in(Phase.FAILED, asked);
        Resource done = in(Phase.READY, asked);

        // Then
        assertThat(fence(one, all.get(1), all.get(2), all.get(3))).isEqualTo(new Fence(2, 1));
        assertThat(fence(one, all.get(1), asked, all.get(3))).isEqualTo(new Fence(2, 1));
        assertThat(fence(one, all.get(1), failed, all.get(3))).isEqualTo(new Fence(2, 1));
        assertThat(fence(one, all.get(1), done, all.get(3)).isClosed()).isTrue();
        assertThat(fence(one, all.get(1), gone(all.get(2)), all.get(3)).isClosed())
                .isTrue();
        assertThat(logic.fence(COMPUTE, all, Set.of(SECOND)).isClosed()).isTrue();
        assertThat(logic.fence(SECOND, all, Set.of()).isPointless()).isTrue();
    }

    @Test
    void saysWhichHostsAreSilentIfNothingFits() {
        // Given
        Pool silent =
                StorageLogic.pool(FIRST, "vg0", 70, "10.254.1.1:3260", false).silentSince(NOON);
        Pool suspect =
                StorageLogic.pool(SECOND, "vg1", 100, "10.254.1.1:3260", true).silentSince(NOON.plusSeconds(5));

        // Then
        assertThat(((DoesNotFit) logic.hold(request(), new Calendar(List.of(silent), List.of(), NOON)))
                        .refusal()
                        .detail())
                .endsWith("; 1 of 1 storage hosts silent since 2026-12-01T12:00:00Z");
        assertThat(((Chosen) logic.hold(request(), new Calendar(List.of(silent, suspect), List.of(), NOON))).chosen())
                .as("a suspect host can be booked")
                .isEqualTo(new Facts.Pool(SECOND, "vg1", "10.254.1.1:3260"));
    }

    @Test
    void booksASuspectHostOnlyIfNoOtherFits() {
        Pool suspect = LARGE.silentSince(NOON);

        assertThat(((Chosen) logic.hold(request(), new Calendar(List.of(SMALL, suspect), List.of(), NOON))).chosen())
                .isEqualTo(new Facts.Pool(FIRST, "vg0", "10.254.1.1:3260"));
    }

    @Test
    void booksEveryVolumeGroupOfAHost() {
        Inventory inventory = new Inventory(
                "9f2c",
                Set.of(HostRole.STORAGE),
                0,
                0,
                Map.of("vg0", 70L, "vg1", 5L),
                "10.254.1.1:3260",
                0,
                "",
                Map.of(),
                "",
                Map.of(),
                Map.of(),
                List.of());

        assertThat(logic.name()).isEqualTo(Participant.STORAGE);
        assertThat(logic.pools(FIRST, inventory, true))
                .containsExactlyInAnyOrder(SMALL, StorageLogic.pool(FIRST, "vg1", 5, "10.254.1.1:3260", true));
    }

    static Resource gone(Resource resource) {
        return new Resource(
                resource.host(),
                resource.key(),
                resource.name(),
                2,
                true,
                null,
                resource.spec(),
                Phase.ABSENT,
                "",
                true,
                1,
                1);
    }

    private List<Resource> wanted() {
        return logic.deploy(lease()).stream().map(w -> Resource.wanted(w, null)).toList();
    }

    private Fence fence(Resource... resources) {
        return logic.fence(COMPUTE, List.of(resources), Set.of());
    }

    static Resource export(Resource volume, @Nullable HostId initiator) {
        VolumeSpec spec = (VolumeSpec) volume.spec();
        return like(
                volume,
                new VolumeSpec(spec.pool(), spec.bytes(), initiator, spec.chapUser(), spec.sealedChapSecret()),
                Phase.PENDING);
    }

    private static Resource in(Phase phase, Resource resource) {
        return like(resource, resource.spec(), phase);
    }

    private static Resource like(Resource resource, ResourceSpec spec, Phase phase) {
        return new Resource(
                resource.host(), resource.key(), resource.name(), 2, false, null, spec, phase, "", false, 1, 1);
    }

    static HostsDown lost(HostId host) {
        return new HostsDown(Set.of(host), Set.of(host), Set.of());
    }

    private static HostsDown dead(HostId... hosts) {
        return new HostsDown(Set.of(hosts), Set.of(hosts), Set.of(hosts));
    }

    static PartView view(List<Resource> resources, HostsDown down) {
        return new PartView(null, calendar(), resources, down);
    }

    private static PartView view(List<Resource> resources) {
        return new PartView(null, calendar(), resources, HostsDown.NONE);
    }

    static Calendar calendar(Booking... bookings) {
        return new Calendar(List.of(SMALL, LARGE), Arrays.asList(bookings), NOON);
    }

    static Booking booking(Pool pool, long bytes, TimeWindow during, @Nullable Instant heldUntil) {
        AllocationId other = new AllocationId(new ReservationId(new UUID(0x7000, 9)), TOKYO);
        return new Booking(other, pool.id(), null, Amounts.of("bytes", bytes), during, heldUntil);
    }

    static Request request() {
        return new Request(ALLOCATION, spec(), Facts.OfSite.unknown(), WINDOW);
    }

    static Lease lease() {
        Facts.OfSite facts = Facts.OfSite.unknown()
                .with(new Facts.Hosts(Map.of(4093, COMPUTE, 1, COMPUTE, 2, COMPUTE)))
                .with(new Facts.Pool(SECOND, "vg1", "10.254.1.1:3260"));
        return new Lease(ALLOCATION, spec(), facts, new Facts.OfCluster(List.of(), 1420), WINDOW);
    }

    static AllocationSpec spec() {
        return new AllocationSpec(
                new TenantId("astro"),
                "survey",
                1,
                TOKYO,
                List.of(),
                WINDOW,
                List.of(frontend(), computes(1)),
                ClusterAddressing.DEFAULT_NETWORK,
                new Software("debian-12", List.of()));
    }

    static MachineGroup frontend() {
        return new MachineGroup(MachineRole.FRONTEND, 4093, 1, 1, 1, 40, 1);
    }

    static MachineGroup computes(int count) {
        return new MachineGroup(MachineRole.COMPUTE, 1, count, 1, 1, 20, 2);
    }
}
