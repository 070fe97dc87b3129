package io.archipelago.bus.booking;

import io.archipelago.contracts.TimeWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is free of some pools at every instant. It knows how much is booked, not by whom: that is in the {@link Calendar}.
 *
 * <p>Immutable: to book is to get another one, which shares with the former the skylines of all pools that the booking does not touch.
 */
public final class Availability {

    private static final Amounts TAKEN = Amounts.of("taken", 1);

    private final Map<String, Pool> pools;
    private final Map<String, Skyline> amounts;
    private final Map<Unit, Skyline> units;

    private Availability(Map<String, Pool> pools, Map<String, Skyline> amounts, Map<Unit, Skyline> units) {
        this.pools = pools;
        this.amounts = amounts;
        this.units = units;
    }

    private record Unit(String pool, int number) {}

    /** All of these pools is free, whenever they are not closed. */
    public static Availability of(Collection<Pool> pools) {
        Map<String, Skyline> closed = new HashMap<>();
        for (Pool pool : pools) {
            for (TimeWindow closure : pool.closures()) {
                closed.compute(pool.id(), (id, skyline) -> added(skyline, closure, pool.capacity()));
            }
        }
        return new Availability(byId(pools), closed, Map.of());
    }

    /** With some bookings more, each for its time, whatever the time is. */
    public Availability with(Collection<Booking> bookings) {
        return changed(bookings, Availability::added);
    }

    /** Without some bookings, each as it was added: one that has been prolonged meanwhile would leave its rest. */
    public Availability without(Collection<Booking> bookings) {
        return changed(bookings, Availability::taken);
    }

    /** The pools that take bookings, in the order given. */
    public List<Pool> open() {
        return pools.values().stream().filter(Pool::open).toList();
    }

    /** All pools, also those that take no bookings. */
    public Collection<Pool> pools() {
        return pools.values();
    }

    public Optional<Pool> pool(String id) {
        return Optional.ofNullable(pools.get(id));
    }

    /**
     * How much of a pool is free throughout a window: its capacity less the most that is booked at any instant of it. While it is closed that is nothing, or
     * less.
     */
    public Amounts free(Pool pool, TimeWindow window) {
        return pool.capacity().minus(skyline(pool).highest(window));
    }

    /** Whether so much of a pool is free throughout a window. Of what is not wanted there may be less than nothing. */
    public boolean hasRoom(Pool pool, Amounts wanted, TimeWindow window) {
        return skyline(pool).hasRoom(pool.capacity(), wanted, window);
    }

    /** Whether there is room, throughout a window, for what a booking takes of its pool, whenever that is. */
    public boolean hasRoom(Booking booking, TimeWindow window) {
        return pool(booking.pool())
                .filter(pool -> hasRoom(pool, booking.amounts(), window))
                .filter(pool -> booking.unit() == null || isFree(pool, booking.unit(), window))
                .isPresent();
    }

    /**
     * The earliest instant, not before {@code from}, from which on so much of a pool is free for a time.
     *
     * @return empty if there is none, however long one waits
     */
    public Optional<Instant> earliest(Pool pool, Amounts wanted, Instant from, Duration length) {
        return skyline(pool).earliest(pool.capacity(), wanted, from, length);
    }

    /** The instants from one on, itself first, at which another amount of any pool is booked, in order. */
    public List<Instant> changes(Instant from) {
        TreeSet<Instant> changes = new TreeSet<>(Set.of(from));
        amounts.values()
                .forEach(skyline -> Stream.iterate(
                                skyline.nextChange(from), Optional::isPresent, at -> skyline.nextChange(at.get()))
                        .forEach(at -> changes.add(at.get())));
        return List.copyOf(changes);
    }

    /** The next instant at which another amount of any pool that takes bookings is booked. */
    public Optional<Instant> nextChange(Instant after) {
        return open().stream()
                .flatMap(pool -> skyline(pool).nextChange(after).stream())
                .min(Comparator.naturalOrder());
    }

    /**
     * A unit of a pool that is free throughout a window.
     *
     * @param from where to begin looking; the search goes round, so that different callers need not meet at the same unit
     */
    public OptionalInt freeUnit(Pool pool, TimeWindow window, int from) {
        Pool.Units range = pool.units();
        if (range == null) {
            return OptionalInt.empty();
        }
        int offset = Math.floorMod(from - range.first(), range.count());
        for (int i = 0; i < range.count(); i++) {
            int unit = range.first() + (offset + i) % range.count();
            if (isFree(pool, unit, window)) {
                return OptionalInt.of(unit);
            }
        }
        return OptionalInt.empty();
    }

    /** How many of a pool's units are taken at any time of a window. */
    public long unitsTaken(Pool pool, TimeWindow window) {
        Pool.Units range = pool.units();
        return range == null
                ? 0
                : IntStream.rangeClosed(range.first(), range.last())
                        .filter(unit -> !isFree(pool, unit, window))
                        .count();
    }

    private boolean isFree(Pool pool, int unit, TimeWindow window) {
        Skyline skyline = units.get(new Unit(pool.id(), unit));
        return !pool.closedIn(window) && (skyline == null || skyline.hasRoom(TAKEN, TAKEN, window));
    }

    private Skyline skyline(Pool pool) {
        return amounts.getOrDefault(pool.id(), Skyline.FLAT);
    }

    /** Copies the maps once, however many bookings there are. */
    private Availability changed(Collection<Booking> bookings, Change change) {
        if (bookings.isEmpty()) {
            return this;
        }
        Map<String, Skyline> newAmounts = new HashMap<>(amounts);
        Map<Unit, Skyline> newUnits = new HashMap<>(units);
        for (Booking booking : bookings) {
            TimeWindow during = booking.during();
            newAmounts.compute(booking.pool(), (id, skyline) -> change.of(skyline, during, booking.amounts()));
            if (booking.unit() != null) {
                Unit unit = new Unit(booking.pool(), booking.unit());
                newUnits.compute(unit, (same, skyline) -> change.of(skyline, during, TAKEN));
            }
        }
        return new Availability(pools, newAmounts, newUnits);
    }

    @FunctionalInterface
    private interface Change {
        /** Null for nothing that is booked. */
        @Nullable
        Skyline of(@Nullable Skyline before, TimeWindow during, Amounts amounts);
    }

    private static @Nullable Skyline added(@Nullable Skyline before, TimeWindow during, Amounts amounts) {
        return kept((before == null ? Skyline.FLAT : before).with(during, amounts));
    }

    private static @Nullable Skyline taken(@Nullable Skyline before, TimeWindow during, Amounts amounts) {
        return kept((before == null ? Skyline.FLAT : before).without(during, amounts));
    }

    private static @Nullable Skyline kept(Skyline skyline) {
        return skyline.isFlat() ? null : skyline;
    }

    private static Map<String, Pool> byId(Collection<Pool> pools) {
        Map<String, Pool> byId = new LinkedHashMap<>();
        pools.forEach(pool -> byId.put(pool.id(), pool));
        return Collections.unmodifiableMap(byId);
    }
}
