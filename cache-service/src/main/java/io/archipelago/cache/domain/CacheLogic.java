package io.archipelago.cache.domain;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.Lease;
import io.archipelago.bus.protocol.ParticipantLogic;
import io.archipelago.bus.protocol.Resource.Wanted;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.host.HostMessage.HostRole;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.CacheSpec;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The cache's part of an allocation: at a worker site, space on the gateway that the network chose. The master needs none; the frontend's
 * packages are there.
 */
public final class CacheLogic implements ParticipantLogic {

    private static final String BYTES = "bytes";

    private final long bytes;

    /** @param bytes the space booked for one cluster's cache */
    public CacheLogic(long bytes) {
        this.bytes = bytes;
    }

    /** A gateway as a pool of cache space. */
    public static Pool pool(HostId gateway, long bytes, boolean open) {
        return new Pool(gateway.value(), Amounts.of(BYTES, bytes), null, open, Map.of());
    }

    @Override
    public Participant name() {
        return Participant.CACHE;
    }

    @Override
    public List<Pool> pools(HostId host, Inventory inventory, boolean open) {
        return inventory.roles().contains(HostRole.GATEWAY)
                ? List.of(pool(host, inventory.cacheBytes(), open))
                : List.of();
    }

    @Override
    public Choice hold(Request request, Calendar calendar) {
        if (request.spec().master().equals(request.allocation().site())) {
            return new Chosen(new Facts.Cache(null, 0));
        }
        Facts.Segment segment = Objects.requireNonNull(request.facts().segment(), "the cache holds after the network");
        Amounts wanted = Amounts.of(BYTES, bytes);
        if (fits(calendar, segment.gateway(), request.booked(), wanted)) {
            return new Chosen(new Facts.Cache(segment.gateway(), bytes));
        }
        boolean holdsOnly = fitsAnywhere(calendar.withoutHolds(), request.booked(), wanted);
        return new DoesNotFit(new Refusal(
                        ErrorCode.NO_CAPACITY,
                        "cache space",
                        "the gateway that was chosen has no room for another package cache throughout the window",
                        holdsOnly ? calendar.lastHoldOver(request.booked()).orElse(null) : null,
                        calendar.earliestStart(request.booked(), w -> fitsAnywhere(calendar, w, wanted))
                                .orElse(null))
                .missing(
                        bytes - free(calendar, segment.gateway(), request.booked()),
                        calendar.scarcity(request.booked(), w -> fits(calendar, segment.gateway(), w, wanted))
                                .orElse(null)));
    }

    @Override
    public List<Claim> claims(AllocationId allocation, AllocationSpec spec, Facts.OfSite facts) {
        Facts.Cache cache = cache(facts);
        return cache.gateway() == null
                ? List.of()
                : List.of(new Claim(cache.gateway().value(), null, Amounts.of(BYTES, cache.bytes())));
    }

    @Override
    public List<Wanted> deploy(Lease lease) {
        Facts.Cache cache = cache(lease.facts());
        if (cache.gateway() == null) {
            return List.of();
        }
        ClusterAddressing addressing =
                ClusterAddressing.of(lease.spec().network(), lease.allocation().reservation());
        int master = lease.cluster()
                .at(lease.spec().master())
                .map(Facts.Shared::siteNumber)
                .orElseThrow(() -> new IllegalStateException("the cluster's facts name the master"));
        return List.of(new Wanted(
                cache.gateway(),
                ResourceKey.of(ResourceKind.CACHE, lease.allocation()),
                lease.allocation().site().value(),
                new CacheSpec(
                        ResourceKey.of(ResourceKind.SEGMENT, lease.allocation()),
                        addressing.address(master, addressing.frontendOrdinal()),
                        cache.bytes(),
                        lease.spec().software().sets())));
    }

    private static Facts.Cache cache(Facts.OfSite facts) {
        return Objects.requireNonNull(facts.cache(), "the cache has chosen");
    }

    /** The next time the network chooses anew, by where there is room then. */
    private static boolean fitsAnywhere(Calendar calendar, TimeWindow window, Amounts wanted) {
        return calendar.pools().stream().anyMatch(p -> fits(calendar, new HostId(p.id()), window, wanted));
    }

    private static boolean fits(Calendar calendar, HostId gateway, TimeWindow window, Amounts wanted) {
        return calendar.pool(gateway.value())
                .filter(Pool::open)
                .filter(p -> calendar.availability().hasRoom(p, wanted, window))
                .isPresent();
    }

    private static long free(Calendar calendar, HostId gateway, TimeWindow window) {
        return calendar.pool(gateway.value())
                .filter(Pool::open)
                .map(p -> Math.max(0, calendar.free(p, window).get(BYTES)))
                .orElse(0L);
    }
}
