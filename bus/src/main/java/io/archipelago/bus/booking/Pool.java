package io.archipelago.bus.booking;

import io.archipelago.contracts.TimeWindow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something that can be booked: a host, a volume group, a range of VLAN ids, a gateway.
 *
 * @param id its name at this site
 * @param capacity how much of each dimension there is
 * @param units the numbers that are given to one booking at a time; null if it has none
 * @param open whether new bookings are taken: false for a host that is lost or barred
 * @param closures when none are taken although it is open, for its host is maintained; in order, apart from each other
 * @param labels what else a participant needs to know of it to choose, e.g. an address
 */
public record Pool(
        String id,
        Amounts capacity,
        @Nullable Units units,
        boolean open,
        List<TimeWindow> closures,
        Map<String, String> labels) {

    private static final String SILENT_SINCE = "silent-since";

    public Pool {
        closures = apart(closures);
        labels = Map.copyOf(labels);
    }

    /** One that is closed at no time. */
    public Pool(String id, Amounts capacity, @Nullable Units units, boolean open, Map<String, String> labels) {
        this(id, capacity, units, open, List.of(), labels);
    }

    /** Windows in their order, those that meet in one. */
    private static List<TimeWindow> apart(List<TimeWindow> windows) {
        List<TimeWindow> apart = new ArrayList<>();
        for (TimeWindow window :
                windows.stream().sorted(Comparator.comparing(TimeWindow::start)).toList()) {
            boolean meets = !apart.isEmpty() && !apart.getLast().end().isBefore(window.start());
            apart.add(meets ? apart.removeLast().hull(window) : window);
        }
        return List.copyOf(apart);
    }

    /** The same, taking no new bookings. */
    public Pool closed() {
        return new Pool(id, capacity, units, false, closures, labels);
    }

    /** The same, closed at these times only. */
    public Pool closedAt(List<TimeWindow> windows) {
        return new Pool(id, capacity, units, open, windows, labels);
    }

    /** Whether it takes no bookings at some time of a window, for its host is maintained. */
    public boolean closedIn(TimeWindow window) {
        return closures.stream().anyMatch(window::overlaps);
    }

    /** The same, of a host that has been silent. */
    public Pool silentSince(Instant since) {
        Map<String, String> marked = new HashMap<>(labels);
        marked.put(SILENT_SINCE, since.toString());
        return new Pool(id, capacity, units, open, closures, marked);
    }

    /** Whether a unit is among those that it gives; none is. */
    boolean has(@Nullable Integer unit) {
        return unit == null || units != null && unit >= units.first() && unit <= units.last();
    }

    /** Since when its host has been silent; empty if it is not. */
    public Optional<Instant> silentSince() {
        return Optional.ofNullable(labels.get(SILENT_SINCE)).map(Instant::parse);
    }

    /**
     * A range of numbers.
     *
     * @param first the lowest
     * @param last the highest, at least {@code first}
     */
    public record Units(int first, int last) {
        public Units {
            if (first > last) {
                throw new IllegalArgumentException("a range of units ends no lower than it starts");
            }
        }

        public int count() {
            return last - first + 1;
        }
    }
}
