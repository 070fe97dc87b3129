package io.archipelago.bus.booking;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.TimeWindow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is booked of some pools, seen at one instant. Expired holds do not count; a booking that is past its end and still there counts
 * without an upper bound, for what it stands for has not been seen gone.
 *
 * <p>What is free is drawn when it is first asked for.
 */
public final class Calendar {

    /** To find one of as many instants as there can be. */
    public static final int ENOUGH_LOOKS = Integer.SIZE - 1;

    private final Availability unbooked;
    private final Map<String, List<Booking>> bookings;
    private final Instant now;
    private final boolean complete;
    private @Nullable Availability availability;

    /**
     * @param pools the pools spoken of
     * @param bookings every booking of these pools that may overlap what will be asked
     * @param now decides which holds have expired and which bookings overrun
     */
    public Calendar(Collection<Pool> pools, Collection<Booking> bookings, Instant now) {
        this(Availability.of(pools), null, true, bookings, now);
    }

    /**
     * Of bookings that mostly are known by their sum alone. What is asked of single ones is answered from those that are given.
     *
     * @param availability what all bookings leave free that count now
     * @param some those of them that are known singly
     */
    public Calendar(Availability availability, Collection<Booking> some, Instant now) {
        this(availability, availability, false, some, now);
    }

    private Calendar(
            Availability unbooked,
            @Nullable Availability availability,
            boolean complete,
            Collection<Booking> bookings,
            Instant now) {
        this.unbooked = unbooked;
        this.availability = availability;
        this.complete = complete;
        this.bookings = new LinkedHashMap<>();
        this.now = now;
        bookings.stream()
                .filter(b -> !b.expired(now))
                .forEach(b -> this.bookings
                        .computeIfAbsent(b.pool(), id -> new ArrayList<>())
                        .add(b));
    }

    /** The pools that take bookings, in the order given. */
    public List<Pool> open() {
        return unbooked.open();
    }

    /** When it was read. */
    public Instant now() {
        return now;
    }

    /** All pools, also those that take no bookings. */
    public Collection<Pool> pools() {
        return unbooked.pools();
    }

    public Optional<Pool> pool(String id) {
        return unbooked.pool(id);
    }

    /** What these bookings leave free. */
    public Availability availability() {
        Availability known = availability;
        if (known == null) {
            known = unbooked.with(unended(all()));
            availability = known;
        }
        return known;
    }

    /** What an allocation has booked here. */
    public List<Booking> of(AllocationId allocation) {
        return bookings.values().stream()
                .flatMap(List::stream)
                .filter(b -> b.allocation().equals(allocation))
                .toList();
    }

    /** How much of a pool is free throughout a window: its capacity less the most that is booked at any instant of it. */
    public Amounts free(Pool pool, TimeWindow window) {
        return availability().free(pool, window);
    }

    /** A unit of a pool that is free throughout a window; see {@link Availability#freeUnit}. */
    public OptionalInt freeUnit(Pool pool, TimeWindow window, int from) {
        return availability().freeUnit(pool, window, from);
    }

    /**
     * Whether all bookings are known one by one. If not, a refusal is taken again by a calendar that is complete: it need not say yet when
     * something would fit.
     */
    public boolean isComplete() {
        return complete;
    }

    /**
     * The earliest start, not before that of the window, at which something of the window's length would fit.
     *
     * @param fits whether it fits into a given window of this calendar
     * @return empty if it does not fit however long one waits, or if this calendar is not complete
     */
    public Optional<Instant> earliestStart(TimeWindow window, Predicate<TimeWindow> fits) {
        if (!complete) {
            return Optional.empty();
        }
        TreeSet<Instant> starts = new TreeSet<>();
        starts.add(window.start());
        for (Pool pool : pools()) {
            pool.closures().stream()
                    .map(TimeWindow::end)
                    .filter(window.start()::isBefore)
                    .forEach(starts::add);
        }
        for (Booking booking : all()) {
            if (!unbounded(booking) && booking.during().end().isAfter(window.start())) {
                starts.add(booking.during().end());
            }
        }
        return starts.stream()
                .filter(start -> fits.test(new TimeWindow(start, start.plus(window.length()))))
                .findFirst();
    }

