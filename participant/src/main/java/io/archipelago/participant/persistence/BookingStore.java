package io.archipelago.participant.persistence;

import io.archipelago.bus.Tx;
import io.archipelago.bus.booking.Booking;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.wire.Json;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The statements on bookings. Each is one, whatever the number of rows or allocations. Allocations are an array, for beside an "or" the index
 * would not be used for those of an "in".
 */
final class BookingStore {

    private static final String COLUMNS =
            "booking.id, allocation, pool, unit, cast(amounts as text), starts_at, ends_at, held_until";

    private static final String SELECT = "select " + COLUMNS + " from booking ";

    private static final String ALL = SELECT + "order by starts_at, id";

    private static final String OF_POOLS = SELECT + """
            where pool = any (array(select jsonb_array_elements_text(cast(cast(:pools as text) as jsonb))))
            """;

    private static final String PRESENT = SELECT + """
            where starts_at <= :now
               or allocation = any (array(select jsonb_array_elements_text(cast(cast(:allocations as text) as jsonb))))
            """;

    private static final String EXCEPTIONAL_OR_OF = """
            held_until <= :now or ends_at <= :now
               or allocation = any (array(select jsonb_array_elements_text(cast(cast(:allocations as text) as jsonb))))
            """;

    private static final String EXCEPTIONAL = SELECT + "where " + EXCEPTIONAL_OR_OF;

    // One statement, for stamp and rows must be of the same moment.
    private static final String STAMPED_EXCEPTIONAL =
            "select " + COLUMNS + ", cast(stamp as text) from calendar left join booking on " + EXCEPTIONAL_OR_OF;

    private static final String STAMP = "select cast(stamp as text) from calendar";

    private static final String LOCK = STAMP + " for update";

    private static final String HAS_ANY = """
            select exists (select from booking
                where allocation = any (array(select jsonb_array_elements_text(cast(cast(:allocations as text) as jsonb)))))
            """;

    private static final String INSERT = """
            insert into booking (allocation, pool, unit, amounts, starts_at, ends_at, held_until)
            select allocation, pool, unit, amounts, starts_at, ends_at, held_until
            from jsonb_to_recordset(cast(cast(:rows as text) as jsonb)) as row (allocation text, pool text, unit integer,
                amounts jsonb, starts_at timestamptz, ends_at timestamptz, held_until timestamptz)
            """;

    private static final String REDUCE = """
            update booking set amounts = row.amounts, starts_at = row.starts_at, ends_at = row.ends_at
            from jsonb_to_recordset(cast(cast(:rows as text) as jsonb))
                as row (id bigint, amounts jsonb, starts_at timestamptz, ends_at timestamptz)
            where booking.id = row.id
            """;

    private static final String DELETE = """
            delete from booking
            where allocation = any (array(select jsonb_array_elements_text(cast(cast(:allocations as text) as jsonb))))
              and id not in (select cast(jsonb_array_elements_text(cast(cast(:kept as text) as jsonb)) as bigint))
            """;

    private static final String RETURNING = " returning " + COLUMNS;

    // Expired holds no longer count, and the constraints must not see them either.
    private static final String DELETE_AND_CLEAR = DELETE + " or held_until <= :now" + RETURNING;

    private static final String CONFIRM = """
            update booking set held_until = null
            where allocation = any (array(select jsonb_array_elements_text(cast(cast(:allocations as text) as jsonb))))
            """;

    /** After those of the booking. */
    private static final int STAMP_COLUMN = 8;

    private BookingStore() {}

    /** Every booking, by the number of its row, in the order of their starts. */
    static Uni<Map<Long, Booking>> all(Tx tx) {
        return read(tx.session().<Object[]>createNativeQuery(ALL).getResultList());
    }

    /** What is booked of some pools. */
    static Uni<Map<Long, Booking>> ofPools(Tx tx, Collection<String> pools) {
        return read(tx.session()
                .<Object[]>createNativeQuery(OF_POOLS)
                .setParameter("pools", Json.write(pools))
                .getResultList());
    }

    /** What some allocations have booked, and what is on hosts now. */
    static Uni<Map<Long, Booking>> present(Tx tx, Collection<AllocationId> allocations) {
        return read(tx.session()
                .<Object[]>createNativeQuery(PRESENT)
                .setParameter("now", tx.now())
                .setParameter("allocations", json(allocations))
                .getResultList());
    }

    /** What some allocations have booked, and what does not count for what its row says: holds that have expired, and what overran. */
    static Uni<Map<Long, Booking>> exceptional(Tx tx, Collection<AllocationId> allocations) {
        return read(tx.session()
                .<Object[]>createNativeQuery(EXCEPTIONAL)
                .setParameter("now", tx.now())
                .setParameter("allocations", json(allocations))
                .getResultList());
    }

    /** Some bookings, and the stamp of which all of them were true when they were read. */
    record Stamped(String stamp, List<Booking> bookings) {}

