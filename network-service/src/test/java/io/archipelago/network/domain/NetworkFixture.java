package io.archipelago.network.domain;

import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.protocol.ParticipantLogic.Choice;
import io.archipelago.bus.protocol.ParticipantLogic.Chosen;
import io.archipelago.bus.protocol.ParticipantLogic.Claim;
import io.archipelago.bus.protocol.ParticipantLogic.DoesNotFit;
import io.archipelago.bus.protocol.ParticipantLogic.Request;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Ids.TenantId;
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
import io.archipelago.contracts.host.LinkDriver;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Tokyo's network and what is asked of it: clusters of its own, and such that are joined with osaka. */
final class NetworkFixture {

    static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");
    static final TimeWindow WINDOW = new TimeWindow(NOON.plusSeconds(3600), NOON.plusSeconds(7200));
    static final List<TimeWindow> WINDOWS = List.of(
            WINDOW,
            new TimeWindow(NOON.plusSeconds(5000), NOON.plusSeconds(9000)),
            new TimeWindow(NOON.plusSeconds(7200), NOON.plusSeconds(9000)),
            new TimeWindow(NOON.plusSeconds(3600), NOON.plusSeconds(9000)));
    static final SiteId TOKYO = new SiteId("tokyo");
    static final SiteId OSAKA = new SiteId("osaka");
    static final HostId FIRST = new HostId("tokyo-g01");

    private NetworkFixture() {}

    static List<Claim> claims(NetworkLogic logic, Request request, Chosen chosen) {
        return logic.claims(
                request.allocation(), request.spec(), request.facts().with(chosen.chosen()));
    }

    static Inventory inventory(HostRole role, String wanAddress) {
        return inventory(role, wanAddress, 0);
    }

    static Inventory inventory(HostRole role, String wanAddress, long cacheBytes) {
        return new Inventory(
                "9f2c",
                Set.of(role),
                0,
                0,
                Map.of(),
                "",
                cacheBytes,
                wanAddress,
                Map.of(LinkDriver.OPENVPN, "a1:b2"),
                "",
                Map.of(),
                Map.of(),
                List.of());
    }

    static Facts.Segment segment(Choice choice) {
        return (Facts.Segment) ((Chosen) choice).chosen();
    }

    static Refusal refusal(Choice choice) {
        return ((DoesNotFit) choice).refusal();
    }

    static Booking booking(long number, Claim claim, @Nullable Instant heldUntil) {
        return booking(number, claim, heldUntil, WINDOW);
    }

    static Booking booking(long number, Claim claim, @Nullable Instant heldUntil, TimeWindow during) {
        return new Booking(allocation(number), claim.pool(), claim.unit(), claim.amounts(), during, heldUntil);
    }

    static AllocationId allocation(long number) {
        return new AllocationId(new ReservationId(new UUID(0x7000, number)), TOKYO);
    }

    static Request request(long number, SiteId master, TimeWindow booked) {
        return new Request(allocation(number), spec(master, List.of()), Facts.OfSite.unknown(), booked);
    }

    static Request linked(long number, @Nullable Long bandwidth) {
        return linked(number, bandwidth, WINDOW);
    }

    static Request linked(long number, @Nullable Long bandwidth, TimeWindow booked) {
        return new Request(allocation(number), spec(TOKYO, List.of(OSAKA), bandwidth), Facts.OfSite.unknown(), booked);
    }

    static AllocationSpec spec(SiteId master, List<SiteId> peers) {
        return spec(master, peers, null);
    }

    static AllocationSpec spec(SiteId master, List<SiteId> peers, @Nullable Long bandwidth) {
        return new AllocationSpec(
                new TenantId("astro"),
                "survey",
                1,
                master,
                peers,
                WINDOW,
                List.of(new MachineGroup(MachineRole.COMPUTE, 1, 2, 1, 1, 1, 2)),
                ClusterAddressing.DEFAULT_NETWORK,
                new Software("debian-12", List.of()),
                bandwidth);
    }
}
