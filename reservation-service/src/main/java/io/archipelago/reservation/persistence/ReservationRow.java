package io.archipelago.reservation.persistence;

import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.reservation.domain.Reservation;
import io.archipelago.wire.Json;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** A {@link Reservation} as a row. */
@Entity
@Table(name = "reservation")
@NullUnmarked
public class ReservationRow {

    @Id
    UUID id;

    String tenant;

    String name;

    String state;

    long version;

    @JdbcTypeCode(SqlTypes.JSON)
    String body;

    @Column(name = "due_at")
    @Nullable
    Instant dueAt;

    /** What was refused, if this is a counter-offer to it. */
    @Column(name = "offer_to")
    @Nullable
    UUID offerTo;

    /** Of which it is an occurrence. */
    @Nullable
    UUID series;

    /** Whether it is only asked whether it could be had. */
    boolean preview;

    @Column(name = "requested_at")
    Instant requestedAt;

    @Column(name = "changed_at")
    Instant changedAt;

    Reservation reservation() {
        return Json.read(body, Reservation.class);
    }

    void take(Reservation reservation, Instant now) {
        id = reservation.id().value();
        tenant = reservation.details().tenant().value();
        name = reservation.details().request().name();
        state = reservation.state().name();
        version++;
        body = Json.writeAs(Reservation.class, reservation);
        dueAt = reservation.due();
        ReservationId refused = reservation.details().offerTo();
        offerTo = refused == null ? null : refused.value();
        ReservationId whole = reservation.details().series();
        series = whole == null ? null : whole.value();
        preview = reservation.details().preview();
        requestedAt = reservation.details().requestedAt();
        changedAt = now;
    }
}