    /** The same, with the stamp; nothing need be locked. */
    static Uni<Stamped> stampedExceptional(Tx tx, Collection<AllocationId> allocations) {
        return tx.session()
                .<Object[]>createNativeQuery(STAMPED_EXCEPTIONAL)
                .setParameter("now", tx.now())
                .setParameter("allocations", json(allocations))
                .getResultList()
                .map(rows -> new Stamped(
                        (String) rows.getFirst()[STAMP_COLUMN],
                        rows.stream()
                                .filter(row -> row[0] != null)
                                .map(BookingStore::booking)
                                .toList()));
    }

    /** The stamp; whoever else is about to change a booking or a pool waits until this transaction ends. */
    static Uni<String> lock(Tx tx) {
        return tx.session().<String>createNativeQuery(LOCK).getSingleResult();
    }

    /** The stamp as it is now in this transaction. */
    static Uni<String> stamp(Tx tx) {
        return tx.session().<String>createNativeQuery(STAMP).getSingleResult();
    }

    /** Whether one of some allocations has booked anything. */
    static Uni<Boolean> hasAny(Tx tx, Collection<AllocationId> allocations) {
        return allocations.isEmpty()
                ? Uni.createFrom().item(false)
                : tx.session()
                        .<Boolean>createNativeQuery(HAS_ANY)
                        .setParameter("allocations", json(allocations))
                        .getSingleResult();
    }

    /** Returns them as they are now in their rows. */
    static Uni<Collection<Booking>> insert(Tx tx, Collection<Booking> bookings) {
        return bookings.isEmpty()
                ? Uni.createFrom().item(List.of())
                : read(tx.session()
                                .<Object[]>createNativeQuery(INSERT + RETURNING)
                                .setParameter("rows", rows(bookings))
                                .getResultList())
                        .map(Map::values);
    }

    /** Rows become less; what a pool has is not asked. */
    static Uni<Void> reduce(Tx tx, Map<Long, Booking> bookings) {
        if (bookings.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        var rows = Json.mapper().createArrayNode();
        bookings.forEach((id, booking) -> rows.addObject()
                .put("id", id)
                .put("starts_at", booking.during().start().toString())
                .put("ends_at", booking.during().end().toString())
                .set("amounts", Json.mapper().valueToTree(booking.amounts().values())));
        return tx.session()
                .createNativeQuery(REDUCE)
                .setParameter("rows", rows.toString())
                .executeUpdate()
                .replaceWithVoid();
    }

    /** Held becomes confirmed. */
    static Uni<Void> confirm(Tx tx, Collection<AllocationId> allocations) {
        return allocations.isEmpty()
                ? Uni.createFrom().voidItem()
                : tx.session()
                        .createNativeQuery(CONFIRM)
                        .setParameter("allocations", json(allocations))
                        .executeUpdate()
                        .replaceWithVoid();
    }

    /** Deletes all rows of some allocations but some; those that were deleted. */
    static Uni<Collection<Booking>> delete(Tx tx, Collection<AllocationId> allocations, Collection<Long> kept) {
        return allocations.isEmpty()
                ? Uni.createFrom().item(List.of())
                : read(tx.session()
                                .<Object[]>createNativeQuery(DELETE + RETURNING)
                                .setParameter("allocations", json(allocations))
                                .setParameter("kept", Json.write(kept))
                                .getResultList())
                        .map(Map::values);
    }

    /** The same, and removes all expired holds. */
    static Uni<Collection<Booking>> deleteAndClear(Tx tx, Collection<AllocationId> allocations, Collection<Long> kept) {
        return read(tx.session()
                        .<Object[]>createNativeQuery(DELETE_AND_CLEAR)
                        .setParameter("allocations", json(allocations))
                        .setParameter("kept", Json.write(kept))
                        .setParameter("now", tx.now())
                        .getResultList())
                .map(Map::values);
    }

    private static String json(Collection<AllocationId> allocations) {
        return Json.write(allocations.stream().map(AllocationId::toString).toList());
    }

    private static Uni<Map<Long, Booking>> read(Uni<List<Object[]>> result) {
        return result.map(rows -> {
            Map<Long, Booking> bookings = new LinkedHashMap<>();
            rows.forEach(row -> bookings.put((Long) row[0], booking(row)));
            return bookings;
        });
    }

    private static Booking booking(Object[] row) {
        return new Booking(
                AllocationId.parse((String) row[1]),
                (String) row[2],
                (Integer) row[3],
                PoolRow.amounts((String) row[4]),
                new TimeWindow(instant(row[5]), instant(row[6])),
                row[7] == null ? null : instant(row[7]));
    }

    private static Instant instant(Object column) {
        return ((OffsetDateTime) column).toInstant();
    }

    private static String rows(Iterable<Booking> bookings) {
        var rows = Json.mapper().createArrayNode();
        for (Booking booking : bookings) {
            var row = rows.addObject();
            row.put("allocation", booking.allocation().toString());
            row.put("pool", booking.pool());
            row.put("unit", booking.unit());
            row.set("amounts", Json.mapper().valueToTree(booking.amounts().values()));
            row.put("starts_at", booking.during().start().toString());
            row.put("ends_at", booking.during().end().toString());
            row.put("held_until", text(booking.heldUntil()));
        }
        return rows.toString();
    }

    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }
}
