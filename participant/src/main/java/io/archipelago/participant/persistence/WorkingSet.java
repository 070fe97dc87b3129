package io.archipelago.participant.persistence;

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
import io.archipelago.contracts.TimeWindow;
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

    private final Map<AllocationId, Optional<PartRow>> parts = new HashMap<>();
    private final Map<AllocationId, List<ResourceRow>> resources = new HashMap<>();
    private @Nullable List<Pool> pools;
    private @Nullable HostsDown down;

    private final Map<Long, Booking> rows = new LinkedHashMap<>();
    private final Map<AllocationId, List<Booking>> decided = new LinkedHashMap<>();
    private final Map<AllocationId, Fate> fates = new TreeMap<>(Comparator.comparing(AllocationId::toString));
    private final Set<AllocationId> present = new HashSet<>();
    private final Set<TimeWindow> windows = new HashSet<>();
    private boolean all;

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
        return pools != null;
    }

    /** Takes the pools, whose rows are locked now. */
    void lock(List<Pool> found) {
        pools = List.copyOf(found);
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
                    case WINDOW -> windows.contains(need.window());
                    case ALL -> false;
                };
    }

    /** Takes the bookings that were read for some needs. */
    void read(Collection<Need> needs, Map<Long, Booking> bookings) {
        rows.putAll(bookings);
        for (Need need : needs) {
            switch (need.reach()) {
                case NONE -> {}
                case PRESENT -> present.add(need.allocation());
                case WINDOW -> windows.add(Objects.requireNonNull(need.window()));
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

    PartView view(Need need, Instant now) {
        List<Pool> booked =
                need.reach() == Reach.NONE ? List.of() : Objects.requireNonNull(pools, "they were not locked");
        return new PartView(
                part(need.allocation()).map(PartRow::part).orElse(null),
                new Calendar(booked, bookings(need, now), now),
                of(need.allocation()).stream().map(ResourceRow::resource).toList(),
                down == null ? HostsDown.NONE : down);
    }

    private List<Booking> bookings(Need need, Instant now) {
        if (need.reach() == Reach.NONE) {
            return List.of();
        }
        List<Booking> bookings = new ArrayList<>();
        rows.values().stream().filter(b -> !decided.containsKey(b.allocation())).forEach(bookings::add);
        decided.values().forEach(bookings::addAll);
        // What was read for others of the batch is not looked at again and again.
        TimeWindow window = need.window();
        if (need.reach() == Reach.WINDOW && window != null) {
            bookings.removeIf(
                    b -> !b.during().overlaps(window) && b.during().end().isAfter(now));
        }
        if (need.reach() == Reach.PRESENT) {
            bookings.removeIf(b -> !b.allocation().equals(need.allocation())
                    && b.during().start().isAfter(now));
        }
        return bookings;
    }

    /** Takes what was decided about an allocation's bookings. */
    void change(AllocationId allocation, Change change) {
        switch (change) {
            case Keep keep -> {}
            case Book book -> decide(allocation, book.bookings(), Fate.REPLACED);
            case Drop drop -> decide(allocation, List.of(), Fate.DELETED);
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

    private List<Booking> current(AllocationId allocation) {
        List<Booking> known = decided.get(allocation);
        return known != null
                ? known
                : rows.values().stream()
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
