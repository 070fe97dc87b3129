package io.archipelago.network.domain;

import io.archipelago.bus.booking.Absence;
import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.Lease;
import io.archipelago.bus.protocol.ParticipantLogic;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.bus.protocol.Resource.Wanted;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.Facts.LinkOffer;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.host.HostMessage.HostRole;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.placement.PlacementMessage.PathMeasured;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The network's part of an allocation: a VLAN id of this site, a gateway, and on the gateway a port for the cluster's links, each the
 * allocation's alone throughout the window; and of the WAN what each link may take.
 *
 * <p>The package cache of a worker's share stands on the gateway that is chosen here. All caches are equally large. So the gateway that has
 * most space for each of its caches, one more counted, has room for that one if any gateway has.
 */
public final class NetworkLogic implements ParticipantLogic {

    /** The pool of the site's VLAN ids. */
    public static final String VLANS = "vlan";

    private static final String BANDWIDTH = "bandwidth";
    private static final String ADDRESS = "wan-address";
    private static final String CACHE_BYTES = "cache-bytes";
    private static final String LINK_KEY = "link-key-";

    /** How many caches stand on a gateway is counted, and limited by nothing here: no site has more VLAN ids than that. */
    private static final String CACHES = "caches";

    private static final Amounts MOST_CACHES = Amounts.of(CACHES, 4094);

    private final Pool.Units vlans;
    private final Pool.Units linkPorts;
    private final LinkTerms terms;

    /**
     * @param vlans the VLAN ids that this site gives, within 1 to 4094
     * @param linkPorts the ports that each gateway gives to links
     */
    public NetworkLogic(Pool.Units vlans, Pool.Units linkPorts, LinkTerms terms) {
        this.vlans = vlans;
        this.linkPorts = linkPorts;
        this.terms = terms;
    }

    @Override
    public Participant name() {
        return Participant.NETWORK;
    }

    @Override
    public List<Pool> pools() {
        return Stream.concat(
                        Stream.of(new Pool(VLANS, Amounts.NONE, vlans, true, Map.of())), terms.wan().pools().stream())
                .toList();
    }

    @Override
    public List<Pool> pools(HostId host, Inventory inventory, boolean open) {
        if (!inventory.roles().contains(HostRole.GATEWAY)) {
            return List.of();
        }
        Map<String, String> labels = new HashMap<>();
        labels.put(ADDRESS, inventory.wanAddress());
        labels.put(CACHE_BYTES, Long.toString(inventory.cacheBytes()));
        inventory.links().forEach((driver, key) -> labels.put(LINK_KEY + driver, key));
        return List.of(new Pool(host.value(), MOST_CACHES, linkPorts, open, labels));
    }

    @Override
    public Choice hold(Request request, Calendar calendar) {
        TimeWindow window = request.booked();
        Optional<String> never = terms.wan().neverPromised(request.spec());
        if (never.isPresent()) {
            return new DoesNotFit(Refusal.of(ErrorCode.UNSUPPORTED, BANDWIDTH, never.get()));
        }
        Optional<Integer> vlan = unit(calendar, VLANS, window, request);
        if (vlan.isEmpty()) {
            return refuse(
                    request, calendar, "vlan", 1, "every VLAN id of this site is taken at some time in the window");
        }
        if (!terms.wan().hasRoom(request.spec(), calendar, window)) {
            return refuse(
                    request,
                    calendar,
                    BANDWIDTH,
                    terms.wan().missing(request.spec(), calendar, window),
                    terms.wan().shortage(request.spec(), calendar, window));
        }
        boolean cached = cached(request.allocation(), request.spec());
        Optional<Pool> gateway = gateways(calendar, window, request)
                .min(Comparator.comparing((Pool g) -> g.silentSince().isPresent())
                        .thenComparingDouble(g -> cached ? -spaceForOneMore(calendar, g, window) : 0)
                        .thenComparingLong(g -> calendar.availability().unitsTaken(g, window))
                        .thenComparing(Pool::id));
        if (gateway.isEmpty()) {
            String absent = Absence.of(
                    calendar.pools().stream().filter(NetworkLogic::isGateway).toList(), "gateways", window);
            return refuse(
                    request,
                    calendar,
                    "link port",
                    // A port more would not help who can not be joined.
                    joinable(calendar, request) ? 1 : 0,
                    (joinable(calendar, request)
                                    ? "no gateway of this site has a free port throughout the window"
                                    : "no gateway of this site can join a link in a way that the site allows")
                            + absent);
        }
        int port = unit(calendar, gateway.get().id(), window, request).orElseThrow();
        String address = Objects.requireNonNull(gateway.get().labels().get(ADDRESS), "a gateway has an address");
        return new Chosen(new Facts.Segment(
                vlan.get(),
                new HostId(gateway.get().id()),
                new Facts.Endpoint(address, port, offers(gateway.get())),
                terms.segmentMtu(),
                terms.wan().shares(request.spec())));
    }

