package io.archipelago.reservation.app;

import io.archipelago.bus.BusConfig;
import io.archipelago.bus.Tx;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.federation.ShareDigest;
import io.archipelago.contracts.federation.ShareDigest.Entry;
import io.archipelago.contracts.federation.ShareDigest.Range;
import io.archipelago.contracts.federation.StreamPosition;
import io.archipelago.reservation.FederationConfig;
import io.archipelago.reservation.domain.Allocation;
import io.archipelago.reservation.domain.Digests;
import io.archipelago.reservation.domain.Digests.Difference;
import io.archipelago.reservation.domain.Reservation;
import io.archipelago.reservation.domain.Restoration;
import io.archipelago.reservation.persistence.AllocationStore;
import io.archipelago.reservation.persistence.ExchangeStore;
import io.archipelago.reservation.persistence.InboundStreams;
import io.archipelago.reservation.persistence.InboundStreams.Taken;
import io.archipelago.reservation.persistence.OutboundStreams;
import io.archipelago.reservation.persistence.ReservationStore;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Sites tell each other what they believe of the shares that they have in common; what differs is settled as docs/settlement.md says. */
@ApplicationScoped
public class SettlementService {

    private static final Logger LOG = Logger.getLogger(SettlementService.class);
    private static final String KEY = "digest";

    private final ExchangeStore exchanges;
    private final InboundStreams inbound;
    private final OutboundStreams outbound;
    private final ReservationStore reservations;
    private final AllocationStore allocations;
    private final ReservationService masters;
    private final AllocationService shares;
    private final FederationConfig config;
    private final SiteId own;

    SettlementService(
            ExchangeStore exchanges,
            InboundStreams inbound,
            OutboundStreams outbound,
            ReservationStore reservations,
            AllocationStore allocations,
            ReservationService masters,
            AllocationService shares,
            FederationConfig config,
            BusConfig bus) {
        this.exchanges = exchanges;
        this.inbound = inbound;
        this.outbound = outbound;
        this.reservations = reservations;
        this.allocations = allocations;
        this.masters = masters;
        this.shares = shares;
        this.config = config;
        this.own = new SiteId(bus.site());
    }

    /**
     * Begins: if a topic has gone on beyond what the database remembers to have said, the database was set back.
     *
     * @param found the last place in each topic that this site writes to a site
     */
    public Uni<Void> begin(Tx tx, Map<SiteId, StreamPosition> found) {
        List<SiteId> sites = Stream.concat(
                        Stream.of(own), config.peers().keySet().stream().map(SiteId::new))
                .toList();
        return exchanges.ensure(tx, sites).chain(() -> outbound.last(tx)).chain(last -> {
            boolean restored = found.entrySet().stream()
                    .anyMatch(topic -> Restoration.shownBy(last.get(topic.getKey()), topic.getValue()));
            return restored ? restored(tx, sites) : Uni.createFrom().voidItem();
        });
    }

    /** Something may have been missed of what a site says: it is compared soon. */
    public Uni<Void> compareSoon(Tx tx, SiteId site) {
        return exchanges.soon(tx, site);
    }

    /** It is time to tell a site what is believed here, a page at a time: each in a transaction of its own. */
    public Uni<Void> onDue(Tx tx, SiteId site) {
        return exchanges
                .rest(tx, site)
                .chain(rest -> page(tx, site, rest, List.of()))
                .chain(page -> {
                    tell(tx, site, page, false, List.of());
                    Instant next = page.end() == null ? tx.now().plus(config.compareEvery()) : tx.now();
                    return exchanges.told(tx, site, page.end(), next);
                });
    }

    private Uni<Range> page(Tx tx, SiteId site, Range rest, List<Entry> named) {
        return exchanges.inCommon(tx, site, rest, Digests.PAGE + 1).map(common -> {
            List<ReservationId> reservations = new ArrayList<>(common);
            named.forEach(entry -> reservations.add(entry.allocation().reservation()));
            return Digests.page(rest, reservations, Digests.PAGE);
        });
    }

    /** Takes what a site believes. */
    public Uni<Void> onDigest(Tx tx, SiteId from, ShareDigest digest) {
        Range range = digest.range();
        List<Entry> here = digest.asMaster().stream()
                .filter(range::contains)
                .filter(e -> e.allocation().site().equals(own))
                .toList();
        // In one order, whoever speaks, since each may lock a row.
        List<Entry> there = digest.asWorker().stream()
                .filter(range::contains)
                .filter(e -> e.allocation().site().equals(from))
                .sorted(Comparator.comparing(e -> e.allocation().toString()))
                .toList();
        int foreign = digest.asMaster().size() + digest.asWorker().size() - here.size() - there.size();
        return beginAnewIfAsked(tx, from, digest)
                .chain(() -> settle(tx, range, there))
                .chain(atMaster -> allocations.look(tx, from, range, List.of()).map(open -> {
                    List<Difference> differences = new ArrayList<>(atMaster);
                    differences.addAll(Digests.orphans(open, here, range));
                    return differences;
                }))
                .invoke(differences -> warn(from, differences))
                .chain(differences -> exchanges.heard(tx, digest, differences, foreign))
                .chain(() -> digest.answer() ? Uni.createFrom().voidItem() : answer(tx, from, range, here));
    }

