package io.archipelago.participant.persistence;

import com.fasterxml.jackson.core.type.TypeReference;
import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Pool;
import io.archipelago.wire.Json;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.Map;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** A {@link Pool} as a row; its lock is what those who book wait for. */
@Entity
@Table(name = "pool")
@NullUnmarked
public class PoolRow {

    @Id
    String id;

    @JdbcTypeCode(SqlTypes.JSON)
    String capacity;

    @Column(name = "first_unit")
    @Nullable
    Integer firstUnit;

    @Column(name = "last_unit")
    @Nullable
    Integer lastUnit;

    boolean open;

    @JdbcTypeCode(SqlTypes.JSON)
    String labels;

    Pool pool() {
        Pool.Units units = firstUnit == null ? null : new Pool.Units(firstUnit, lastUnit);
        return new Pool(
                id, amounts(capacity), units, open, Json.read(labels, new TypeReference<Map<String, String>>() {}));
    }

    void take(Pool pool) {
        id = pool.id();
        capacity = Json.write(pool.capacity().values());
        firstUnit = pool.units() == null ? null : pool.units().first();
        lastUnit = pool.units() == null ? null : pool.units().last();
        open = pool.open();
        labels = Json.write(pool.labels());
    }

    static Amounts amounts(String json) {
        return Amounts.of(Json.read(json, new TypeReference<Map<String, Long>>() {}));
    }
}
