package io.archipelago.participant.persistence;

import com.fasterxml.jackson.core.type.TypeReference;
import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Pool;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.wire.Json;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.List;
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

    /** Null: the site's own. */
    @Nullable
    String host;

    @JdbcTypeCode(SqlTypes.JSON)
    String closures;

    @JdbcTypeCode(SqlTypes.JSON)
    String labels;

    /** A column takes objects only. */
    private record Closures(List<TimeWindow> windows) {}

    Pool pool() {
        return pool(id, capacity, firstUnit, lastUnit, open, closures, labels);
    }

    /** By the columns id, capacity, first_unit, last_unit, open, closures and labels. */
    static Pool pool(Object[] row) {
        return pool(
                (String) row[0],
                (String) row[1],
                (Integer) row[2],
                (Integer) row[3],
                (Boolean) row[4],
                (String) row[5],
                (String) row[6]);
    }

    private static Pool pool(
            String id,
            String capacity,
            @Nullable Integer first,
            @Nullable Integer last,
            boolean open,
            String closures,
            String labels) {
        return new Pool(
                id,
                amounts(capacity),
                first == null || last == null ? null : new Pool.Units(first, last),
                open,
                Json.read(closures, Closures.class).windows(),
                Json.read(labels, new TypeReference<Map<String, String>>() {}));
    }

    /** @param owner whose it is; null: the site's own */
    void take(Pool pool, @Nullable HostId owner) {
        id = pool.id();
        host = owner == null ? null : owner.value();
        closures = closures(pool.closures());
        capacity = Json.write(pool.capacity().values());
        firstUnit = pool.units() == null ? null : pool.units().first();
        lastUnit = pool.units() == null ? null : pool.units().last();
        open = pool.open();
        labels = Json.write(pool.labels());
    }

    static String closures(List<TimeWindow> windows) {
        return Json.write(new Closures(windows));
    }

    static Amounts amounts(String json) {
        return Amounts.of(Json.read(json, new TypeReference<Map<String, Long>>() {}));
    }
}