    /** Of a page that was told there may be more to say here than fits into one. */
    private Uni<Void> answer(Tx tx, SiteId site, Range rest, List<Entry> named) {
        return page(tx, site, rest, named).chain(page -> {
            tell(tx, site, page, true, named);
            return Objects.equals(page.end(), rest.end())
                    ? Uni.createFrom().voidItem()
                    : answer(tx, site, new Range(page.end(), rest.end()), named);
        });
    }

    private Uni<Void> beginAnewIfAsked(Tx tx, SiteId from, ShareDigest digest) {
        return outbound.last(tx)
                .invoke(last -> {
                    if (Restoration.shownBy(last.get(from), digest)) {
                        LOG.errorf(
                                "site %s has heard what this one does not remember to have said; it begins anew", from);
                        outbound.beginAnew(tx, from);
                    }
                })
                .replaceWithVoid();
    }

    private Uni<List<Difference>> settle(Tx tx, Range range, List<Entry> entries) {
        return reservations
                .lookAtOpen(tx, range)
                .map(open -> open.stream().collect(Collectors.toMap(Reservation::id, Function.identity())))
                .chain(open -> Multi.createFrom()
                        .iterable(entries)
                        .onItem()
                        .transformToUniAndConcatenate(entry -> settle(tx, open, entry))
                        .collect()
                        .asList()
                        .map(found -> found.stream().flatMap(Optional::stream).toList()));
    }

    /** Only what differs is locked. */
    private Uni<Optional<Difference>> settle(Tx tx, Map<ReservationId, Reservation> open, Entry entry) {
        Optional<Reservation> reservation =
                Optional.ofNullable(open.get(entry.allocation().reservation()));
        Optional<Difference> difference = Digests.atMaster(reservation, entry);
        return difference.isEmpty() || reservation.isEmpty()
                ? Uni.createFrom().item(difference)
                : masters.onDigest(tx, entry).replaceWith(difference);
    }

    private void tell(Tx tx, SiteId site, Range range, boolean answer, List<Entry> named) {
        List<Entry> asked = named.stream().filter(range::contains).toList();
        List<AllocationId> ids = asked.stream().map(Entry::allocation).toList();
        outbound.say(
                tx,
                site,
                KEY,
                () -> inbound.taken(tx, site)
                        .chain(taken -> reservations
                                .lookAtOpen(tx, range)
                                .chain(open -> allocations
                                        .look(tx, site, range, ids)
                                        .map(found -> digest(site, range, answer, taken, open, found, asked)))));
    }

    private ShareDigest digest(
            SiteId site,
            Range range,
            boolean answer,
            Optional<Taken> taken,
            List<Reservation> open,
            List<Allocation> found,
            List<Entry> named) {
        return new ShareDigest(
                own,
                answer,
                taken.map(t -> t.position().epoch()).orElse(0L),
                taken.map(t -> t.position().sequence()).orElse(0L),
                taken.map(Taken::reusedEpoch).orElse(0L),
                Digests.asMaster(open, site, range),
                Digests.asWorker(found, named, range),
                range.first(),
                range.end());
    }

    private Uni<Void> restored(Tx tx, List<SiteId> sites) {
        LOG.error("the database was set back: the streams begin anew, and what is told is numbered above all before");
        sites.forEach(site -> outbound.beginAnew(tx, site));
        return exchanges
                .restored(tx)
                .chain(epoch -> shares.onRestored(tx, Restoration.floor(epoch)))
                .chain(() -> Multi.createFrom()
                        .iterable(sites)
                        .onItem()
                        .transformToUniAndConcatenate(
                                site -> exchanges.soon(tx, site).chain(() -> inbound.skipToEnd(tx, site)))
                        .collect()
                        .asList()
                        .replaceWithVoid());
    }

    private static void warn(SiteId from, List<Difference> differences) {
        differences.stream()
                .filter(Difference::act)
                .forEach(d -> LOG.errorf(
                        "share %s is %s here and %s at site %s: %s",
                        d.allocation(), d.here(), d.there(), from, d.remedy()));
    }
}
