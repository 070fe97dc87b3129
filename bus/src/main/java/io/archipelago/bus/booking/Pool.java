package io.archipelago.bus.booking;

import java.time.Instant;
import java.util.HashMap;
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
 * @param labels what else a participant needs to know of it to choose, e.g. an address
 */
public record Pool(String id, Amounts capacity, @Nullable Units units, boolean open, Map<String, String> labels) {

    private static final String SILENT_SINCE = "silent-since";

    public Pool {
        labels = Map.copyOf(labels);
    }

    /** The same, taking no new bookings. */
    public Pool closed() {
        return new Pool(id, capacity, units, false, labels);
    }

    /** The same, of a host that has been silent. */
    public Pool silentSince(Instant since) {
        Map<String, String> marked = new HashMap<>(labels);
        marked.put(SILENT_SINCE, since.toString());
        return new Pool(id, capacity, units, open, marked);
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