    /**
     * When it is, within a window into which something does not fit, that it does not: up to the start of that it would fit, and from its end on. Looked
     * for by halving where what is free changes, for what fits throughout a window fits throughout a shorter one.
     *
     * @param looks how often to look for either end, 1 or more: with too few it is told too long
     * @param fits whether it fits into a given window of this calendar
     * @return empty if there is no such span, as when one unit is free at first and another one then, or if this calendar is not complete
     */
    public Optional<TimeWindow> scarcity(TimeWindow window, int looks, Predicate<TimeWindow> fits) {
        if (!complete || fits.test(window)) {
            return Optional.empty();
        }
        List<Instant> ends = instantsIn(window);
        int last = ends.size() - 1;
        Instant from = ends.get(most(last, looks, i -> fits.test(new TimeWindow(window.start(), ends.get(i)))));
        Instant to =
                ends.get(last - most(last, looks, i -> fits.test(new TimeWindow(ends.get(last - i), window.end()))));
        return from.isBefore(to) ? Optional.of(new TimeWindow(from, to)) : Optional.empty();
    }

    /** The same, exactly. */
    public Optional<TimeWindow> scarcity(TimeWindow window, Predicate<TimeWindow> fits) {
        return scarcity(window, ENOUGH_LOOKS, fits);
    }

    /** At which something is booked or closed, or is no more; the window's ends among them. */
    private List<Instant> instantsIn(TimeWindow window) {
        TreeSet<Instant> instants = new TreeSet<>(List.of(window.start(), window.end()));
        Stream.concat(all().stream().map(Booking::during), pools().stream().flatMap(pool -> pool.closures().stream()))
                .flatMap(during -> Stream.of(during.start(), during.end()))
                .filter(window::contains)
                .forEach(instants::add);
        return List.copyOf(instants);
    }

    /** The greatest number below a last one at which it fits, or one as near below as so many looks find. */
    private static int most(int last, int looks, IntPredicate fits) {
        int step = Math.max(1, last >> Math.min(looks, ENOUGH_LOOKS));
        return step
                * Math.toIntExact(Bisection.greatest(
                        0, Math.ceilDiv(last, step), steps -> fits.test(Math.toIntExact(steps * step))));
    }

    /**
     * The bookings that can not stay in their pools: a pool has less than it had, is closed at some time of theirs, or takes none any more and they have not
     * begun. Firm ones stay before holds, then those that have begun before those that have not, then those that were asked for earlier before others. What is
     * past its end and not yet seen gone is in nobody's way: it goes.
     */
    public List<Booking> displaced() {
        List<Booking> displaced = new ArrayList<>();
        for (Pool pool : pools()) {
            Availability kept = Availability.of(List.of(pool));
            for (Booking booking : bookings.getOrDefault(pool.id(), List.of()).stream()
                    .filter(this::goesOn)
                    .sorted(byClaim())
                    .toList()) {
                if (staysIn(pool, booking, kept)) {
                    kept = kept.with(List.of(booking));
                } else {
                    displaced.add(booking);
                }
            }
        }
        return displaced;
    }

    /** The pools in which an allocation can not stay beside all others; of a calendar that is complete. */
    public Set<String> left(AllocationId allocation) {
        Availability others =
                without(b -> !goesOn(b) || b.allocation().equals(allocation)).availability();
        return of(allocation).stream()
                .filter(b -> goesOn(b)
                        && pool(b.pool())
                                .filter(pool -> staysIn(pool, b, others))
                                .isEmpty())
                .map(Booking::pool)
                .collect(Collectors.toSet());
    }

    private boolean goesOn(Booking booking) {
        return now.isBefore(booking.during().end());
    }

    private boolean staysIn(Pool pool, Booking booking, Availability others) {
        boolean there = pool.open() || !booking.during().start().isAfter(now);
        return there && pool.has(booking.unit()) && others.hasRoom(booking, booking.during());
    }

    private Comparator<Booking> byClaim() {
        return Comparator.comparing((Booking b) -> b.heldUntil() != null)
                .thenComparing(b -> b.during().start().isAfter(now))
                .thenComparing(b -> b.allocation().toString())
                .thenComparing(b -> b.unit() == null ? 0 : b.unit());
    }

