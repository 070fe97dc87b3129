package io.archipelago.participant.persistence;

import io.archipelago.bus.Tx;
import io.archipelago.bus.booking.Availability;
import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.Part;
import io.archipelago.bus.protocol.PartDecision;
import io.archipelago.bus.protocol.PartView;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.participant.ParticipantMetrics;
import io.archipelago.participant.persistence.WorkingSet.Fate;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what decisions about parts are taken from, and writes the decisions. What a transaction has read it does not read again, so the parts
 * of a whole batch of messages cost hardly more statements than one, if they are loaded together.
 */
@ApplicationScoped
public class PartStore {

    /** Which bookings a decision needs to see; the calendar is locked unless it is NONE. */
    public enum Reach {
        NONE,
        /** What the allocation itself has booked, and what is on hosts now. */
        PRESENT,
        /** What the allocation itself has booked, and what all bookings leave free. */
        FREE,
        /** Every single one: to say why it does not fit, and when it would. */
        ALL
    }

    /**
     * What a decision needs.
     *
     * @param allocation whose part
     * @param reach which bookings
     */
    public record Need(AllocationId allocation, Reach reach) {}

    private final KeptCalendar kept = new KeptCalendar();
    private final ParticipantMetrics metrics;

    PartStore(ParticipantMetrics metrics) {
        this.metrics = metrics;
    }

    /** Locks the parts' rows, in the order of their ids, then the calendar, and reads what is needed and was not read in this transaction. */
    public Uni<Void> load(Tx tx, Collection<Need> needs) {
        WorkingSet set = workingSet(tx);
        return parts(tx, set, set.unread(needs))
                .chain(() -> calendar(tx, set, needs))
                .chain(() -> bookings(tx, set, needs))
                .chain(() -> down(tx, set, needs));
    }

    /** What is needed for a decision about a part; all of it is locked. */
    public Uni<PartView> view(Tx tx, Need need) {
        return load(tx, List.of(need)).map(none -> workingSet(tx).view(need));
    }

    /**
     * What is held for counter-offers; all of it is locked. What another transaction decides about just now is not among it: that has locked the
     * part, and may wait for the calendar, which is locked here.
     */
    public Uni<List<Part.Held>> offers(Tx tx) {
        return tx.session()
                .<String>createNativeQuery(
                        "select allocation from part where offer order by allocation for update skip locked")
                .getResultList()
                .map(ids -> ids.stream().map(AllocationId::parse).toList())
                .chain(ids -> load(
                                tx,
                                ids.stream().map(id -> new Need(id, Reach.NONE)).toList())
                        .map(none -> ids.stream()
                                .flatMap(id -> workingSet(tx).part(id).stream())
                                .map(PartRow::part)
                                .filter(part -> part instanceof Part.Held held && held.offer())
                                .map(Part.Held.class::cast)
                                .toList()));
    }

    /** Takes a decision. Its rows are written when the transaction ends. */
    public Uni<Void> write(Tx tx, AllocationId allocation, PartDecision decision) {
        WorkingSet set = workingSet(tx);
        set.change(allocation, decision.bookings());
        return part(tx, set, decision)
                .chain(() -> store(tx, set.of(allocation), decision.resources()))
                .invoke(() -> forget(set.of(allocation), decision.forget()));
    }

    /** Everything that is booked here, one by one; nothing is locked. */
    public Uni<Calendar> calendar(Tx tx) {
        return pools(tx).chain(pools -> BookingStore.all(tx).map(rows -> new Calendar(pools, rows.values(), tx.now())));
    }

    /** The same without what is held for counter-offers: it makes way. */
    public Uni<Calendar> calendarWithoutOffers(Tx tx) {
        return without(tx, "true", "");
    }

    /** The same without what is held for counter-offers to a tenant: it is given up for others. */
    public Uni<Calendar> calendarWithoutOffers(Tx tx, TenantId tenant) {
        return without(tx, "body -> 'spec' ->> 'tenant' = :tenant", tenant.value());
    }

    /**
     * Everything that is booked.
     *
     * @param all of it
     * @param withoutOffers of it what makes way for nobody
     */
    public record Booked(Calendar all, Calendar withoutOffers) {}

    /** What a transaction has read of it. */
    private static final class AllRead {
        private @Nullable Booked booked;
    }

    /** Everything that is booked here, read once in a transaction; nothing is locked. */
    public Uni<Booked> booked(Tx tx) {
        AllRead read = tx.atHand(AllRead.class, AllRead::new);
        return read.booked != null
                ? Uni.createFrom().item(read.booked)
                : calendar(tx)
                        .chain(all -> without(tx, all, "true", "").map(without -> new Booked(all, without)))
                        .invoke(booked -> read.booked = booked);
    }

