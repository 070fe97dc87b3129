package io.archipelago.participant.persistence;

import io.archipelago.bus.booking.Availability;
import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.HostsDown;
import io.archipelago.bus.protocol.PartDecision.Book;
import io.archipelago.bus.protocol.PartDecision.Change;
import io.archipelago.bus.protocol.PartDecision.Confirm;
import io.archipelago.bus.protocol.PartDecision.Drop;
import io.archipelago.bus.protocol.PartDecision.Keep;
import io.archipelago.bus.protocol.PartView;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.participant.persistence.PartStore.Need;
import io.archipelago.participant.persistence.PartStore.Reach;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one transaction has locked and read of parts, with what it has decided since: a decision sees those before it, and the bookings are
 * written once, at the end.
 */
final class WorkingSet {

    /** What is to become of the rows of an allocation's bookings. */
    enum Fate {
        REPLACED,
        CONFIRMED,
        DELETED
    }

    private static final String LOCKED = "the calendar is locked";

    private final Map<AllocationId, Optional<PartRow>> parts = new HashMap<>();
    private final Map<AllocationId, List<ResourceRow>> resources = new HashMap<>();
    private @Nullable HostsDown down;

    private final Counted counted;
    private @Nullable Availability known;
    private @Nullable Availability free;

    private final Map<Long, Booking> rows = new LinkedHashMap<>();
    private final Map<AllocationId, List<Booking>> decided = new LinkedHashMap<>();
    private final Map<AllocationId, Fate> fates = new TreeMap<>(Comparator.comparing(AllocationId::toString));
    private final Set<AllocationId> present = new HashSet<>();
    private final Set<AllocationId> own = new HashSet<>();
    private boolean all;

    /** @param now decides which holds have expired and which bookings overrun */
    WorkingSet(Instant now) {
        counted = new Counted(now);
    }

    /** Which of these allocations were not read yet. */
    List<AllocationId> unread(Collection<Need> needs) {
        return needs.stream()
                .map(Need::allocation)
                .filter(id -> !parts.containsKey(id))
                .distinct()
                .toList();
    }

    /** Takes what was found of allocations. */
    void read(Collection<AllocationId> allocations, List<PartRow> found, List<ResourceRow> theirs) {
        allocations.forEach(id -> {
            parts.put(id, Optional.empty());
            resources.put(id, new ArrayList<>());
        });
        found.forEach(row -> parts.put(AllocationId.parse(row.allocation), Optional.of(row)));
        theirs.forEach(row -> of(AllocationId.parse(row.allocation)).add(row));
    }

    boolean locked() {
        return known != null;
    }

    /** Takes what is free by all rows, once the calendar is locked. */
    void lock(Availability byRows) {
        known = byRows;
    }

    /** What was free by all rows when the calendar was locked; empty if it is not. */
    Optional<Availability> known() {
        return Optional.ofNullable(known);
    }

    boolean knowsDown() {
        return down != null;
    }

    void down(HostsDown found) {
        down = found;
    }

    /** What is down may have changed. */
    void forgetDown() {
        down = null;
    }

    /** Whether the bookings that are needed were read. */
    boolean covers(Need need) {
        return all
                || switch (need.reach()) {
                    case NONE -> true;
                    case PRESENT -> present.contains(need.allocation());
                    case FREE -> own.contains(need.allocation());
                    case ALL -> false;
                };
    }

    /** Takes the bookings that were read for some needs. */
    void read(Collection<Need> needs, Map<Long, Booking> bookings) {
        rows.putAll(bookings);
        if (free == null && needs.stream().anyMatch(need -> need.reach() == Reach.FREE)) {
            free = counted.adjusted(Objects.requireNonNull(known, LOCKED), bookings.values());
            decided.forEach((allocation, bookedSince) -> recount(read(allocation), bookedSince));
        }
        for (Need need : needs) {
            switch (need.reach()) {
                case NONE -> {}
                case PRESENT -> present.add(need.allocation());
                case FREE -> own.add(need.allocation());
                case ALL -> all = true;
            }
        }
    }

    Optional<PartRow> part(AllocationId allocation) {
        return Objects.requireNonNull(parts.get(allocation), "it was not read");
    }

    void add(PartRow row) {
        parts.put(AllocationId.parse(row.allocation), Optional.of(row));
    }

