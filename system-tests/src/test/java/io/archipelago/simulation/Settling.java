package io.archipelago.simulation;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.federation.ShareDigest;
import io.archipelago.contracts.federation.ShareDigest.Entry;
import io.archipelago.contracts.federation.ShareDigest.Range;
import io.archipelago.contracts.federation.StreamPosition;
import io.archipelago.reservation.domain.Allocation;
import io.archipelago.reservation.domain.AllocationMoves;
import io.archipelago.reservation.domain.Decision;
import io.archipelago.reservation.domain.Digests;
import io.archipelago.reservation.domain.Digests.Difference;
import io.archipelago.reservation.domain.Reservation;
import io.archipelago.reservation.domain.ReservationMoves;
import io.archipelago.reservation.domain.Restoration;
import io.archipelago.reservation.domain.RestoredMoves;
import io.archipelago.reservation.domain.StreamVerdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a site's reservation-service does about streams that break: production's decisions, as its SettlementService carries them out. */
final class Settling {

    /** The row that says when a site is told next what is believed here. */
    record ExchangeRow(SiteId with) {}

    private final ReservationService service;
    private final ReservationMoves masters;
    private final AllocationMoves shares;
    private final RestoredMoves restored;

    Settling(ReservationService service, ReservationMoves masters, AllocationMoves shares) {
        this.service = service;
        this.masters = masters;
        this.shares = shares;
        this.restored = new RestoredMoves(service.world().figures().pace());
    }

    List<Object> rows() {
        List<Object> rows = new ArrayList<>();
        service.world().sites().forEach(site -> rows.add(new ExchangeRow(site.id())));
        return rows;
    }

    /** At the end of a history sites compare only as long as something is open, lest it never end. */
    @Nullable
    Instant due(ExchangeRow row) {
        if (service.world().broken(Mutation.NO_DIGESTS)) {
            return null;
        }
        Instant at = database().compareAt.get(row.with());
        boolean soon = at != null && at.equals(Instant.EPOCH);
        if (soon || !service.world().workloadOver() || service.somethingIsOpen()) {
            return at == null ? service.now() : at;
        }
        return null;
    }

    void onDue(ExchangeRow row, Transaction tx) {
        SiteId with = row.with();
        Range page = page(with, new Range(database().nextPage.get(with), null), List.of());
        tell(with, page, false, List.of(), tx);
        ReservationId next = page.end();
        tx.write(() -> {
            if (next == null) {
                database().nextPage.remove(with);
                database()
                        .compareAt
                        .put(with, tx.now().plus(service.world().figures().compareEvery()));
            } else {
                service.world().did(Deed.TOLD_IN_PAGES);
                database().nextPage.put(with, next);
                database().compareAt.put(with, Instant.EPOCH);
            }
        });
        tx.check(() -> service.watch(row));
    }

    /** From the beginning. */
    private void compareSoon(SiteId with) {
        database().nextPage.remove(with);
        database().compareAt.put(with, Instant.EPOCH);
    }

    private Range page(SiteId site, Range rest, List<Entry> named) {
        List<ReservationId> reservations = new ArrayList<>();
        service.reservations().values().stream().filter(r -> r.due() != null).forEach(r -> reservations.add(r.id()));
        open(site).forEach(a -> reservations.add(a.id().reservation()));
        named.forEach(e -> reservations.add(e.allocation().reservation()));
        return Digests.page(rest, reservations, Figures.PAGE);
    }

    void onBreak(SiteId from, StreamVerdict verdict, Transaction tx) {
        if (!verdict.breaks()) {
            return;
        }
        service.world().did(Deed.STREAM_BROKEN);
        tx.write(() -> {
            if (verdict == StreamVerdict.TAKE_LATE) {
                StreamPosition heard = database().heard.get(from);
                database().reused.put(from, heard == null ? 0 : heard.epoch());
            }
            compareSoon(from);
        });
        tx.check(() -> service.watch(new ExchangeRow(from)));
    }

    void onDigest(SiteId from, ShareDigest digest, Transaction tx) {
        if (Restoration.shownBy(last(from), digest)) {
            tx.write(() -> beginAnew(from));
        }
        for (Entry entry : digest.asWorker()) {
            Optional<Reservation> reservation = Optional.ofNullable(
                    service.reservations().get(entry.allocation().reservation()));
            note(Digests.atMaster(reservation, entry));
            reservation.ifPresent(r -> {
                Optional<Decision<Reservation>> decision = masters.onDigest(r, entry, tx.now());
                if (decision.isPresent()) {
                    service.world().did(Deed.SETTLED);
                    service.reserve(r.id(), decision, tx, digest);
                }
            });
        }
        Range range = service.world().broken(Mutation.PAGE_TAKEN_FOR_THE_WHOLE) ? Range.ALL : digest.range();
        for (Difference orphan : Digests.orphans(open(from), digest.asMaster(), range)) {
            service.world().did(Deed.ORPHAN_KEPT);
            service.world().invariants().orphan(service, orphan.allocation());
            Allocation allocation = service.allocations().get(orphan.allocation());
            if (service.world().broken(Mutation.ORPHANS_ENDED) && allocation != null) {
                service.allocate(orphan.allocation(), shares.giveBack(allocation, tx.now()), tx, "orphan");
            }
        }
        if (!digest.answer()) {
            answer(from, digest.range(), digest.asMaster(), tx);
        }
    }

