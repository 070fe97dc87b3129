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
import io.archipelago.bus.protocol.Lease;
import io.archipelago.bus.protocol.ParticipantLogic.Chosen;
import io.archipelago.bus.protocol.ParticipantLogic.Claim;
import io.archipelago.bus.protocol.ParticipantLogic.DoesNotFit;
import io.archipelago.bus.protocol.ParticipantLogic.Request;
import io.archipelago.bus.protocol.Resource.Wanted;
import io.archipelago.contracts.ErrorCode;
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

    private final PlacementLogic logic = new PlacementLogic();

    @Test
    void booksOneRowForEachHostThatItUses() {
        // When
        Chosen chosen = (Chosen) logic.hold(request(), calendar(List.of(host(1, 8, 8), host(2, 4, 4))));

        // Then
        assertThat(chosen.chosen())
                .isEqualTo(new Facts.Hosts(Map.of(4093, host(2), 1, host(2), 2, host(1), 3, host(1))));
        assertThat(chosen.claims())
                .containsExactlyInAnyOrder(
                        new Claim("tokyo-c01", null, Amounts.of("cpus", 4, "memory", 4)),
                        new Claim("tokyo-c02", null, Amounts.of("cpus", 4, "memory", 4)));
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
                .isEqualTo("of 4 machines at most 3 fit on this site's hosts throughout the window");
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
        Facts.OfSite facts =
                Facts.OfSite.unknown().with(new Facts.Hosts(Map.of(4093, host(2), 1, host(2), 2, host(1), 3, host(1))));

        // When
        List<Wanted> wanted = logic.deploy(new Lease(ALLOCATION, spec(), facts, new Facts.OfCluster(List.of(), 1420)));

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
