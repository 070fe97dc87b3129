package io.archipelago.bus;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/** How a service keeps a state: as jsonb, from the text that {@link io.archipelago.wire.Json} writes. */
@Entity
@Table(name = "document")
class DocumentRow {

    @Id
    UUID id;

    @JdbcTypeCode(SqlTypes.JSON)
    String state;

    @Column(name = "due_at")
    @Nullable
    Instant dueAt;

    DocumentRow() {}

    DocumentRow(UUID id, String state, @Nullable Instant dueAt) {
        this.id = id;
        this.state = state;
        this.dueAt = dueAt;
    }
}
