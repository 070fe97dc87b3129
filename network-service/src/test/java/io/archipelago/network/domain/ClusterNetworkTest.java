package io.archipelago.network.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.Lease;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.bus.protocol.Resource.Wanted;
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
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.LinkSpec;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a cluster's network is made of on the hosts of tokyo, site 1. */
class ClusterNetworkTest {

    private static final TimeWindow WINDOW =
            new TimeWindow(Instant.parse("2026-12-01T13:00:00Z"), Instant.parse("2026-12-01T14:00:00Z"));
    private static final ReservationId RESERVATION = new ReservationId(new UUID(0x7000, 1));
    private static final SiteId TOKYO = new SiteId("tokyo");
    private static final SiteId OSAKA = new SiteId("osaka");
    private static final HostId GATEWAY = new HostId("tokyo-g01");
    private static final HostId COMPUTE = new HostId("tokyo-c01");

    @Test
    void wantsTheSegmentOnEveryHostOfTheClusterAndNatAtTheMastersGatewayOnly() {
        // When
        List<Wanted> master = wanted(lease(TOKYO, List.of(OSAKA, new SiteId("nagoya"))));
        List<Wanted> worker = wanted(lease(OSAKA, List.of(OSAKA)));

        // Then
        assertThat(ofKind(master, ResourceKind.SEGMENT))
                .extracting(Wanted::host)
                .containsExactly(COMPUTE, GATEWAY);
        assertThat(ofKind(master, ResourceKind.SEGMENT).getFirst().spec()).isEqualTo(new SegmentSpec(101, 1400, null));
        assertThat(gateway(master))
                .returns("172.16.31.254/12", SegmentSpec.Gateway::address)
                .returns(true, SegmentSpec.Gateway::nat);
        assertThat(gateway(worker))
                .returns("172.16.31.254/12", SegmentSpec.Gateway::address)
                .returns(false, SegmentSpec.Gateway::nat);
    }

    @Test
    void tellsAGatewayEveryMachineOfTheClusterAndTheWayOutOfIt() {
        // When
        SegmentSpec.Gateway master = gateway(wanted(lease(TOKYO, List.of(OSAKA, new SiteId("nagoya")))));
        SegmentSpec.Gateway worker = gateway(wanted(lease(OSAKA, List.of(OSAKA))));

        // Then
        assertThat(master.router()).isEqualTo("172.16.31.254");
        assertThat(worker.router()).isEqualTo("172.16.47.254");
        assertThat(master.stations())
                .extracting(SegmentSpec.Station::name)
                .containsExactly(
                        "vfrontend-1", "vcompute-1-1", "vcompute-2-1", "vcompute-2-2", "vcompute-3-1", "vcompute-3-2");
        assertThat(worker.stations())
                .extracting(SegmentSpec.Station::name)
                .containsExactlyInAnyOrder(
                        "vfrontend-2", "vcompute-2-1", "vcompute-1-1", "vcompute-1-2", "vcompute-3-1", "vcompute-3-2");
        assertThat(worker.stations())
                .filteredOn(SegmentSpec.Station::here)
                .extracting(SegmentSpec.Station::address)
                .containsExactly("172.16.16.1", "172.16.16.2");
    }

    @Test
    void tellsAGatewayOfTheMachinesThatTookThePlaceOfOthers() {
        // Given
        Lease lease = lease(TOKYO, List.of(OSAKA));
        Facts.Shared osaka = lease.cluster().at(OSAKA).orElseThrow();
        Facts.Shared others = new Facts.Shared(
                OSAKA, 2, List.of(computes(3).without(Set.of(1))), osaka.vlan(), osaka.endpoint(), osaka.mtu());

        // When
        SegmentSpec.Gateway gateway = gateway(wanted(new Lease(
                lease.allocation(), lease.spec(), lease.facts(), lease.cluster().with(others), WINDOW)));

        // Then
        assertThat(gateway.stations())
                .extracting(SegmentSpec.Station::name)
                .contains("vcompute-2-2", "vcompute-2-3")
                .doesNotContain("vcompute-2-1");
    }

    @Test
    void staysOnTheHostsOfTheMachinesThatAreLeft() {
        // Given
        Lease lease = lease(TOKYO, List.of());
        HostId left = new HostId("tokyo-c07");
        Predicate<Resource> wanted = new NetworkLogic(
                        new Pool.Units(100, 105),
                        new Pool.Units(20000, 20003),
                        new LinkTerms(List.of(LinkDriver.OPENVPN), 1500, 1486, Wan.UNTOLD))
                .wanted(lease);

        // Then
        assertThat(wanted(lease)).allMatch(w -> wanted.test(Resource.wanted(w, null)));
        assertThat(wanted(lease).stream().map(w -> new Wanted(left, w.key(), w.name(), w.spec())))
                .noneMatch(w -> wanted.test(Resource.wanted(w, null)));
    }

