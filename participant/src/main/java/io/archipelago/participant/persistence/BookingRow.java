package io.archipelago.participant.persistence;

import io.archipelago.bus.booking.Booking;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.wire.Json;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** A {@link Booking} as a row. */
@Entity
@Table(name = "booking")
@NullUnmarked
public class BookingRow {

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    Long id;

    String allocation;

    String pool;

    @Nullable
    Integer unit;

    @JdbcTypeCode(SqlTypes.JSON)
    String amounts;

    @Column(name = "starts_at")
    Instant startsAt;

    @Column(name = "ends_at")
    Instant endsAt;

    @Column(name = "held_until")
    @Nullable
    Instant heldUntil;

    /** What {@link #booking(Object[])} reads. */
    static final String COLUMNS = "select allocation, pool, unit, amounts, startsAt, endsAt, heldUntil ";

    static Booking booking(Object[] columns) {
        return new Booking(
                AllocationId.parse((String) columns[0]),
                (String) columns[1],
                (Integer) columns[2],
                PoolRow.amounts((String) columns[3]),
                new TimeWindow((Instant) columns[4], (Instant) columns[5]),
                (Instant) columns[6]);
    }

    /** The columns of a row to be inserted, by name. */
    static String json(Iterable<Booking> bookings) {
        var rows = Json.mapper().createArrayNode();
        for (Booking booking : bookings) {
            var row = rows.addObject();
            row.put("allocation", booking.allocation().toString());
            row.put("pool", booking.pool());
            row.put("unit", booking.unit());
            row.set("amounts", Json.mapper().valueToTree(booking.amounts().values()));
            row.put("starts_at", booking.during().start().toString());
            row.put("ends_at", booking.during().end().toString());
            row.put(
                    "held_until",
                    booking.heldUntil() == null ? null : booking.heldUntil().toString());
        }
        return rows.toString();
    }
}
