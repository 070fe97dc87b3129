package io.archipelago.cache.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.Lease;
import io.archipelago.bus.protocol.ParticipantLogic.Choice;
import io.archipelago.bus.protocol.ParticipantLogic.Chosen;
import io.archipelago.bus.protocol.ParticipantLogic.Claim;
import io.archipelago.bus.protocol.ParticipantLogic.DoesNotFit;
import io.archipelago.bus.protocol.ParticipantLogic.Request;
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
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.CacheSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CacheLogicTest {

    private static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");
    private static final TimeWindow WINDOW = new TimeWindow(NOON.plusSeconds(3600), NOON.plusSeconds(7200));
    private static final SiteId TOKYO = new SiteId("tokyo");
    private static final SiteId OSAKA = new SiteId("osaka");
    private static final ReservationId RESERVATION = ReservationId.parse("019357a0-0000-7000-8000-0000000000a1");
    private static final AllocationId AT_OSAKA = new AllocationId(RESERVATION, OSAKA);
    private static final HostId GATEWAY = new HostId("osaka-g01");

    private final CacheLogic logic = new CacheLogic(60);

    @Test
    void needsNothingAtTheMaster() {
        // Given
        AllocationId atMaster = new AllocationId(RESERVATION, TOKYO);

        // When
        Choice choice = logic.hold(new Request(atMaster, spec(), Facts.OfSite.unknown(), WINDOW), calendar());

        // Then
        assertThat(choice).isEqualTo(new Chosen(new Facts.Cache(null, 0)));
        assertThat(claims(atMaster, new Facts.Cache(null, 0))).isEmpty();
        assertThat(logic.deploy(lease(atMaster, new Facts.Cache(null, 0)))).isEmpty();
    }

    @Test
    void standsOnTheGatewayThatTheNetworkChose() {
        assertThat(logic.hold(request(), calendar())).isEqualTo(new Chosen(new Facts.Cache(GATEWAY, 60)));
        assertThat(claims(AT_OSAKA, new Facts.Cache(GATEWAY, 60)))
                .containsExactly(new Claim("osaka-g01", null, Amounts.of("bytes", 60)));
    }

    @Test
    void staysAsItIsWhenTheClusterGetsOtherMachines() {
        Lease lease = lease(AT_OSAKA, new Facts.Cache(GATEWAY, 60));

        assertThat(logic.extend(request(), lease, calendar(booking(100, null))))
                .isEqualTo(new Chosen(new Facts.Cache(GATEWAY, 60)));
    }

    private List<Claim> claims(AllocationId allocation, Facts.Cache chosen) {
        return logic.claims(allocation, spec(), Facts.OfSite.unknown().with(chosen));
    }

    @Test
    void saysWhenThereWillBeRoom() {
        // When
        Refusal refusal = refusal(logic.hold(request(), calendar(booking(50, null))));

        // Then
        assertThat(refusal.resource()).isEqualTo("cache space");
        assertThat(refusal.missing()).isEqualTo(new Refusal.Missing(10, WINDOW));
        assertThat(refusal.earliestStart()).isEqualTo(WINDOW.end());
        assertThat(refusal.holdsOnlyUntil()).isNull();
    }

    @Test
    void saysThatOnlyHoldsStandInTheWay() {
        assertThat(refusal(logic.hold(request(), calendar(booking(50, NOON.plusSeconds(9)))))
                        .holdsOnlyUntil())
                .isEqualTo(NOON.plusSeconds(9));
    }

    @Test
    void saysThatItFitsAtOnceWhereAnotherGatewayHasRoom() {
        // Given
        Pool other = CacheLogic.pool(new HostId("osaka-g02"), 100, true);
        Calendar oneFull =
                new Calendar(List.of(CacheLogic.pool(GATEWAY, 100, true), other), List.of(booking(50, null)), NOON);

        // Then: the network may choose that one the next time.
        assertThat(refusal(logic.hold(request(), oneFull)).earliestStart()).isEqualTo(WINDOW.start());
    }

    @Test
    void refusesAGatewayThatIsClosedOrUnknown() {
        Calendar closed = new Calendar(List.of(CacheLogic.pool(GATEWAY, 99, false)), List.of(), NOON);
        Calendar none = new Calendar(List.of(), List.of(), NOON);

        assertThat(refusal(logic.hold(request(), closed)).earliestStart()).isNull();
        assertThat(refusal(logic.hold(request(), none)).earliestStart()).isNull();
    }

    @Test
    void keepsTheFrontendsPackages() {
        List<Wanted> wanted = logic.deploy(lease(AT_OSAKA, new Facts.Cache(GATEWAY, 60)));

        assertThat(wanted)
                .containsExactly(new Wanted(
                        GATEWAY,
                        ResourceKey.of(ResourceKind.CACHE, AT_OSAKA),
                        "osaka",
                        new CacheSpec(
                                ResourceKey.of(ResourceKind.SEGMENT, AT_OSAKA),
                                "172.16.31.253",
                                60,
                                List.of("slurm"))));
    }

    @Test
    void booksGatewaysOnly() {
        assertThat(logic.name()).isEqualTo(Participant.CACHE);
        assertThat(logic.pools(GATEWAY, inventory(HostRole.GATEWAY), true))
                .containsExactly(CacheLogic.pool(GATEWAY, 100, true));
        assertThat(logic.pools(GATEWAY, inventory(HostRole.STORAGE), true)).isEmpty();
    }

    private static Inventory inventory(HostRole role) {
        return new Inventory(
                "9f2c", Set.of(role), 0, 0, Map.of(), "", 100, "", Map.of(), "", Map.of(), Map.of(), List.of());
    }

    private static Refusal refusal(Choice choice) {
        return ((DoesNotFit) choice).refusal();
    }

    private static Calendar calendar(Booking... bookings) {
        return new Calendar(List.of(CacheLogic.pool(GATEWAY, 100, true)), Arrays.asList(bookings), NOON);
    }

    private static Booking booking(long bytes, @Nullable Instant heldUntil) {
        AllocationId other = new AllocationId(new ReservationId(new UUID(0x7000, 9)), OSAKA);
        return new Booking(other, GATEWAY.value(), null, Amounts.of("bytes", bytes), WINDOW, heldUntil);
    }

    private static Request request() {
        return new Request(AT_OSAKA, spec(), Facts.OfSite.unknown().with(segment()), WINDOW);
    }

    private static Lease lease(AllocationId allocation, Facts.Cache cache) {
        Facts.Shared master = new Facts.Shared(
                TOKYO,
                1,
                spec().groups(),
                101,
                new Facts.Endpoint(
                        "203.0.113.1", 20001, List.of(new Facts.LinkOffer(LinkDriver.OPENVPN, "a1:b2", 1434))),
                1420);
        return new Lease(
                allocation,
                spec(),
                Facts.OfSite.unknown().with(segment()).with(cache),
                new Facts.OfCluster(List.of(master), 1420),
                WINDOW);
    }

    private static Facts.Segment segment() {
        return new Facts.Segment(
                102,
                GATEWAY,
                new Facts.Endpoint(
                        "203.0.113.2", 20002, List.of(new Facts.LinkOffer(LinkDriver.OPENVPN, "a1:b2", 1434))),
                1420);
    }

    /** Osaka's share of a cluster whose master is tokyo. */
    private static AllocationSpec spec() {
        return new AllocationSpec(
                new TenantId("astro"),
                "survey",
                2,
                TOKYO,
                List.of(TOKYO),
                WINDOW,
                List.of(new MachineGroup(MachineRole.COMPUTE, 1, 2, 1, 1, 1, 2)),
                ClusterAddressing.DEFAULT_NETWORK,
                new Software("debian-12", List.of("slurm")));
    }
}
