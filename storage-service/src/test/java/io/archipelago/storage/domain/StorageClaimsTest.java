package io.archipelago.storage.domain;

import static io.archipelago.storage.domain.StorageLogicTest.ALLOCATION;
import static io.archipelago.storage.domain.StorageLogicTest.LARGE;
import static io.archipelago.storage.domain.StorageLogicTest.NOON;
import static io.archipelago.storage.domain.StorageLogicTest.SECOND;
import static io.archipelago.storage.domain.StorageLogicTest.SMALL;
import static io.archipelago.storage.domain.StorageLogicTest.WINDOW;
import static io.archipelago.storage.domain.StorageLogicTest.booking;
import static io.archipelago.storage.domain.StorageLogicTest.calendar;
import static io.archipelago.storage.domain.StorageLogicTest.claims;
import static io.archipelago.storage.domain.StorageLogicTest.computes;
import static io.archipelago.storage.domain.StorageLogicTest.export;
import static io.archipelago.storage.domain.StorageLogicTest.frontend;
import static io.archipelago.storage.domain.StorageLogicTest.gone;
import static io.archipelago.storage.domain.StorageLogicTest.lease;
import static io.archipelago.storage.domain.StorageLogicTest.request;
import static io.archipelago.storage.domain.StorageLogicTest.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.HostsDown;
import io.archipelago.bus.protocol.Lease;
import io.archipelago.bus.protocol.PartView;
import io.archipelago.bus.protocol.ParticipantLogic.Chosen;
import io.archipelago.bus.protocol.ParticipantLogic.Claim;
import io.archipelago.bus.protocol.ParticipantLogic.DoesNotFit;
import io.archipelago.bus.protocol.ParticipantLogic.Request;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.bus.protocol.Resource.Wanted;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What volumes take of a pool, and what becomes of it when a cluster gets other machines. */
class StorageClaimsTest {

    private final StorageLogic logic = new StorageLogic(new KnownKeys(Map.of()), 1);

    @Test
    void takesMoreFromThePoolInWhichTheVolumesAre() {
        // Given
        AllocationSpec more = spec().with(List.of(frontend(), computes(3)));
        Request request = new Request(ALLOCATION, more, lease().facts(), WINDOW);

        // Then
        assertThat(logic.extend(request, lease(), calendar(booking(LARGE, 0, WINDOW, null))))
                .isEqualTo(new Chosen(new Facts.Pool(SECOND, "vg1", "10.254.1.1:3260")));
        assertThat(logic.extend(request, lease(), calendar(booking(LARGE, 1, WINDOW, null))))
                .isInstanceOfSatisfying(
                        DoesNotFit.class,
                        no -> assertThat(no.refusal().detail())
                                .startsWith(
                                        "of 100 bytes of volumes at most 99 fit into the pool in which the cluster's"));
    }

    @Test
    void takesNoMoreFromAPoolThatIsClosed() {
        // Given
        Pool closed = StorageLogic.pool(SECOND, "vg1", 100, "10.254.1.1:3260", false);
        Calendar calendar = new Calendar(List.of(SMALL, closed), List.of(), NOON);
        AllocationSpec more = spec().with(List.of(frontend(), computes(3)));

        // Then
        assertThat(logic.extend(new Request(ALLOCATION, more, lease().facts(), WINDOW), lease(), calendar))
                .isInstanceOf(DoesNotFit.class);
    }

    @Test
    void leavesVolumesAndDisksThatStayAsTheyAre() {
        // Given
        Resource volume = export(wanted().get(2), null);

        // Then
        assertThat(logic.revised(volume, wanted().get(2).spec())).isEqualTo(volume.spec());
        assertThat(logic.revised(gone(volume), wanted().get(2).spec()))
                .isEqualTo(wanted().get(2).spec());
    }

    @Test
    void stillBooksAVolumeThatIsLeft() {
        // Given
        Lease without = new Lease(
                ALLOCATION,
                spec().with(List.of(frontend(), computes(2).without(Set.of(1)))),
                lease().facts(),
                lease().cluster(),
                WINDOW);

        // Then
        assertThat(wanted()).allMatch(logic.wanted(lease()));
        List<Resource> left =
                wanted().stream().filter(logic.wanted(without).negate()).toList();
        assertThat(left).extracting(Resource::name).containsOnly("vcompute-1-1").hasSize(2);
        assertThat(left.stream().flatMap(r -> logic.claims(r).stream()))
                .containsExactly(new Claim("tokyo-s02/vg1", null, Amounts.of("bytes", 20)));
    }

    @Test
    void wantsADiskOnlyWhereItsMachineIs() {
        Resource disk = wanted().stream()
                .filter(r -> r.key().kind() == ResourceKind.DISK)
                .findFirst()
                .orElseThrow();
        Resource elsewhere =
                Resource.wanted(new Wanted(new HostId("tokyo-c99"), disk.key(), disk.name(), disk.spec()), null);

        assertThat(logic.wanted(lease())).accepts(disk).rejects(elsewhere);
    }

    @Test
    void exportsAVolumeToWhereItsMachineIsNow() {
        HostId elsewhere = new HostId("tokyo-c99");
        Resource volume = export(wanted().getFirst(), elsewhere);
        Resource disk = wanted().get(1);
        Resource before = gone(Resource.wanted(new Wanted(elsewhere, disk.key(), disk.name(), disk.spec()), null));

        ResourceSpec adjusted =
                logic.adjusted(volume, new PartView(null, calendar(), List.of(before, volume, disk), HostsDown.NONE));

        assertThat(((VolumeSpec) adjusted).initiator()).isEqualTo(disk.host());
    }

    @Test
    void booksVolumesInWholeExtents() {
        // Given
        StorageLogic coarse = new StorageLogic(new KnownKeys(Map.of()), 16);

        // When
        Chosen chosen = (Chosen) coarse.hold(request(), calendar());
        List<Wanted> volumes = coarse.deploy(lease()).stream()
                .filter(wanted -> wanted.key().kind() == ResourceKind.VOLUME)
                .toList();

        // Then
        long bytes = volumes.stream()
                .mapToLong(wanted -> ((VolumeSpec) wanted.spec()).bytes())
                .sum();
        assertThat(volumes).allMatch(wanted -> ((VolumeSpec) wanted.spec()).bytes() % 16 == 0);
        assertThat(claims(coarse, chosen))
                .singleElement()
                .extracting(Claim::amounts)
                .isEqualTo(Amounts.of("bytes", bytes));
    }

    private List<Resource> wanted() {
        return logic.deploy(lease()).stream().map(w -> Resource.wanted(w, null)).toList();
    }
}
