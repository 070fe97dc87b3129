package io.archipelago.participant.persistence;

import io.archipelago.bus.Tx;
import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.HostsDown;
import io.archipelago.bus.protocol.Part;
import io.archipelago.bus.protocol.PartDecision;
import io.archipelago.bus.protocol.PartView;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.TimeWindow;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what a decision about a part is taken from, and writes the decision. */
@ApplicationScoped
public class PartStore {

    private static final String INSERT_BOOKINGS = """
            insert into booking (allocation, pool, unit, amounts, starts_at, ends_at, held_until)
            select allocation, pool, unit, amounts, starts_at, ends_at, held_until
            from jsonb_to_recordset(cast(cast(:rows as text) as jsonb)) as row (allocation text, pool text, unit integer,
                amounts jsonb, starts_at timestamptz, ends_at timestamptz, held_until timestamptz)
            """;

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
     * Locks the part's row, then the pools', and reads.
     *
     * @param window the window to be booked; only for {@link Reach#WINDOW}
     */
    public Uni<PartView> view(Tx tx, AllocationId allocation, Reach reach, @Nullable TimeWindow window) {
        return tx.session()
                .find(PartRow.class, allocation.toString(), LockModeType.PESSIMISTIC_WRITE)
                .chain(row -> calendar(tx, allocation, reach, window)
                        .chain(calendar -> resources(tx, allocation)
                                .chain(resources -> down(tx, reach, resources)
                                        .map(down -> new PartView(
                                                row == null ? null : row.part(), calendar, resources, down)))));
    }

    /** Everything that is booked here, for planning; nothing is locked. */
    public Uni<Calendar> calendar(Tx tx) {
        return unlocked(tx, bookings(tx, "from BookingRow"));
    }

    /** What stands in the way of booking a window, for planning; nothing is locked. */
    public Uni<Calendar> calendar(Tx tx, TimeWindow window) {
        return unlocked(tx, overlapping(tx, window));
    }

    private static Uni<Calendar> unlocked(Tx tx, Uni<List<Booking>> read) {
        return tx.session()
                .createQuery("from PoolRow order by id", PoolRow.class)
                .getResultList()
                .chain(pools -> read.map(bookings -> new Calendar(pools(pools), bookings, tx.now())));
    }

    /**
     * Writes a decision's rows.
     *
     * @param before the part that the decision was taken from; null: there was none
     */
    public Uni<Void> write(Tx tx, AllocationId allocation, @Nullable Part before, PartDecision decision) {
        return part(tx, before, decision.next())
                .chain(() -> change(tx, allocation, decision.bookings()))
                .chain(() -> store(tx, decision.resources(), decision.forget()));
    }

    private Uni<Calendar> calendar(Tx tx, AllocationId allocation, Reach reach, @Nullable TimeWindow window) {
        if (reach == Reach.NONE) {
            return Uni.createFrom().item(new Calendar(List.of(), List.of(), tx.now()));
        }
        return tx.session()
                .createQuery("from PoolRow order by id", PoolRow.class)
                .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                .getResultList()
                .chain(pools -> read(tx, allocation, reach, window)
                        .map(bookings -> new Calendar(pools(pools), bookings, tx.now())));
    }

    private Uni<List<Booking>> read(Tx tx, AllocationId allocation, Reach reach, @Nullable TimeWindow window) {
        return switch (reach) {
            case NONE -> Uni.createFrom().item(List.of());
            case PRESENT ->
                bookings(
                        tx, "from BookingRow where startsAt <= ?1 or allocation = ?2", tx.now(), allocation.toString());
            case WINDOW -> window == null ? bookings(tx, "from BookingRow") : overlapping(tx, window);
            case ALL -> bookings(tx, "from BookingRow");
        };
    }

    /** What overlaps a window, and what overran and is still there. */
    private static Uni<List<Booking>> overlapping(Tx tx, TimeWindow window) {
        return bookings(
                tx,
                "from BookingRow where startsAt < ?1 and endsAt > ?2 or endsAt <= ?3",
                window.end(),
                window.start(),
                tx.now());
    }

    private static Uni<List<Booking>> bookings(Tx tx, String query, Object... parameters) {
        // Column by column: updates and deletions of bookings pass the session by, so entities would go stale in it.
        var selection = tx.session().createQuery(BookingRow.COLUMNS + query, Object[].class);
        for (int i = 0; i < parameters.length; i++) {
            selection.setParameter(i + 1, parameters[i]);
        }
        return selection
                .getResultList()
                .map(rows -> rows.stream().map(BookingRow::booking).toList());
    }

    private static Uni<List<Resource>> resources(Tx tx, AllocationId allocation) {
        return tx.session()
                .createQuery("from ResourceRow where allocation = ?1 order by host, key", ResourceRow.class)
                .setParameter(1, allocation.toString())
                .getResultList()
                .map(rows -> rows.stream().map(ResourceRow::resource).toList());
    }

    /** Who chooses among pools knows by them which hosts are lost. */
    private static Uni<HostsDown> down(Tx tx, Reach reach, List<Resource> resources) {
        boolean chooses = reach == Reach.WINDOW || reach == Reach.ALL;
        return chooses && resources.isEmpty() ? Uni.createFrom().item(HostsDown.NONE) : HostStore.down(tx);
    }

    private static Uni<Void> part(Tx tx, @Nullable Part before, @Nullable Part next) {
        if (next == null) {
            return Uni.createFrom().voidItem();
        }
        if (before == null) {
            // What is not there can not be locked. If it has come meanwhile, this breaks the key, and the work is done
            // again.
            PartRow row = new PartRow();
            row.take(next, tx.now());
            return tx.session().persist(row).chain(tx.session()::flush);
        }
        return tx.session()
                .find(PartRow.class, next.allocation().toString())
                .invoke(row -> row.take(next, tx.now()))
                .replaceWithVoid();
    }

    private static Uni<Void> change(Tx tx, AllocationId allocation, PartDecision.Change change) {
        return switch (change) {
            case PartDecision.Keep keep -> Uni.createFrom().voidItem();
            case PartDecision.Drop drop -> delete(tx, allocation);
            case PartDecision.Confirm confirm ->
                tx.session()
                        .createMutationQuery("update BookingRow set heldUntil = null where allocation = ?1")
                        .setParameter(1, allocation.toString())
                        .executeUpdate()
                        .replaceWithVoid();
            case PartDecision.Book book -> clear(tx, allocation).chain(() -> insert(tx, book.bookings()));
        };
    }

    private static Uni<Void> delete(Tx tx, AllocationId allocation) {
        return tx.session()
                .createMutationQuery("delete from BookingRow where allocation = ?1")
                .setParameter(1, allocation.toString())
                .executeUpdate()
                .replaceWithVoid();
    }

    /** Removes what an allocation booked before, and expired holds: they no longer count, and the constraints must not see them either. */
    private static Uni<Void> clear(Tx tx, AllocationId allocation) {
        return tx.session()
                .createMutationQuery("delete from BookingRow where allocation = ?1 or heldUntil <= ?2")
                .setParameter(1, allocation.toString())
                .setParameter(2, tx.now())
                .executeUpdate()
                .replaceWithVoid();
    }

    private static Uni<Void> insert(Tx tx, List<Booking> bookings) {
        if (bookings.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return tx.session()
                .createNativeQuery(INSERT_BOOKINGS)
                .setParameter("rows", BookingRow.json(bookings))
                .executeUpdate()
                .replaceWithVoid();
    }

    private static Uni<Void> store(Tx tx, List<Resource> resources, List<Resource> forgotten) {
        Uni<Void> all = Uni.createFrom().voidItem();
        for (Resource resource : resources) {
            all = all.chain(() -> store(tx, resource));
        }
        for (Resource resource : forgotten) {
            all = all.chain(() -> tx.session().find(ResourceRow.class, ref(resource)))
                    .invoke(row -> {
                        if (row != null) {
                            row.forgotten = true;
                        }
                    })
                    .replaceWithVoid();
        }
        return all;
    }

    private static Uni<Void> store(Tx tx, Resource resource) {
        return tx.session().find(ResourceRow.class, ref(resource)).chain(found -> {
            ResourceRow row = found == null ? new ResourceRow() : found;
            row.take(resource, tx.now());
            return found == null ? tx.session().persist(row) : Uni.createFrom().voidItem();
        });
    }

    private static ResourceRow.Ref ref(Resource resource) {
        return new ResourceRow.Ref(resource.host().value(), resource.key().toString());
    }

    private static List<Pool> pools(List<PoolRow> rows) {
        return rows.stream().map(PoolRow::pool).toList();
    }
}