    private Uni<Calendar> without(Tx tx, String those, String tenant) {
        return calendar(tx).chain(all -> without(tx, all, those, tenant));
    }

    private static Uni<Calendar> without(Tx tx, Calendar all, String those, String tenant) {
        var offers = tx.session().<String>createNativeQuery("select allocation from part where offer and " + those);
        if (!tenant.isEmpty()) {
            offers.setParameter("tenant", tenant);
        }
        return offers.getResultList()
                .map(ids -> all.without(ids.stream().map(AllocationId::parse).toList()));
    }

    /**
     * What is free here, for planning; nothing is locked, unless all rows have to be read again.
     *
     * @param own allocations whose bookings are known one by one then
     */
    public Uni<Calendar> free(Tx tx, Set<AllocationId> own) {
        return BookingStore.stampedExceptional(tx, own)
                .chain(read -> kept.of(read.stamp())
                        .map(known -> Uni.createFrom().item(free(tx, known, read.bookings(), own)))
                        .orElseGet(() -> BookingStore.lock(tx)
                                .chain(stamp -> known(tx, stamp))
                                .chain(known -> BookingStore.exceptional(tx, own)
                                        .map(rows -> free(tx, known, rows.values(), own)))));
    }

    private static Calendar free(Tx tx, Availability byRows, Collection<Booking> exceptional, Set<AllocationId> own) {
        return new Calendar(
                new Counted(tx.now()).adjusted(byRows, exceptional),
                exceptional.stream()
                        .filter(booking -> own.contains(booking.allocation()))
                        .toList(),
                tx.now());
    }

    private static Uni<List<Pool>> pools(Tx tx) {
        return tx.session()
                .createQuery("from PoolRow order by id", PoolRow.class)
                .getResultList()
                .map(rows -> rows.stream().map(PoolRow::pool).toList());
    }

    private WorkingSet workingSet(Tx tx) {
        return tx.atHand(WorkingSet.class, () -> {
            WorkingSet set = new WorkingSet(tx.now());
            tx.atEnd("parts", () -> flush(tx, set));
            return set;
        });
    }

    /** A host is not as it was: what is down is read again when it is needed. */
    void hostChanged(Tx tx) {
        workingSet(tx).forgetDown();
    }

    /** Has whoever books or changes pools wait for this transaction. */
    static Uni<Void> lockCalendar(Tx tx) {
        return BookingStore.lock(tx).replaceWithVoid();
    }

