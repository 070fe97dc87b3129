package io.archipelago.network.domain;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.booking.Silence;
import io.archipelago.bus.protocol.Lease;
import io.archipelago.bus.protocol.ParticipantLogic;
import io.archipelago.bus.protocol.Resource.Wanted;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.host.HostMessage.HostRole;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.LinkSpec;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The network's part of an allocation: a VLAN id of this site, a gateway, and on the gateway a port for the cluster's links, each the
 * allocation's alone throughout the window.
 *
 * <p>The package cache of a worker's share stands on the gateway that is chosen here. All caches are equally large. So the gateway that has
 * most space for each of its caches, one more counted, has room for that one if any gateway has.
 */
public final class NetworkLogic implements ParticipantLogic {

    /** The pool of the site's VLAN ids. */
    public static final String VLANS = "vlan";

    private static final String ADDRESS = "wan-address";
    private static final String CACHE_BYTES = "cache-bytes";

    /** How many caches stand on a gateway is counted, and limited by nothing here: no site has more VLAN ids than that. */
    private static final String CACHES = "caches";

    private static final Amounts MOST_CACHES = Amounts.of(CACHES, 4094);

    private final Pool.Units vlans;
    private final Pool.Units linkPorts;
    private final int linkMtu;

    /**
     * @param vlans the VLAN ids that this site gives, within 1 to 4094
     * @param linkPorts the ports that each gateway gives to links
     * @param linkMtu the largest payload of a frame that a link of this site carries, in bytes
     */
    public NetworkLogic(Pool.Units vlans, Pool.Units linkPorts, int linkMtu) {
        this.vlans = vlans;
        this.linkPorts = linkPorts;
        this.linkMtu = linkMtu;
    }

    @Override
    public Participant name() {
        return Participant.NETWORK;
    }

    @Override
    public List<Pool> pools() {
        return List.of(new Pool(VLANS, Amounts.NONE, vlans, true, Map.of()));
    }

    @Override
    public List<Pool> pools(HostId host, Inventory inventory, boolean open) {
        return inventory.roles().contains(HostRole.GATEWAY)
                ? List.of(new Pool(
                        host.value(),
                        MOST_CACHES,
                        linkPorts,
                        open,
                        Map.of(ADDRESS, inventory.wanAddress(), CACHE_BYTES, Long.toString(inventory.cacheBytes()))))
                : List.of();
    }

    @Override
    public Choice hold(Request request, Calendar calendar) {
        TimeWindow window = request.booked();
        Optional<Integer> vlan = unit(calendar, VLANS, window, request);
        if (vlan.isEmpty()) {
            return refuse(request, calendar, "vlan", "every VLAN id of this site is taken at some time in the window");
        }
        boolean cached = !request.spec().master().equals(request.allocation().site());
        Optional<Pool> gateway = gateways(calendar, window, request)
                .min(Comparator.comparing((Pool g) -> g.silentSince().isPresent())
                        .thenComparingDouble(g -> cached ? -spaceForOneMore(calendar, g, window) : 0)
                        .thenComparingLong(g -> calendar.bookings(g, window))
                        .thenComparing(Pool::id));
        if (gateway.isEmpty()) {
            String silent = Silence.of(
                    calendar.pools().stream().filter(p -> !p.id().equals(VLANS)).toList(), "gateways");
            return refuse(
                    request,
                    calendar,
                    "link port",
                    "no gateway of this site has a free port throughout the window" + silent);
        }
        int port = unit(calendar, gateway.get().id(), window, request).orElseThrow();
        String address = Objects.requireNonNull(gateway.get().labels().get(ADDRESS), "a gateway has an address");
        return new Chosen(
                List.of(
                        new Claim(VLANS, vlan.get(), Amounts.NONE),
                        new Claim(gateway.get().id(), port, cached ? Amounts.of(CACHES, 1) : Amounts.NONE)),
                new Facts.Segment(
                        vlan.get(), new HostId(gateway.get().id()), new Facts.Endpoint(address, port), linkMtu));
    }