    /** This calendar without what an allocation has booked in it. */
    public Calendar without(AllocationId allocation) {
        return without(b -> b.allocation().equals(allocation));
    }

    /** This calendar without what some allocations have booked in it. */
    public Calendar without(Collection<AllocationId> allocations) {
        Set<AllocationId> those = Set.copyOf(allocations);
        return without(b -> those.contains(b.allocation()));
    }

    /** This calendar without its holds. */
    public Calendar withoutHolds() {
        return without(b -> b.heldUntil() != null);
    }

    private Calendar without(Predicate<Booking> those) {
        List<Booking> gone = all().stream().filter(those).toList();
        if (gone.isEmpty()) {
            return this;
        }
        Availability known = availability;
        return new Calendar(
                unbooked,
                known == null ? null : known.without(unended(gone)),
                complete,
                all().stream().filter(those.negate()).toList(),
                now);
    }

    /** This calendar with more bookings of its pools. */
    public Calendar with(Collection<Booking> more) {
        Availability known = availability;
        List<Booking> counting = more.stream().filter(b -> !b.expired(now)).toList();
        return new Calendar(
                unbooked,
                known == null ? null : known.with(unended(counting)),
                complete,
                Stream.concat(all().stream(), counting.stream()).toList(),
                now);
    }

    /** The instants from {@code from} on at which what is free changes, in order, {@code from} itself first. */
    public List<Instant> changes(Instant from) {
        return availability().changes(from);
    }

    /** When the last hold that overlaps a window runs out; empty if there is none. */
    public Optional<Instant> lastHoldOver(TimeWindow window) {
        return all().stream()
                .filter(b -> b.heldUntil() != null && b.during().overlaps(window))
                .map(Booking::heldUntil)
                .max(Comparator.naturalOrder());
    }

    /** When what an allocation has booked begins; empty if it has booked nothing. */
    public Optional<Instant> begins(AllocationId allocation) {
        return of(allocation).stream().map(b -> b.during().start()).min(Comparator.naturalOrder());
    }

    /**
     * What stands in the way of an allocation that is to begin: other allocations' bookings that should be over by then and are still there, of a
     * unit that it needs or of capacity without which it does not fit. A booking that is there counts whatever the clock says: whoever
     * has it may go by another one.
     */
    public Set<AllocationId> predecessors(AllocationId allocation) {
        Set<AllocationId> predecessors = new LinkedHashSet<>();
        for (Booking mine : of(allocation)) {
            List<Booking> earlier = bookings.getOrDefault(mine.pool(), List.of()).stream()
                    .filter(b -> !b.allocation().equals(allocation) && precedes(b, mine))
                    .toList();
            earlier.stream()
                    .filter(b -> mine.unit() != null && mine.unit().equals(b.unit()))
                    .forEach(b -> predecessors.add(b.allocation()));
            boolean isFull = pool(mine.pool())
                    .filter(pool -> !present(mine).fitsIn(pool.capacity()))
                    .isPresent();
            if (isFull) {
                earlier.stream().filter(b -> !b.amounts().isNone()).forEach(b -> predecessors.add(b.allocation()));
            }
        }
        return predecessors;
    }

    /** What is there of a pool when a booking is to begin, together with it. */
    private Amounts present(Booking mine) {
        Amounts sum = Amounts.NONE;
        for (Booking booking : bookings.getOrDefault(mine.pool(), List.of())) {
            boolean here = !booking.during().start().isAfter(now)
                    && now.isBefore(booking.during().end());
            if (here || precedes(booking, mine) || booking.allocation().equals(mine.allocation())) {
                sum = sum.plus(booking.amounts());
            }
        }
        return sum;
    }

    /** Whether a booking should be over when another begins, or by now; it is still there. */
    private boolean precedes(Booking booking, Booking next) {
        return unbounded(booking)
                || !booking.during().end().isAfter(next.during().start());
    }

    /** Those that overran have no end. */
    private List<Booking> unended(List<Booking> some) {
        return some.stream().map(b -> b.counting(now)).toList();
    }

    private boolean unbounded(Booking booking) {
        return booking.overrun(now);
    }

    private List<Booking> all() {
        return bookings.values().stream().flatMap(List::stream).toList();
    }
}
