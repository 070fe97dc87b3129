package io.archipelago.reservation.persistence;

import io.archipelago.reservation.domain.Allocation;
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

/** An {@link Allocation} as a row. */
@Entity
@Table(name = "allocation")
@NullUnmarked
public class AllocationRow {

    @Id
    String id;

    String master;

    String state;

    @JdbcTypeCode(SqlTypes.JSON)
    String body;

    @Column(name = "due_at")
    @Nullable
    Instant dueAt;

    @Column(name = "changed_at")
    Instant changedAt;

    @Column(name = "releasing_since")
    @Nullable
    Instant releasingSince;

    Allocation allocation() {
        return Json.read(body, Allocation.class);
    }

    void take(Allocation allocation, Instant now) {
        id = allocation.id().toString();
        master = allocation.header().spec().master().value();
        state = allocation.getClass().getSimpleName();
        body = Json.writeAs(Allocation.class, allocation);
        dueAt = allocation.due();
        changedAt = now;
        if (!(allocation instanceof Allocation.Releasing)) {
            releasingSince = null;
        } else if (releasingSince == null) {
            releasingSince = now;
        }
    }
}