    private static Uni<Void> parts(Tx tx, WorkingSet set, List<AllocationId> unread) {
        if (unread.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        List<String> ids = unread.stream().map(AllocationId::toString).toList();
        return tx.session()
                .createQuery("from PartRow where allocation in ?1 order by allocation", PartRow.class)
                .setParameter(1, ids)
                .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                .getResultList()
                .chain(found -> tx.session()
                        .createQuery("from ResourceRow where allocation in ?1 order by host, key", ResourceRow.class)
                        .setParameter(1, ids)
                        .getResultList()
                        .invoke(resources -> set.read(unread, found, resources)))
                .replaceWithVoid();
    }

    private Uni<Void> calendar(Tx tx, WorkingSet set, Collection<Need> needs) {
        return set.locked() || needs.stream().allMatch(need -> need.reach() == Reach.NONE)
                ? Uni.createFrom().voidItem()
                : BookingStore.lock(tx)
                        .chain(stamp -> known(tx, stamp))
                        .invoke(set::lock)
                        .replaceWithVoid();
    }

    /** What is free by the rows of a stamp that is locked. */
    private Uni<Availability> known(Tx tx, String stamp) {
        return kept.of(stamp)
                .map(known -> Uni.createFrom().item(known))
                .orElseGet(() -> pools(tx)
                        .chain(pools -> BookingStore.all(tx)
                                .map(rows -> Availability.of(pools).with(rows.values()))
                                .invoke(read -> {
                                    metrics.calendarRead();
                                    kept.keep(stamp, read);
                                })));
    }

    private static Uni<Void> bookings(Tx tx, WorkingSet set, Collection<Need> needs) {
        List<Need> open = needs.stream().filter(need -> !set.covers(need)).toList();
        if (open.stream().anyMatch(need -> need.reach() == Reach.ALL)) {
            return BookingStore.all(tx).invoke(rows -> set.read(open, rows)).replaceWithVoid();
        }
        List<Need> present =
                open.stream().filter(need -> need.reach() == Reach.PRESENT).toList();
        List<Need> free =
                open.stream().filter(need -> need.reach() == Reach.FREE).toList();
        return (present.isEmpty()
                        ? Uni.createFrom().voidItem()
                        : BookingStore.present(tx, allocations(present))
                                .invoke(rows -> set.read(present, rows))
                                .replaceWithVoid())
                .chain(() -> free.isEmpty()
                        ? Uni.createFrom().voidItem()
                        : BookingStore.exceptional(tx, allocations(free))
                                .invoke(rows -> set.read(free, rows))
                                .replaceWithVoid());
    }

    private static List<AllocationId> allocations(List<Need> needs) {
        return needs.stream().map(Need::allocation).toList();
    }

    /** Who has nothing on hosts yet need not know which are down: who chooses among pools sees by them what is lost. */
    private static Uni<Void> down(Tx tx, WorkingSet set, Collection<Need> needs) {
        boolean needed = needs.stream()
                .anyMatch(need -> need.reach() == Reach.NONE
                        || need.reach() == Reach.PRESENT
                        || !set.of(need.allocation()).isEmpty());
        return set.knowsDown() || !needed
                ? Uni.createFrom().voidItem()
                : HostStore.down(tx).invoke(set::down).replaceWithVoid();
    }

    private static Uni<Void> part(Tx tx, WorkingSet set, PartDecision decision) {
        Part next = decision.next();
        if (next == null) {
            return Uni.createFrom().voidItem();
        }
        Optional<PartRow> known = set.part(next.allocation());
        PartRow row = known.orElseGet(PartRow::new);
        row.take(next, tx.now());
        if (known.isPresent()) {
            return Uni.createFrom().voidItem();
        }
        // What is not there can not be locked. If it has come meanwhile, this breaks the key, and the work is done
        // again.
        set.add(row);
        return tx.session().persist(row);
    }

    private static Uni<Void> store(Tx tx, List<ResourceRow> rows, List<Resource> resources) {
        List<ResourceRow> fresh = new ArrayList<>();
        for (Resource resource : resources) {
            Optional<ResourceRow> known = find(rows, resource);
            ResourceRow row = known.orElseGet(ResourceRow::new);
            row.take(resource, tx.now());
            if (known.isEmpty()) {
                fresh.add(row);
            }
        }
        rows.addAll(fresh);
        return fresh.isEmpty() ? Uni.createFrom().voidItem() : tx.session().persistAll(fresh.toArray());
    }

    private static void forget(List<ResourceRow> rows, List<Resource> resources) {
        resources.forEach(resource -> find(rows, resource).ifPresent(row -> row.forgotten = true));
    }

    private static Optional<ResourceRow> find(List<ResourceRow> rows, Resource resource) {
        return rows.stream()
                .filter(row -> row.host.equals(resource.host().value())
                        && row.key.equals(resource.key().toString()))
                .findFirst();
    }

    /**
     * First what breaks a key if another was faster, then the bookings: those that go before those that come. The calendar is locked before all of
     * that, for who books has locked it first too; only who has nothing to give back waits for nobody.
     */
    private Uni<Void> flush(Tx tx, WorkingSet set) {
        if (!set.books()) {
            return Uni.createFrom().voidItem();
        }
        Rewriting rows = set.rewriting();
        List<AllocationId> deleted = set.ending(Fate.REPLACED, Fate.DELETED);
        return known(tx, set, deleted)
                .chain(known -> tx.session()
                        .flush()
                        .chain(() -> rows.inserted().isEmpty()
                                ? BookingStore.delete(tx, deleted, rows.kept())
                                : BookingStore.deleteAndClear(tx, deleted, rows.kept()))
                        .chain(gone -> BookingStore.reduce(tx, rows.reduced())
                                .chain(() -> BookingStore.insert(tx, rows.inserted()))
                                .chain(come -> BookingStore.confirm(tx, set.ending(Fate.CONFIRMED))
                                        .chain(() ->
                                                gone.isEmpty() && rows.reduced().isEmpty() && come.isEmpty()
                                                        ? Uni.createFrom().voidItem()
                                                        : keep(
                                                                tx,
                                                                known.map(before -> set.rewritten(
                                                                        before, gone, rows.reduced(), come)))))));
    }

    /** What is free by all rows, the calendar being locked; empty if that is not known, or if nothing will change. */
    private Uni<Optional<Availability>> known(Tx tx, WorkingSet set, List<AllocationId> deleted) {
        return set.locked()
                ? Uni.createFrom().item(set.known())
                : BookingStore.hasAny(tx, deleted)
                        .chain(any -> any
                                ? BookingStore.lock(tx).map(kept::of)
                                : Uni.createFrom().item(Optional.empty()));
    }

    /** Under the stamp that the changes have made. */
    private Uni<Void> keep(Tx tx, Optional<Availability> availability) {
        return availability.isEmpty()
                ? Uni.createFrom().voidItem()
                : BookingStore.stamp(tx)
                        .invoke(stamp -> kept.keep(stamp, availability.get()))
                        .replaceWithVoid();
    }
}