    private void answer(SiteId site, Range range, List<Entry> named, Transaction tx) {
        Range page = page(site, range, named);
        tell(site, page, true, named, tx);
        if (!Objects.equals(page.end(), range.end())) {
            service.world().did(Deed.ANSWERED_IN_PAGES);
            answer(site, new Range(page.end(), range.end()), named, tx);
        }
    }

    private void note(Optional<Difference> difference) {
        difference.filter(Difference::act).ifPresent(d -> service.world().did(Deed.OPERATOR_WAS_CALLED));
    }

    /** The rows that a digest may change, so that they are locked first; production locks each when it comes to it. */
    static List<Object> rows(ShareDigest digest) {
        // In one order, whoever speaks: two digests at once would wait for each other.
        return digest.asWorker().stream()
                .map(e -> e.allocation().reservation().toString())
                .distinct()
                .sorted()
                .<Object>map(ReservationId::parse)
                .toList();
    }

    private void tell(SiteId site, Range range, boolean answer, List<Entry> named, Transaction tx) {
        List<Entry> asked = named.stream().filter(range::contains).toList();
        tx.sendToSite(site, () -> {
            List<Allocation> found = new ArrayList<>(open(site));
            asked.stream()
                    .map(e -> service.allocations().get(e.allocation()))
                    .filter(a -> a instanceof Allocation.Released || a instanceof Allocation.Forgotten)
                    .forEach(found::add);
            StreamPosition heard = database().heard.get(site);
            return new ShareDigest(
                    service.site().id(),
                    answer,
                    heard == null ? 0 : heard.epoch(),
                    heard == null ? 0 : heard.sequence(),
                    database().reused.getOrDefault(site, 0L),
                    Digests.asMaster(spokenOf(range), site, range),
                    Digests.asWorker(found, asked, range),
                    range.first(),
                    range.end());
        });
    }

    private List<Reservation> spokenOf(Range range) {
        boolean broken = service.world().broken(Mutation.PAGES_DO_NOT_JOIN);
        return service.reservations().values().stream()
                .filter(r -> !(broken && r.id().equals(range.first())))
                .toList();
    }

    private List<Allocation> open(SiteId master) {
        return service.allocations().values().stream()
                .filter(a -> a.header().spec().master().equals(master))
                .filter(a -> !(a instanceof Allocation.Released || a instanceof Allocation.Forgotten))
                .toList();
    }

    /** The service starts: it looks how far its topics have come. Nobody else is at work yet, so it is one step. */
    void begin() {
        boolean setBack = service.world().sites().stream()
                .anyMatch(to -> Restoration.shownBy(
                        last(to.id()),
                        service.site().broker().lastPlace(service.world().federationTo(to.id()))));
        if (!setBack || service.world().broken(Mutation.SET_BACK_UNNOTICED)) {
            return;
        }
        service.world().did(Deed.SET_BACK);
        service.world().tell(service, () -> "notices that its database was set back");
        service.world().sites().forEach(to -> {
            beginAnew(to.id());
            compareSoon(to.id());
        });
        database().outbox.clear();
        service.streams().forEach(Lane::skipToEnd);
        database().restoredIn = service.now().getEpochSecond();
        long floor = service.world().broken(Mutation.FLOOR_FORGOTTEN) ? 0 : Restoration.floor(database().restoredIn);
        for (Allocation allocation : List.copyOf(service.allocations().values())) {
            service.applyAtOnce(restored.onRestored(allocation, floor, service.now()));
        }
    }

    /** What the participants of this site have and the site does not count on: an operator gives it back. */
    void giveBackUnseen(AllocationId id) {
        service.world().did(Deed.OPERATOR_GAVE_BACK);
        service.world().invariants().givenUp(id);
        service.request(Work.on("operator", 0, List.of(id), tx -> {
            Allocation known = service.allocations().get(id);
            Optional<Decision<Allocation>> decision = known == null
                    ? Optional.of(
                            restored.giveBack(id, id.site(), 0, Restoration.floor(database().restoredIn), tx.now()))
                    : shares.giveBack(known, tx.now());
            service.allocate(id, decision, tx, "operator");
        }));
    }

    private void beginAnew(SiteId to) {
        StreamPosition last = last(to);
        database().epochs.put(to, Math.max(service.now().getEpochSecond(), last == null ? 1 : last.epoch() + 1));
        database().said.put(to, 0L);
    }

    private @Nullable StreamPosition last(SiteId to) {
        Long said = database().said.get(to);
        return said == null
                ? null
                : new StreamPosition(service.site().id(), database().epochs.getOrDefault(to, 1L), said);
    }

    private Database database() {
        return service.database();
    }
}