    @Override
    public List<Claim> claims(AllocationId allocation, AllocationSpec spec, Facts.OfSite facts) {
        Facts.Segment segment = Objects.requireNonNull(facts.segment(), "the network has chosen");
        return Stream.concat(
                        Stream.of(
                                new Claim(VLANS, segment.vlan(), Amounts.NONE),
                                new Claim(
                                        segment.gateway().value(),
                                        segment.endpoint().port(),
                                        cached(allocation, spec) ? Amounts.of(CACHES, 1) : Amounts.NONE)),
                        Wan.claims(segment))
                .toList();
    }

    /** A segment stays on the hosts of the machines that are left, and on the gateway. */
    @Override
    public Predicate<Resource> wanted(Lease lease) {
        Set<HostId> hosts = ClusterNetwork.hosts(lease);
        return resource -> hosts.contains(resource.host());
    }

    @Override
    public Optional<PathMeasured> measured(Resource resource, Map<String, String> details, Instant now) {
        return Paths.measured(resource, details, now);
    }

    private static boolean cached(AllocationId allocation, AllocationSpec spec) {
        return !spec.master().equals(allocation.site());
    }

    @Override
    public List<Wanted> deploy(Lease lease) {
        return new ClusterNetwork(lease, terms.wan()).wanted();
    }

    /** How a gateway can join itself with others, as far as this site allows it. */
    private List<LinkOffer> offers(Pool gateway) {
        Map<LinkDriver, String> able = new EnumMap<>(LinkDriver.class);
        for (LinkDriver driver : LinkDriver.values()) {
            String key = gateway.labels().get(LINK_KEY + driver);
            if (key != null) {
                able.put(driver, key);
            }
        }
        return terms.offers(able);
    }

    /** The gateways that have a free port throughout a window, and can join themselves with others where that is needed. */
    private Stream<Pool> gateways(Calendar calendar, TimeWindow window, Request request) {
        return calendar.open().stream()
                .filter(NetworkLogic::isGateway)
                .filter(p -> request.spec().peers().isEmpty() || !offers(p).isEmpty())
                .filter(p -> unit(calendar, p.id(), window, request).isPresent());
    }

    private boolean joinable(Calendar calendar, Request request) {
        return request.spec().peers().isEmpty()
                || calendar.pools().stream()
                        .anyMatch(p -> isGateway(p) && !offers(p).isEmpty());
    }

    private static boolean isGateway(Pool pool) {
        return pool.labels().containsKey(ADDRESS);
    }

    /** The bytes for each cache of a gateway, if there were one more throughout a window. */
    private static double spaceForOneMore(Calendar calendar, Pool gateway, TimeWindow window) {
        long bytes = Long.parseLong(gateway.labels().getOrDefault(CACHE_BYTES, "0"));
        long caches =
                gateway.capacity().get(CACHES) - calendar.free(gateway, window).get(CACHES);
        return (double) bytes / (caches + 1);
    }

    private boolean fits(Calendar calendar, TimeWindow window, Request request) {
        return unit(calendar, VLANS, window, request).isPresent()
                && terms.wan().hasRoom(request.spec(), calendar, window)
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

    private DoesNotFit refuse(Request request, Calendar calendar, String resource, long missing, String detail) {
        TimeWindow window = request.booked();
        boolean holdsOnly = fits(calendar.withoutHolds(), window, request);
        Refusal refusal = new Refusal(
                ErrorCode.NO_CAPACITY,
                resource,
                detail,
                holdsOnly ? calendar.lastHoldOver(window).orElse(null) : null,
                calendar.earliestStart(window, w -> fits(calendar, w, request)).orElse(null));
        return new DoesNotFit(
                missing == 0
                        ? refusal
                        : refusal.missing(
                                missing,
                                calendar.scarcity(window, w -> fits(calendar, w, request))
                                        .orElse(null)));
    }
}
