package io.archipelago.participant.persistence;

import io.archipelago.bus.Tx;
import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.Part;
import io.archipelago.bus.protocol.PartDecision;
import io.archipelago.bus.protocol.PartView;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.participant.persistence.WorkingSet.Fate;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads what decisions about parts are taken from, and writes the decisions. What a transaction has read it does not read again, so the parts
 * of a whole batch of messages cost hardly more statements than one, if they are loaded together.
 */
@ApplicationScoped
public class PartStore {

    /** Which bookings a decision needs to see; the pools are locked unless it is NONE. */
    public enum Reach {
        NONE,
        /** What the allocation itself has booked, and what is on hosts now. */
        PRESENT,
        /** What overlaps a window, and what overran. */
        WINDOW,
        /** Everything: to say when it would fit. */
        ALL
    }

    /**
     * What a decision needs.
     *
     * @param allocation whose part
     * @param reach which bookings
     * @param window the window to be booked; only for {@link Reach#WINDOW}
     */
    public record Need(
            AllocationId allocation, Reach reach, @Nullable TimeWindow window) {

        /** A need without a window. */
        public static Need of(AllocationId allocation, Reach reach) {
            return new Need(allocation, reach, null);
        }
    }

    /** Locks the parts' rows, in the order of their ids, then the pools', and reads what is needed and was not read in this transaction. */
    public Uni<Void> load(Tx tx, Collection<Need> needs) {
        WorkingSet set = workingSet(tx);
        return parts(tx, set, set.unread(needs))
                .chain(() -> pools(tx, set, needs))
                .chain(() -> bookings(tx, set, needs))
                .chain(() -> down(tx, set, needs));
    }

    /** What is needed for a decision about a part; all of it is locked. */
    public Uni<PartView> view(Tx tx, Need need) {
        return load(tx, List.of(need)).map(none -> workingSet(tx).view(need, tx.now()));
    }

    /** Takes a decision. Its rows are written when the transaction ends. */
    public Uni<Void> write(Tx tx, AllocationId allocation, PartDecision decision) {
        WorkingSet set = workingSet(tx);
        set.change(allocation, decision.bookings());
        return part(tx, set, decision)
                .chain(() -> store(tx, set.of(allocation), decision.resources()))
                .invoke(() -> forget(set.of(allocation), decision.forget()));
    }

    /** Everything that is booked here, for planning; nothing is locked. */
    public Uni<Calendar> calendar(Tx tx) {
        return unlocked(tx, BookingStore.all(tx));
    }

    /** What stands in the way of booking a window, for planning; nothing is locked. */
    public Uni<Calendar> calendar(Tx tx, TimeWindow window) {
        return unlocked(tx, BookingStore.overlapping(tx, List.of(window)));
    }

    private static Uni<Calendar> unlocked(Tx tx, Uni<Map<Long, Booking>> read) {
        return tx.session()
                .createQuery("from PoolRow order by id", PoolRow.class)
                .getResultList()
                .chain(pools -> read.map(bookings -> new Calendar(pools(pools), bookings.values(), tx.now())));
    }

    private static WorkingSet workingSet(Tx tx) {
        return tx.atHand(WorkingSet.class, () -> {
            WorkingSet set = new WorkingSet();
            tx.atEnd("parts", () -> flush(tx, set));
            return set;
        });
    }

    /** A host is not as it was: what is down is read again when it is needed. */
    static void hostChanged(Tx tx) {
        workingSet(tx).forgetDown();
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

    private static Uni<Void> pools(Tx tx, WorkingSet set, Collection<Need> needs) {
        return set.locked() || needs.stream().allMatch(need -> need.reach() == Reach.NONE)
                ? Uni.createFrom().voidItem()
                : lockPools(tx).invoke(rows -> set.lock(pools(rows))).replaceWithVoid();
    }

    /** All of them, in the one order in which they are ever locked. */
    static Uni<List<PoolRow>> lockPools(Tx tx) {
        return tx.session()
                .createQuery("from PoolRow order by id", PoolRow.class)
                .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                .getResultList();
    }

    private static Uni<Void> bookings(Tx tx, WorkingSet set, Collection<Need> needs) {
        List<Need> open = needs.stream().filter(need -> !set.covers(need)).toList();
        if (open.stream().anyMatch(need -> need.reach() == Reach.ALL)) {
            return BookingStore.all(tx).invoke(rows -> set.read(open, rows)).replaceWithVoid();
        }
        List<Need> present =
                open.stream().filter(need -> need.reach() == Reach.PRESENT).toList();
        List<Need> windows =
                open.stream().filter(need -> need.reach() == Reach.WINDOW).toList();
        return (present.isEmpty()
                        ? Uni.createFrom().voidItem()
                        : BookingStore.present(
                                        tx,
                                        present.stream().map(Need::allocation).toList())
                                .invoke(rows -> set.read(present, rows))
                                .replaceWithVoid())
                .chain(() -> windows.isEmpty()
                        ? Uni.createFrom().voidItem()
                        : BookingStore.overlapping(
                                        tx,
                                        windows.stream().map(PartStore::window).collect(Collectors.toSet()))
                                .invoke(rows -> set.read(windows, rows))
                                .replaceWithVoid());
    }

    private static TimeWindow window(Need need) {
        return Objects.requireNonNull(need.window(), "a window to be booked");
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

    /** First what breaks a key if another was faster, then the bookings: those that go before those that come. */
    private static Uni<Void> flush(Tx tx, WorkingSet set) {
        if (!set.books()) {
            return Uni.createFrom().voidItem();
        }
        Rewriting rows = set.rewriting();
        List<AllocationId> deleted = set.ending(Fate.REPLACED, Fate.DELETED);
        return tx.session()
                .flush()
                .chain(() -> rows.inserted().isEmpty()
                        ? BookingStore.delete(tx, deleted, rows.kept())
                        : BookingStore.deleteAndClear(tx, deleted, rows.kept()))
                .chain(() -> BookingStore.reduce(tx, rows.reduced()))
                .chain(() -> BookingStore.insert(tx, rows.inserted()))
                .chain(() -> BookingStore.confirm(tx, set.ending(Fate.CONFIRMED)));
    }

    private static List<Pool> pools(List<PoolRow> rows) {
        return rows.stream().map(PoolRow::pool).toList();
    }
}
