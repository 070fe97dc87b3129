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

/** The statements on bookings. Each is one, whatever the number of rows or allocations. */
final class BookingStore {

    private static final String SELECT =
            "select id, allocation, pool, unit, cast(amounts as text), starts_at, ends_at, held_until from booking ";

    private static final String ALL = SELECT + "order by starts_at, id";

    private static final String PRESENT = SELECT + """
            where starts_at <= :now
               or allocation in (select jsonb_array_elements_text(cast(cast(:allocations as text) as jsonb)))
            """;

    // What overran and is still there stands in the way of everything. A union, for each of its halves has an index.
    private static final String OVERLAPPING = SELECT + """
            where id in (
                select b.id
                from jsonb_to_recordset(cast(cast(:windows as text) as jsonb)) as w (starts_at timestamptz, ends_at timestamptz)
                join booking b on b.during && tstzrange(w.starts_at, w.ends_at)
                union
                select id from booking where ends_at <= :now)
            """;

    private static final String INSERT = """
            insert into booking (allocation, pool, unit, amounts, starts_at, ends_at, held_until)
            select allocation, pool, unit, amounts, starts_at, ends_at, held_until
            from jsonb_to_recordset(cast(cast(:rows as text) as jsonb)) as row (allocation text, pool text, unit integer,
                amounts jsonb, starts_at timestamptz, ends_at timestamptz, held_until timestamptz)
            """;

    private static final String REDUCE = """
            update booking set amounts = row.amounts
            from jsonb_to_recordset(cast(cast(:rows as text) as jsonb)) as row (id bigint, amounts jsonb)
            where booking.id = row.id
            """;

    private static final String DELETE = """
            delete from booking
            where allocation in (select jsonb_array_elements_text(cast(cast(:allocations as text) as jsonb)))
              and id not in (select cast(jsonb_array_elements_text(cast(cast(:kept as text) as jsonb)) as bigint))
            """;

    // Expired holds no longer count, and the constraints must not see them either.
    private static final String DELETE_AND_CLEAR = DELETE + " or held_until <= :now";

    private static final String CONFIRM = """
            update booking set held_until = null
            where allocation in (select jsonb_array_elements_text(cast(cast(:allocations as text) as jsonb)))
            """;

    private BookingStore() {}

    /** Every booking, by the number of its row, in the order of their starts. */
    static Uni<Map<Long, Booking>> all(Tx tx) {
        return read(tx.session().<Object[]>createNativeQuery(ALL).getResultList());
    }

    /** What some allocations have booked, and what is on hosts now. */
    static Uni<Map<Long, Booking>> present(Tx tx, Collection<AllocationId> allocations) {
        return read(tx.session()
                .<Object[]>createNativeQuery(PRESENT)
                .setParameter("now", tx.now())
                .setParameter("allocations", json(allocations))
                .getResultList());
    }

    /** What overlaps one of some windows, and what overran. */
    static Uni<Map<Long, Booking>> overlapping(Tx tx, Collection<TimeWindow> windows) {
        var rows = Json.mapper().createArrayNode();
        for (TimeWindow window : windows) {
            rows.addObject()
                    .put("starts_at", window.start().toString())
                    .put("ends_at", window.end().toString());
        }
        return read(tx.session()
                .<Object[]>createNativeQuery(OVERLAPPING)
                .setParameter("now", tx.now())
                .setParameter("windows", rows.toString())
                .getResultList());
    }

    static Uni<Void> insert(Tx tx, Collection<Booking> bookings) {
        return bookings.isEmpty()
                ? Uni.createFrom().voidItem()
                : tx.session()
                        .createNativeQuery(INSERT)
                        .setParameter("rows", rows(bookings))
                        .executeUpdate()
                        .replaceWithVoid();
    }

    /** Rows become less; what a pool has is not asked. */
    static Uni<Void> reduce(Tx tx, Map<Long, Booking> bookings) {
        if (bookings.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        var rows = Json.mapper().createArrayNode();
        bookings.forEach((id, booking) -> rows.addObject()
                .put("id", id)
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

    /** Deletes all rows of some allocations but some. */
    static Uni<Void> delete(Tx tx, Collection<AllocationId> allocations, Collection<Long> kept) {
        return allocations.isEmpty()
                ? Uni.createFrom().voidItem()
                : tx.session()
                        .createNativeQuery(DELETE)
                        .setParameter("allocations", json(allocations))
                        .setParameter("kept", Json.write(kept))
                        .executeUpdate()
                        .replaceWithVoid();
    }

    /** The same, and removes all expired holds. */
    static Uni<Void> deleteAndClear(Tx tx, Collection<AllocationId> allocations, Collection<Long> kept) {
        return tx.session()
                .createNativeQuery(DELETE_AND_CLEAR)
                .setParameter("allocations", json(allocations))
                .setParameter("kept", Json.write(kept))
                .setParameter("now", tx.now())
                .executeUpdate()
                .replaceWithVoid();
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
