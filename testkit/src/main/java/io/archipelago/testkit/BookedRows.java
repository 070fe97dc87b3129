package io.archipelago.testkit;

import static java.util.Objects.requireNonNull;

import io.archipelago.contracts.TimeWindow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What a participant's tables say is booked at one instant, and what follows from it by trying everything: nothing here shares a thought with
 * the code that books.
 *
 * @param pools what there is
 * @param rows what is booked of it
 */
public record BookedRows(Map<String, Pool> pools, List<Row> rows) {

    /**
     * A row of {@code pool}.
     *
     * @param capacity how much of each dimension
     * @param units its units; empty if it has none
     */
    public record Pool(Map<String, Long> capacity, List<Integer> units) {}

    /** A row of {@code booking}. */
    public record Row(
            String allocation,
            String pool,
            @Nullable Integer unit,
            Map<String, Long> amounts,
            TimeWindow during,
            @Nullable Instant heldUntil) {

        boolean at(Instant instant) {
            return !instant.isBefore(during.start()) && instant.isBefore(during.end());
        }
    }

    private static final Duration STEP = Duration.ofMinutes(1);
    private static final String POOLS = """
            select id, first_unit, last_unit, key, value from pool left join lateral jsonb_each_text(capacity) on true
            """;
    private static final String ROWS = """
            select id, allocation, pool, unit, starts_at, ends_at, held_until, key, value
            from booking left join lateral jsonb_each_text(amounts) on true order by id
            """;

    static BookedRows read(DataSource database) {
        try (Connection connection = database.getConnection()) {
            return new BookedRows(pools(connection), rows(connection));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, Pool> pools(Connection connection) throws SQLException {
        Map<String, Pool> pools = new LinkedHashMap<>();
        try (PreparedStatement query = connection.prepareStatement(POOLS);
                ResultSet result = query.executeQuery()) {
            while (result.next()) {
                String id = result.getString("id");
                if (!pools.containsKey(id)) {
                    pools.put(id, new Pool(new LinkedHashMap<>(), units(result)));
                }
                amount(result, requireNonNull(pools.get(id)).capacity());
            }
        }
        return pools;
    }

    private static List<Integer> units(ResultSet result) throws SQLException {
        int first = result.getInt("first_unit");
        return result.wasNull()
                ? List.of()
                : IntStream.rangeClosed(first, result.getInt("last_unit"))
                        .boxed()
                        .toList();
    }

    private static List<Row> rows(Connection connection) throws SQLException {
        Map<Long, Row> rows = new LinkedHashMap<>();
        try (PreparedStatement query = connection.prepareStatement(ROWS);
                ResultSet result = query.executeQuery()) {
            while (result.next()) {
                long id = result.getLong("id");
                if (!rows.containsKey(id)) {
                    rows.put(id, row(result));
                }
                amount(result, requireNonNull(rows.get(id)).amounts());
            }
        }
        return List.copyOf(rows.values());
    }

    private static Row row(ResultSet result) throws SQLException {
        OffsetDateTime heldUntil = result.getObject("held_until", OffsetDateTime.class);
        return new Row(
                result.getString("allocation"),
                result.getString("pool"),
                result.getObject("unit", Integer.class),
                new LinkedHashMap<>(),
                new TimeWindow(
                        result.getObject("starts_at", OffsetDateTime.class).toInstant(),
                        result.getObject("ends_at", OffsetDateTime.class).toInstant()),
                heldUntil == null ? null : heldUntil.toInstant());
    }

    private static void amount(ResultSet result, Map<String, Long> amounts) throws SQLException {
        if (result.getString("key") != null) {
            amounts.put(result.getString("key"), result.getLong("value"));
        }
    }

    public List<Row> of(String pool) {
        return rows.stream().filter(row -> row.pool().equals(pool)).toList();
    }

    /** What is overbooked, each a sentence; empty if nothing is at any instant. */
    public List<String> overbooked() {
        TreeSet<Instant> instants = new TreeSet<>();
        for (Row row : rows) {
            instants.add(row.during().start());
            instants.add(row.during().end());
            instants.add(row.during().end().minusNanos(1000));
        }
        List<String> sentences = new ArrayList<>();
        for (Instant instant : instants) {
            for (Map.Entry<String, Pool> pool : pools.entrySet()) {
                over(pool.getKey(), pool.getValue(), instant, sentences);
            }
        }
        return sentences;
    }

    private void over(String id, Pool pool, Instant instant, List<String> sentences) {
        List<Row> there = of(id).stream().filter(row -> row.at(instant)).toList();
        pool.capacity().forEach((dimension, most) -> {
            long sum = there.stream()
                    .mapToLong(row -> row.amounts().getOrDefault(dimension, 0L))
                    .sum();
            if (sum > most) {
                sentences.add(instant + ": " + sum + " of " + most + " " + dimension + " of " + id);
            }
        });
        List<Integer> units =
                there.stream().flatMap(row -> Stream.ofNullable(row.unit())).toList();
        units.stream()
                .filter(unit -> !pool.units().contains(unit))
                .forEach(unit -> sentences.add(instant + ": " + id + " has no unit " + unit));
        units.stream()
                .filter(unit -> units.indexOf(unit) != units.lastIndexOf(unit))
                .distinct()
                .forEach(unit -> sentences.add(instant + ": unit " + unit + " of " + id + " is booked twice"));
    }

    /** Whether a pool has a unit that nobody has booked in any minute of a window; all windows are of whole minutes. */
    public boolean hasFreeUnit(String pool, TimeWindow window) {
        return requireNonNull(pools.get(pool)).units().stream()
                .anyMatch(unit -> everyMinute(
                        window,
                        minute -> of(pool).stream().noneMatch(row -> unit.equals(row.unit()) && row.at(minute))));
    }

    /** Whether so much of a pool's only dimension is free in every minute of a window. */
    public boolean hasFree(String pool, long amount, TimeWindow window) {
        String only =
                requireNonNull(pools.get(pool)).capacity().keySet().iterator().next();
        return free(pool, only, window) >= amount;
    }

    /** How much of a pool's dimension is free in the fullest minute of a window. */
    public long free(String pool, String dimension, TimeWindow window) {
        List<Row> there = of(pool);
        long least = Long.MAX_VALUE;
        for (Instant minute = window.start(); minute.isBefore(window.end()); minute = minute.plus(STEP)) {
            Instant at = minute;
            long taken = there.stream()
                    .filter(row -> row.at(at))
                    .mapToLong(row -> row.amounts().getOrDefault(dimension, 0L))
                    .sum();
            least = Math.min(least, requireNonNull(pools.get(pool)).capacity().getOrDefault(dimension, 0L) - taken);
        }
        return least;
    }

    /** The first minute from a window's start on at which something of its length fits; tried one after the other. */
    public static Instant firstMinute(TimeWindow window, Predicate<TimeWindow> fits) {
        Instant last = window.end().plus(Duration.ofDays(7));
        for (Instant start = window.start(); start.isBefore(last); start = start.plus(STEP)) {
            if (fits.test(new TimeWindow(start, start.plus(window.length())))) {
                return start;
            }
        }
        throw new AssertionError("it does not fit within a week");
    }

    private static boolean everyMinute(TimeWindow window, Predicate<Instant> holds) {
        for (Instant minute = window.start(); minute.isBefore(window.end()); minute = minute.plus(STEP)) {
            if (!holds.test(minute)) {
                return false;
            }
        }
        return true;
    }
}
