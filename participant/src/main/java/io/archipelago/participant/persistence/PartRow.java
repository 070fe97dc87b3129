package io.archipelago.participant.persistence;

import io.archipelago.bus.protocol.Part;
import io.archipelago.wire.Json;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** A {@link Part} as a row. */
@Entity
@Table(name = "part")
@NullUnmarked
public class PartRow {

    @Id
    String allocation;

    long sequence;

    String state;

    @JdbcTypeCode(SqlTypes.JSON)
    String body;

    @Column(name = "due_at")
    @Nullable
    Instant dueAt;

    /** Whether it is held for a counter-offer. */
    boolean offer;

    @Column(name = "changed_at")
    Instant changedAt;

    Part part() {
        return Json.read(body, Part.class);
    }

    void take(Part part, Instant now) {
        allocation = part.allocation().toString();
        sequence = part.sequence();
        state = part.getClass().getSimpleName();
        body = Json.writeAs(Part.class, part);
        dueAt = part.due();
        offer = part instanceof Part.Held held && held.offer();
        changedAt = now;
    }
}