    @Test
    void linksEveryWorkerToTheMasterWhichListens() {
        // When
        List<Wanted> master = ofKind(wanted(lease(TOKYO, List.of(OSAKA, new SiteId("nagoya")))), ResourceKind.LINK);
        List<Wanted> worker = ofKind(wanted(lease(OSAKA, List.of(OSAKA))), ResourceKind.LINK);

        // Then
        assertThat(master).extracting(Wanted::name).containsExactly("osaka", "nagoya");
        assertThat(master).extracting(Wanted::host).containsOnly(GATEWAY);
        LinkSpec listening = (LinkSpec) master.getFirst().spec();
        assertThat(listening.listen()).isTrue();
        assertThat(listening.ends().localPort()).isEqualTo(20001);
        assertThat(listening.ends().remoteAddress()).isEqualTo("203.0.113.2");
        assertThat(listening.ends().remotePort()).isEqualTo(20002);
        assertThat(listening.mtu()).isEqualTo(1400);
        assertThat(listening.driver()).isEqualTo(LinkDriver.OPENVPN);
        assertThat(listening.peerKey()).isEqualTo("a1:b2");
        assertThat(listening.ends().localGateway()).isEqualTo("172.16.31.254");
        assertThat(listening.ends().remoteGateway()).isEqualTo("172.16.47.254");
        assertThat(worker).singleElement().matches(w -> !((LinkSpec) w.spec()).listen());
    }

    @Test
    void givesBothEndsOfALinkTheSameTunnelAndTwoLinksTwo() {
        // When
        List<Wanted> master = ofKind(wanted(lease(TOKYO, List.of(OSAKA, new SiteId("nagoya")))), ResourceKind.LINK);
        List<Wanted> worker = ofKind(wanted(lease(OSAKA, 2, TOKYO, List.of(TOKYO))), ResourceKind.LINK);

        // Then
        assertThat(tunnel(worker.getFirst()))
                .isEqualTo(tunnel(master.getFirst()))
                .isBetween(1, 0xFFFFFF);
        assertThat(tunnel(master.getLast())).isNotEqualTo(tunnel(master.getFirst()));
    }

    @Test
    void limitsALinkToWhatWasBookedForItOrElseToWhatLinksMayTake() {
        // Given
        Lease lease = lease(TOKYO, List.of(OSAKA, new SiteId("nagoya")));
        Facts.Segment segment = Objects.requireNonNull(lease.facts().segment());
        Facts.Segment booked = new Facts.Segment(
                segment.vlan(), segment.gateway(), segment.endpoint(), segment.mtu(), Map.of(OSAKA, 100_000_000L));
        Lease with = new Lease(
                lease.allocation(), lease.spec(), lease.facts().with(booked), lease.cluster(), lease.booked());

        // When
        List<Wanted> links = ofKind(new ClusterNetwork(with, new Wan(Map.of(), 7)).wanted(), ResourceKind.LINK);

        // Then
        assertThat(links)
                .extracting(link -> ((LinkSpec) link.spec()).bandwidth())
                .containsExactly(100_000_000L, 7L);
    }

    private static List<Wanted> wanted(Lease lease) {
        return new ClusterNetwork(lease, Wan.UNTOLD).wanted();
    }

    private static SegmentSpec.Gateway gateway(List<Wanted> wanted) {
        SegmentSpec spec =
                (SegmentSpec) ofKind(wanted, ResourceKind.SEGMENT).getLast().spec();
        return Objects.requireNonNull(spec.gateway());
    }

    private static int tunnel(Wanted link) {
        return ((LinkSpec) link.spec()).tunnel();
    }

    private static List<Wanted> ofKind(List<Wanted> wanted, ResourceKind kind) {
        return wanted.stream().filter(w -> w.key().kind() == kind).toList();
    }

    private static Lease lease(SiteId master, List<SiteId> peers) {
        return lease(TOKYO, 1, master, peers);
    }

    private static Lease lease(SiteId site, int number, SiteId master, List<SiteId> peers) {
        Facts.OfSite facts = Facts.OfSite.unknown()
                .with(new Facts.Hosts(Map.of(1, COMPUTE, 2, COMPUTE)))
                .with(new Facts.Segment(
                        101,
                        GATEWAY,
                        new Facts.Endpoint(
                                "203.0.113.1", 20001, List.of(new Facts.LinkOffer(LinkDriver.OPENVPN, "a1:b2", 1434))),
                        1420));
        Facts.OfCluster cluster = new Facts.OfCluster(
                Stream.of(shared(TOKYO, 1), shared(OSAKA, 2), shared(new SiteId("nagoya"), 3))
                        .map(shared -> shared.site().equals(master) ? withFrontend(shared) : shared)
                        .toList(),
                1400);
        return new Lease(new AllocationId(RESERVATION, site), spec(number, master, peers), facts, cluster, WINDOW);
    }

    private static Facts.Shared shared(SiteId site, int number) {
        Facts.Endpoint endpoint = new Facts.Endpoint(
                "203.0.113." + number, 20000 + number, List.of(new Facts.LinkOffer(LinkDriver.OPENVPN, "a1:b2", 1434)));
        return new Facts.Shared(site, number, List.of(computes(2)), 100 + number, endpoint, 1420);
    }

    private static Facts.Shared withFrontend(Facts.Shared shared) {
        MachineGroup frontend = new MachineGroup(MachineRole.FRONTEND, 4093, 1, 1, 1, 1, 1);
        return new Facts.Shared(
                shared.site(),
                shared.siteNumber(),
                List.of(frontend, computes(1)),
                shared.vlan(),
                shared.endpoint(),
                shared.mtu());
    }

    private static MachineGroup computes(int count) {
        return new MachineGroup(MachineRole.COMPUTE, 1, count, 1, 1, 1, 2);
    }

    private static AllocationSpec spec(int siteNumber, SiteId master, List<SiteId> peers) {
        return new AllocationSpec(
                new TenantId("astro"),
                "survey",
                siteNumber,
                master,
                peers,
                WINDOW,
                List.of(computes(2)),
                ClusterAddressing.DEFAULT_NETWORK,
                new Software("debian-12", List.of()));
    }
}
