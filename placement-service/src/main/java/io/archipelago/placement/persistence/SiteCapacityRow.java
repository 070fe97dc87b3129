package io.archipelago.placement.persistence;

import io.archipelago.contracts.placement.PlacementMessage.CapacityAdvertised;
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

/** What a site last advertised. */
@Entity
@Table(name = "site_capacity")
@NullUnmarked
public class SiteCapacityRow {

    @Id
    String site;

    Instant at;

    @JdbcTypeCode(SqlTypes.JSON)
    String advertised;

    @Column(name = "advertise_at")
    @Nullable
    Instant advertiseAt;

    CapacityAdvertised advertised() {
        return Json.read(advertised, CapacityAdvertised.class);
    }

    void take(CapacityAdvertised capacity) {
        site = capacity.site().value();
        at = capacity.at();
        advertised = Json.write(capacity);
    }
}
