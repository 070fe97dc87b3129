package io.archipelago.bus.booking;

import io.archipelago.contracts.TimeWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How much is booked of a pool at every instant: the outline of all its bookings, laid upon each other over time.
 *
 * <p>Immutable: to book is to get another skyline, and whoever has the former one still sees what it showed. A booking, and a question about a
 * window, costs O(log n) for n bookings, the earliest fit as often as full stretches are passed over; see {@link Steps}. A booking takes two
 * steps of {@code 8 + 8 * dimensions} bytes each, and the nodes that they stand in a third of that again; fewer where others begin or end at
 * the same instant.
 *
 * <p>Instants count in nanoseconds, from 1677 to 2262; what ends later has no end, and what begins later begins then.
 */
public final class Skyline {

    /** Nothing is booked. */
    public static final Skyline FLAT = new Skyline(new String[0], Steps.none(0));

    private static final long NEVER = Long.MAX_VALUE;
    private static final long UNLIMITED = Long.MAX_VALUE;
    private static final long NANOS = 1_000_000_000L;

    private final String[] dimensions;
    private final Steps steps;

    private Skyline(String[] dimensions, Steps steps) {
        this.dimensions = dimensions;
        this.steps = steps;
    }

    /**
     * With one booking more.
     *
     * @param during until when; {@link Instant#MAX}: without end
     */
    public Skyline with(TimeWindow during, Amounts amounts) {
        return changed(during, amounts, 1);
    }

    /** Without a booking that was made so. One that was not leaves less than nothing booked: who keeps the bookings knows them. */
    public Skyline without(TimeWindow during, Amounts amounts) {
        return changed(during, amounts, -1);
    }

    /** The most that is booked of each dimension at any instant of a window. */
    public Amounts highest(TimeWindow window) {
        long from = nanos(window.start());
        long[] highest = levelAt(from);
        steps.raise(from, nanos(window.end()), new long[dimensions.length], highest);
        return amounts(highest);
    }

    /** Whether so much more can be booked throughout a window. Only the dimensions that are wanted count. */
    public boolean hasRoom(Amounts capacity, Amounts wanted, TimeWindow window) {
        long[] limit = limit(capacity, wanted);
        return limit != null && lastAbove(nanos(window.start()), nanos(window.end()), limit) == Steps.NONE;
    }

    /**
     * The earliest instant, not before {@code from}, from which on so much more can be booked for a time.
     *
     * @param length above 0
     * @return empty if there is none, however long one waits
     */
    public Optional<Instant> earliest(Amounts capacity, Amounts wanted, Instant from, Duration length) {
        long[] limit = limit(capacity, wanted);
        if (limit == null) {
            return Optional.empty();
        }
        long start = nanos(from);
        long taken = lastAbove(start, plus(start, length), limit);
        while (taken != Steps.NONE) {
            // What is full last is full whatever starts before it.
            start = steps.next(taken);
            if (start == Steps.NONE) {
                return Optional.empty();
            }
            taken = lastAbove(start, plus(start, length), limit);
        }
        return Optional.of(instant(start));
    }

    /** The next instant at which another amount is booked. */
    public Optional<Instant> nextChange(Instant after) {
        long next = steps.next(nanos(after));
        return next == Steps.NONE ? Optional.empty() : Optional.of(instant(next));
    }

    /** Whether nothing is booked at any instant. */
    public boolean isFlat() {
        return steps.isEmpty();
    }

    private Skyline changed(TimeWindow during, Amounts amounts, int times) {
        Skyline named = naming(amounts);
        long[] rise = new long[named.dimensions.length];
        long[] fall = new long[named.dimensions.length];
        for (int d = 0; d < rise.length; d++) {
            rise[d] = times * amounts.get(named.dimensions[d]);
            fall[d] = -rise[d];
        }
        Steps risen = named.steps.changed(nanos(during.start()), rise);
        long end = nanos(during.end());
        return new Skyline(named.dimensions, end == NEVER ? risen : risen.changed(end, fall));
    }

    /** The same with room for all dimensions that are named; once for each, as a pool has few. */
    private Skyline naming(Amounts amounts) {
        List<String> known = Arrays.asList(dimensions);
        List<String> named = Arrays.asList(amounts.dimensions());
        if (known.containsAll(named)) {
            return this;
        }
        TreeSet<String> all = new TreeSet<>(known);
        all.addAll(named);
        Skyline wider = new Skyline(all.toArray(String[]::new), Steps.none(all.size()));
        Amounts before = Amounts.NONE;
        for (long at = steps.next(Steps.NONE); at != Steps.NONE; at = steps.next(at)) {
            Amounts level = amounts(levelAt(at));
            wider = wider.with(new TimeWindow(instant(at), Instant.MAX), level.minus(before));
            before = level;
        }
        return wider;
    }

    /** {@link Steps#NONE} if the level is not above the limit anywhere in it. */
    private long lastAbove(long from, long to, long[] limit) {
        long last = steps.lastAbove(from, to, new long[dimensions.length], limit);
        return last == Steps.NONE && Steps.isAbove(levelAt(from), limit) ? from : last;
    }

    /** Up to where others may have booked; null if they may not even have booked nothing. */
    private long @Nullable [] limit(Amounts capacity, Amounts wanted) {
        if (!wanted.fitsIn(capacity)) {
            return null;
        }
        long[] limit = new long[dimensions.length];
        for (int d = 0; d < limit.length; d++) {
            long much = wanted.get(dimensions[d]);
            limit[d] = much == 0 ? UNLIMITED : capacity.get(dimensions[d]) - much;
        }
        return limit;
    }

    private long[] levelAt(long at) {
        long[] level = new long[dimensions.length];
        steps.addUpTo(at, level);
        return level;
    }

    private Amounts amounts(long[] level) {
        return Amounts.of(dimensions, level);
    }

    private static long plus(long start, Duration length) {
        return nanos(instant(start).plus(length));
    }

    private static long nanos(Instant instant) {
        try {
            return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), NANOS), instant.getNano());
        } catch (ArithmeticException e) {
            return instant.getEpochSecond() < 0 ? Steps.NONE + 1 : NEVER;
        }
    }

    private static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
    }
}
