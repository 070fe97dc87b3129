package io.archipelago.network.domain;

import io.archipelago.bus.protocol.Lease;
import io.archipelago.bus.protocol.Resource.Wanted;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.Facts.Endpoint;
import io.archipelago.contracts.allocation.Facts.LinkOffer;
import io.archipelago.contracts.allocation.Facts.Shared;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.LinkSpec;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec.Station;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What a cluster's network is made of on the hosts of this site: a segment on each, and links to other sites on the gateway. */
final class ClusterNetwork {

    /** VXLAN has 24 bits to tell tunnels apart (RFC 7348), and 0 is none. */
    private static final int TUNNELS = (1 << 24) - 1;

    private final Lease lease;
    private final Wan wan;
    private final Facts.Segment segment;
    private final ResourceKey key;
    private final ClusterAddressing addressing;

    /** @param wan what links may take of it for which nothing was booked */
    ClusterNetwork(Lease lease, Wan wan) {
        this.lease = lease;
        this.wan = wan;
        this.segment = segment(lease);
        this.key = ResourceKey.of(ResourceKind.SEGMENT, lease.allocation());
        this.addressing =
                ClusterAddressing.of(lease.spec().network(), lease.allocation().reservation());
    }

    /** The hosts of a cluster's machines at this site, and its gateway. */
    static Set<HostId> hosts(Lease lease) {
        Set<HostId> hosts = new TreeSet<>(Objects.requireNonNull(lease.facts().hosts(), "placement has chosen")
                .hosts()
                .values());
        hosts.add(segment(lease).gateway());
        return hosts;
    }

    private static Facts.Segment segment(Lease lease) {
        return Objects.requireNonNull(lease.facts().segment(), "the network has chosen");
    }

    List<Wanted> wanted() {
        String site = lease.allocation().site().value();
        List<Wanted> wanted = new ArrayList<>();
        for (HostId host : hosts(lease)) {
            SegmentSpec.Gateway gateway = host.equals(segment.gateway()) ? gateway() : null;
            wanted.add(new Wanted(
                    host,
                    key,
                    site,
                    new SegmentSpec(segment.vlan(), lease.cluster().mtu(), gateway)));
        }
        for (SiteId peer : lease.spec().peers()) {
            wanted.add(new Wanted(
                    segment.gateway(),
                    ResourceKey.of(ResourceKind.LINK, lease.allocation(), peer.value()),
                    peer.value(),
                    link(peer)));
        }
        return wanted;
    }

    private SegmentSpec.Gateway gateway() {
        String own = gatewayAddress(lease.spec().siteNumber());
        return new SegmentSpec.Gateway(
                own + "/" + addressing.length(),
                lease.atMaster(),
                gatewayAddress(shared(lease.spec().master()).siteNumber()),
                lease.cluster().sites().stream().flatMap(this::stations).toList());
    }

    private Stream<Station> stations(Shared site) {
        boolean here = site.site().equals(lease.allocation().site());
        return site.groups().stream()
                .flatMap(group -> group.ordinals().stream())
                .map(ordinal -> new Station(
                        addressing.hostName(site.siteNumber(), ordinal),
                        addressing.mac(site.siteNumber(), ordinal),
                        addressing.address(site.siteNumber(), ordinal),
                        here));
    }

    private LinkSpec link(SiteId peer) {
        Shared remote = shared(peer);
        Endpoint master = lease.atMaster() ? segment.endpoint() : remote.endpoint();
        Endpoint worker = lease.atMaster() ? remote.endpoint() : segment.endpoint();
        LinkDriver driver = Endpoint.agreed(master, worker)
                .orElseThrow(() -> new IllegalStateException("the master confirms only what can be joined"));
        return new LinkSpec(
                key,
                peer,
                lease.atMaster(),
                new LinkSpec.Ends(
                        segment.endpoint().port(),
                        remote.endpoint().address(),
                        remote.endpoint().port(),
                        gatewayAddress(lease.spec().siteNumber()),
                        gatewayAddress(remote.siteNumber())),
                lease.cluster().mtu(),
                driver,
                remote.endpoint().offer(driver).map(LinkOffer::key).orElse(""),
                tunnel(lease.atMaster() ? remote.siteNumber() : lease.spec().siteNumber()),
                wan.limit(segment, peer));
    }

    /** A number that both ends work out alike, and that two links of a gateway share by bad luck only. */
    private int tunnel(int workerSite) {
        long cluster = lease.allocation().reservation().value().getLeastSignificantBits();
        return (int) Math.floorMod(cluster * 257 + workerSite, (long) TUNNELS) + 1;
    }

    private String gatewayAddress(int siteNumber) {
        return addressing.address(siteNumber, addressing.gatewayOrdinal());
    }

    private Shared shared(SiteId site) {
        return lease.cluster()
                .at(site)
                .orElseThrow(() -> new IllegalStateException("the cluster's facts name every site"));
    }
}
