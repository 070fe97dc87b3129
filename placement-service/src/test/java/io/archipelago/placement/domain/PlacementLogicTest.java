package io.archipelago.placement.domain;

import static io.archipelago.placement.domain.PlacementFixture.ALLOCATION;
import static io.archipelago.placement.domain.PlacementFixture.NOON;
import static io.archipelago.placement.domain.PlacementFixture.TOKYO;
import static io.archipelago.placement.domain.PlacementFixture.WINDOW;
import static io.archipelago.placement.domain.PlacementFixture.booking;
import static io.archipelago.placement.domain.PlacementFixture.calendar;
import static io.archipelago.placement.domain.PlacementFixture.compute;
import static io.archipelago.placement.domain.PlacementFixture.frontend;
import static io.archipelago.placement.domain.PlacementFixture.host;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.Lease;
import io.archipelago.bus.protocol.ParticipantLogic.Choice;
import io.archipelago.bus.protocol.ParticipantLogic.Chosen;
import io.archipelago.bus.protocol.ParticipantLogic.Claim;
import io.archipelago.bus.protocol.ParticipantLogic.DoesNotFit;
import io.archipelago.bus.protocol.ParticipantLogic.Request;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.bus.protocol.Resource.Wanted;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.AllocationSpec.Software;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.host.HostMessage.HostRole;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlacementLogicTest {

    private static final Amounts EACH = Amounts.of("cpus", 2, "memory", 2);

    private final PlacementLogic logic = new PlacementLogic();

    @Test
    void booksEveryMachineOnItsHost() {
        // When
        Chosen chosen = (Chosen) logic.hold(request(), calendar(List.of(host(1, 8, 8), host(2, 4, 4))));

        // Then
        assertThat(chosen.chosen())
                .isEqualTo(new Facts.Hosts(Map.of(4093, host(2), 1, host(2), 2, host(1), 3, host(1))));
        assertThat(logic.claims(ALLOCATION, spec(), Facts.OfSite.unknown().with(chosen.chosen())))
                .containsExactlyInAnyOrder(
                        new Claim("tokyo-c01", null, EACH),
                        new Claim("tokyo-c01", null, EACH),
                        new Claim("tokyo-c02", null, EACH),
                        new Claim("tokyo-c02", null, EACH));
    }

    @Test
    void putsMoreMachinesBesideThoseThatStayWhereTheyAre() {
        // Given
        Lease lease = lease(Map.of(4093, host(2), 1, host(2), 2, host(1), 3, host(1)));
        AllocationSpec more = spec().with(List.of(frontend(2, 2), compute(5, 2, 2, 2)));
        Request request = new Request(ALLOCATION, more, lease.facts(), WINDOW);

        // When
        Choice choice = logic.extend(request, lease, calendar(List.of(host(1, 8, 8), host(2, 8, 8), host(3, 8, 8))));

        // Then
        assertThat(choice)
                .as("each host has two of them at most")
                .isEqualTo(new Chosen(new Facts.Hosts(
                        Map.of(4093, host(2), 1, host(2), 2, host(1), 3, host(1), 4, host(2), 5, host(3)))));
    }

    @Test
    void putsNoMachineWhereThoseThatStayLeaveNoRoom() {
        // Given
        Lease lease = lease(Map.of(4093, host(2), 1, host(2), 2, host(1), 3, host(1)));
        AllocationSpec more = spec().with(List.of(frontend(2, 2), compute(4, 2, 2, 4)));
        Request request = new Request(ALLOCATION, more, lease.facts(), WINDOW);
        Pool dead = PlacementLogic.pool(host(2), 8, 8, false);

        // When
        Choice none = logic.extend(request, lease, calendar(List.of(host(1, 5, 5), dead)));
        Choice one = logic.extend(request, lease, calendar(List.of(host(1, 6, 6), dead)));

        // Then
        assertThat(none).isInstanceOf(DoesNotFit.class);
        assertThat(((Facts.Hosts) ((Chosen) one).chosen()).hosts()).containsEntry(4, host(1));
    }

    @Test
    void movesOnlyTheMachinesThatCanNotStay() {
        // Given
        Lease lease = lease(Map.of(4093, host(2), 1, host(2), 2, host(1), 3, host(1)));
        Request request = new Request(ALLOCATION, spec(), lease.facts(), WINDOW);
        List<Pool> hosts = List.of(host(1, 6, 6), host(2, 8, 8).closedAt(List.of(WINDOW)), host(3, 8, 8));

        // When
        Choice choice = logic.move(request, Set.of(host(2).value()), calendar(hosts));

        // Then: the frontend as well, each under the name that it has
        assertThat(choice)
                .isEqualTo(new Chosen(new Facts.Hosts(Map.of(4093, host(1), 1, host(3), 2, host(1), 3, host(1)))));
        assertThat(logic.move(request, Set.of(host(2).value()), calendar(hosts.subList(0, 2))))
                .as("the first has no room for all of them")
                .isInstanceOf(DoesNotFit.class);
    }

    @Test
    void stillBooksWhatIsLeftOfAMachine() {
        // Given
        Lease lease = lease(Map.of(4093, host(2), 1, host(2), 2, host(1), 3, host(1)));
        List<Resource> machines = logic.deploy(lease).stream()
                .map(wanted -> Resource.wanted(wanted, null))
                .toList();
        Lease without = new Lease(
                ALLOCATION,
                spec().with(List.of(frontend(2, 2), compute(3, 2, 2, 3).without(Set.of(2)))),
                lease.facts(),
                lease.cluster(),
                WINDOW);

        // Then
        assertThat(machines).allMatch(logic.wanted(lease));
        assertThat(machines.stream().filter(logic.wanted(without).negate()))
                .singleElement()
                .satisfies(left -> {
                    assertThat(left.name()).isEqualTo("vcompute-1-2");
                    assertThat(logic.claims(left)).containsExactly(new Claim("tokyo-c01", null, EACH));
                });
    }

    @Test
    void doesNotRebootAMachineAgainBecauseItsLeaseGoesOnOtherwise() {
        // Given
        Lease lease = lease(Map.of(4093, host(2), 1, host(2), 2, host(1), 3, host(1)));
        Wanted wanted = logic.deploy(lease).getFirst();
        MachineSpec rebooted = ((MachineSpec) wanted.spec()).rebootedWith(2);
        Resource known = Resource.wanted(new Wanted(wanted.host(), wanted.key(), wanted.name(), rebooted), null);

        // Then
        assertThat(logic.revised(known, wanted.spec())).isEqualTo(rebooted);
    }

    private static Lease lease(Map<Integer, HostId> hosts) {
        Facts.OfSite facts = Facts.OfSite.unknown().with(new Facts.Hosts(hosts));
        return new Lease(ALLOCATION, spec(), facts, new Facts.OfCluster(List.of(), 1420), WINDOW);
    }

    @Test
    void saysHowManyWouldFitAndWhen() {
        // Given
        Calendar calendar = calendar(List.of(host(1, 8, 8)), booking(1, 4, 4, WINDOW, null));

        // When
        Refusal refusal = ((DoesNotFit) logic.hold(request(), calendar)).refusal();

        // Then
        assertThat(refusal.code()).isEqualTo(ErrorCode.NO_CAPACITY);
        assertThat(refusal.detail())
                .isEqualTo("of 4 machines at most 2 fit on this site's hosts throughout the window");
        assertThat(refusal.missing()).isEqualTo(new Refusal.Missing(2, WINDOW));
        assertThat(refusal.earliestStart()).isEqualTo(WINDOW.end());
        assertThat(refusal.holdsOnlyUntil()).isNull();
    }

    @Test
    void saysWhetherOnlyHoldsStandInTheWay() {
        // Given
        Calendar calendar = calendar(List.of(host(1, 8, 8)), booking(1, 4, 4, WINDOW, NOON.plusSeconds(60)));

        // When
        Refusal refusal = ((DoesNotFit) logic.hold(request(), calendar)).refusal();

        // Then
        assertThat(refusal.holdsOnlyUntil()).isEqualTo(NOON.plusSeconds(60));
    }

    @Test
    void saysThatItNeverFitsWhereItNeverDoes() {
        Refusal refusal = ((DoesNotFit) logic.hold(request(), calendar(List.of(host(1, 1, 1))))).refusal();

        assertThat(refusal.earliestStart()).isNull();
        assertThat(refusal.holdsOnlyUntil()).isNull();
    }

    @Test
    void wantsEveryMachineWithItsNameAndAddressOnItsHost() {
        // Given
        Lease lease = lease(Map.of(4093, host(2), 1, host(2), 2, host(1), 3, host(1)));

        // When
        List<Wanted> wanted = logic.deploy(lease);

        // Then
        assertThat(wanted)
                .extracting(Wanted::name)
                .containsExactly("vfrontend-1", "vcompute-1-1", "vcompute-1-2", "vcompute-1-3");
        assertThat(wanted).extracting(Wanted::host).containsExactly(host(2), host(2), host(1), host(1));
        MachineSpec second = (MachineSpec) wanted.get(2).spec();
        assertThat(second.address()).isEqualTo("172.16.16.2");
        assertThat(second.mac()).isEqualTo("02:00:a1:01:00:02");
        assertThat(second.cpus()).isEqualTo(2);
        assertThat(second.disk()).hasToString("disk/" + ALLOCATION + ".vcompute-1-2");
        assertThat(second.segment()).hasToString("segment/" + ALLOCATION);
        assertThat(wanted.get(2).key()).hasToString("machine/" + ALLOCATION + ".vcompute-1-2");
    }

    @Test
    void booksComputeHostsOnly() {
        assertThat(logic.name()).isEqualTo(Participant.PLACEMENT);
        assertThat(logic.pools()).isEmpty();
        assertThat(logic.pools(host(1), inventory(HostRole.COMPUTE), true))
                .containsExactly(PlacementLogic.pool(host(1), 8, 16, true));
        assertThat(logic.pools(host(1), inventory(HostRole.GATEWAY), true)).isEmpty();
    }

    @Test
    void holdsNoMachineThatTheNetworkHasNoAddressFor() {
        Calendar calendar = calendar(List.of(host(1, 400, 400)));

        assertThat(logic.hold(request("10.0.0.0/16", List.of(compute(252, 1, 1, 252))), calendar))
                .isInstanceOf(Chosen.class);
        for (Request never : List.of(
                request("10.0.0.0/16", List.of(compute(253, 1, 1, 253))),
                request("10.0.0.0/16", List.of(frontend(1, 1))),
                request("10.0.0.0/24", List.of(compute(1, 1, 1, 1))))) {
            Refusal refusal = ((DoesNotFit) logic.hold(never, calendar)).refusal();
            assertThat(refusal.code()).isEqualTo(ErrorCode.UNSUPPORTED);
            assertThat(refusal.detail()).contains(never.spec().network());
        }
    }

    private static Inventory inventory(HostRole role) {
        return new Inventory(
                "9f2c", Set.of(role), 8, 16, Map.of(), "", 0, "", Map.of(), "", Map.of(), Map.of(), List.of());
    }

    private static Request request() {
        return request(ClusterAddressing.DEFAULT_NETWORK, List.of(frontend(2, 2), compute(3, 2, 2, 3)));
    }

    private static Request request(String network, List<MachineGroup> groups) {
        return new Request(ALLOCATION, spec(network, groups), Facts.OfSite.unknown(), WINDOW);
    }

    private static AllocationSpec spec() {
        return request().spec();
    }

    private static AllocationSpec spec(String network, List<MachineGroup> groups) {
        return new AllocationSpec(
                new TenantId("astro"),
                "survey",
                1,
                TOKYO,
                List.of(),
                WINDOW,
                groups,
                network,
                new Software("debian-12", List.of()));
    }
}