    /** Everything ever wanted on hosts for an allocation. */
    List<ResourceRow> of(AllocationId allocation) {
        return Objects.requireNonNull(resources.get(allocation), "it was not read");
    }

    PartView view(Need need) {
        return new PartView(
                part(need.allocation()).map(PartRow::part).orElse(null),
                calendar(need),
                of(need.allocation()).stream().map(ResourceRow::resource).toList(),
                down == null ? HostsDown.NONE : down);
    }

    private Calendar calendar(Need need) {
        return switch (need.reach()) {
            case NONE -> new Calendar(List.of(), List.of(), counted.now());
            case PRESENT -> {
                List<Booking> bookings = bookings();
                // What was read for others of the batch is not looked at again and again.
                bookings.removeIf(b -> !b.allocation().equals(need.allocation())
                        && b.during().start().isAfter(counted.now()));
                yield new Calendar(pools(), bookings, counted.now());
            }
            case FREE -> new Calendar(Objects.requireNonNull(free, LOCKED), current(need.allocation()), counted.now());
            case ALL -> new Calendar(pools(), bookings(), counted.now());
        };
    }

    private Collection<Pool> pools() {
        return Objects.requireNonNull(known, LOCKED).pools();
    }

    /** Those that were read, and what was decided since. */
    private List<Booking> bookings() {
        List<Booking> bookings = new ArrayList<>();
        rows.values().stream().filter(b -> !decided.containsKey(b.allocation())).forEach(bookings::add);
        decided.values().forEach(bookings::addAll);
        return bookings;
    }

    /** Takes what was decided about an allocation's bookings. */
    void change(AllocationId allocation, Change change) {
        switch (change) {
            case Keep keep -> {}
            case Book book -> {
                recount(current(allocation), book.bookings());
                decide(allocation, book.bookings(), Fate.REPLACED);
            }
            case Drop drop -> {
                recount(current(allocation), List.of());
                decide(allocation, List.of(), Fate.DELETED);
            }
            case Confirm confirm -> {
                List<Booking> confirmed =
                        current(allocation).stream().map(Booking::confirmed).toList();
                boolean replaced = fates.get(allocation) == Fate.REPLACED;
                decide(allocation, confirmed, replaced ? Fate.REPLACED : Fate.CONFIRMED);
            }
        }
    }

    private void decide(AllocationId allocation, List<Booking> bookings, Fate fate) {
        decided.put(allocation, bookings);
        fates.put(allocation, fate);
    }

    /** Bookings that were not read still count in what is free: whoever finds nothing free then looks at every single one. */
    private void recount(List<Booking> before, List<Booking> after) {
        if (free != null) {
            free = free.without(counted.counting(before)).with(counted.counting(after));
        }
    }

    private List<Booking> current(AllocationId allocation) {
        List<Booking> since = decided.get(allocation);
        return since != null ? since : read(allocation);
    }

    private List<Booking> read(AllocationId allocation) {
        return rows.values().stream()
                .filter(b -> b.allocation().equals(allocation))
                .toList();
    }

    /** Whether anything was decided about bookings. */
    boolean books() {
        return !fates.isEmpty();
    }

    /** The allocations whose bookings end in one of these ways, in the order of their ids. */
    List<AllocationId> ending(Fate... ways) {
        Set<Fate> wanted = Set.of(ways);
        return fates.entrySet().stream()
                .filter(e -> wanted.contains(e.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /**
     * What is free by all rows once they are written, if so much was before.
     *
     * @param gone rows that were deleted, as they were
     * @param reduced rows that have become less, as they are
     * @param come rows that were inserted, as they are: the database keeps instants to the microsecond
     */
    Availability rewritten(
            Availability before, Collection<Booking> gone, Map<Long, Booking> reduced, Collection<Booking> come) {
        return before.without(gone)
                .without(reduced.keySet().stream().map(rows::get).toList())
                .with(reduced.values())
                .with(come);
    }

    /** What is to be written of replaced bookings. */
    Rewriting rewriting() {
        Map<Long, Booking> before = new LinkedHashMap<>();
        List<Booking> after = new ArrayList<>();
        List<AllocationId> replaced = ending(Fate.REPLACED);
        replaced.forEach(id -> after.addAll(current(id)));
        rows.forEach((row, booking) -> {
            if (replaced.contains(booking.allocation())) {
                before.put(row, booking);
            }
        });
        return Rewriting.of(before, after);
    }
}