    @Override
    public List<Wanted> deploy(Lease lease) {
        Facts.Segment segment = Objects.requireNonNull(lease.facts().segment(), "the network has chosen");
        Set<HostId> hosts = new TreeSet<>(Objects.requireNonNull(lease.facts().hosts(), "placement has chosen")
                .hosts()
                .values());
        hosts.add(segment.gateway());
        ResourceKey key = ResourceKey.of(ResourceKind.SEGMENT, lease.allocation());
        String site = lease.allocation().site().value();
        List<Wanted> wanted = new ArrayList<>();
        for (HostId host : hosts) {
            SegmentSpec.Gateway gateway = host.equals(segment.gateway()) ? gateway(lease) : null;
            wanted.add(new Wanted(
                    host,
                    key,
                    site,
                    new SegmentSpec(segment.vlan(), lease.cluster().mtu(), gateway)));
        }
        for (SiteId peer : lease.spec().peers()) {
            Facts.Endpoint remote = lease.cluster()
                    .at(peer)
                    .map(Facts.Shared::endpoint)
                    .orElseThrow(() -> new IllegalStateException("the cluster's facts name every site"));
            wanted.add(new Wanted(
                    segment.gateway(),
                    ResourceKey.of(ResourceKind.LINK, lease.allocation(), peer.value()),
                    peer.value(),
                    new LinkSpec(
                            key,
                            peer,
                            lease.atMaster(),
                            segment.endpoint().port(),
                            remote.address(),
                            remote.port(),
                            lease.cluster().mtu())));
        }
        return wanted;
    }

    private static SegmentSpec.Gateway gateway(Lease lease) {
        ClusterAddressing addressing =
                ClusterAddressing.of(lease.spec().network(), lease.allocation().reservation());
        String address = addressing.address(lease.spec().siteNumber(), addressing.gatewayOrdinal());
        return new SegmentSpec.Gateway(address + "/" + addressing.length(), lease.atMaster());
    }

    /** The gateways that have a free port throughout a window. */
    private static Stream<Pool> gateways(Calendar calendar, TimeWindow window, Request request) {
        return calendar.open().stream()
                .filter(p -> !p.id().equals(VLANS))
                .filter(p -> unit(calendar, p.id(), window, request).isPresent());
    }

    /** The bytes for each cache of a gateway, if there were one more throughout a window. */
    private static double spaceForOneMore(Calendar calendar, Pool gateway, TimeWindow window) {
        long bytes = Long.parseLong(gateway.labels().getOrDefault(CACHE_BYTES, "0"));
        long caches =
                gateway.capacity().get(CACHES) - calendar.free(gateway, window).get(CACHES);
        return (double) bytes / (caches + 1);
    }

    private static boolean fits(Calendar calendar, TimeWindow window, Request request) {
        return unit(calendar, VLANS, window, request).isPresent()
                && gateways(calendar, window, request).findAny().isPresent();
    }

    /** A free unit; where the search begins depends on the allocation, so that an id just given back is not the next one given. */
    private static Optional<Integer> unit(Calendar calendar, String pool, TimeWindow window, Request request) {
        return calendar.pool(pool).flatMap(p -> {
            int from = p.units() == null
                    ? 0
                    : p.units().first()
                            + Math.floorMod(
                                    request.allocation().hashCode(), p.units().count());
            return calendar.freeUnit(p, window, from).stream().boxed().findFirst();
        });
    }

    private static DoesNotFit refuse(Request request, Calendar calendar, String resource, String detail) {
        TimeWindow window = request.booked();
        boolean holdsOnly = fits(calendar.withoutHolds(), window, request);
        return new DoesNotFit(new Refusal(
                ErrorCode.NO_CAPACITY,
                resource,
                detail,
                holdsOnly ? calendar.lastHoldOver(window).orElse(null) : null,
                calendar.earliestStart(window, w -> fits(calendar, w, request)).orElse(null)));
    }
}
