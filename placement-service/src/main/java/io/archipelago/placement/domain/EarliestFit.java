package io.archipelago.placement.domain;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Availability;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.MachineGroup;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The first start at which machines fit on a site's hosts for a time. It does not try every change of what is booked: from each start that is
 * too early it leaps to the first one at which each group alone could have enough hosts, for no sooner can all of them.
 *
 * <p>Of one group the answer is exact. Several are tried where what is booked changes, and only so often.
 */
final class EarliestFit {

    /** Groups that fit alone and never together would be tried at every change there is. Each try looks at every host. */
    private static final int MOST_TRIES = 500;

    private static final int LEAST_TRIES = 20;
    private static final int MOST_LOOKS = 50_000;

    private final List<MachineGroup> groups;
    private final Map<Integer, HostId> there;
    private final Availability availability;

    /** @param there the hosts of machines that have one and keep it, by ordinal */
    EarliestFit(List<MachineGroup> groups, Map<Integer, HostId> there, Availability availability) {
        this.groups = List.copyOf(groups);
        this.there = Map.copyOf(there);
        this.availability = availability;
    }

    /** The earliest start in a calendar; empty also if that is not complete. */
    static Optional<Instant> in(
            Calendar calendar, List<MachineGroup> groups, Map<Integer, HostId> there, TimeWindow window) {
        return calendar.isComplete()
                ? new EarliestFit(groups, there, calendar.availability()).start(window)
                : Optional.empty();
    }

    /**
     * The earliest start, not before that of the window.
     *
     * @return empty if it does not fit however long one waits, or if nobody looked that far
     */
    Optional<Instant> start(TimeWindow window) {
        Duration length = window.length();
        int hosts = Math.max(1, availability.open().size());
        int most = Math.clamp(MOST_LOOKS / hosts, LEAST_TRIES, MOST_TRIES);
        Optional<Instant> start = leap(window.start(), length);
        for (int tries = 0; start.isPresent() && tries < most; tries++) {
            TimeWindow tried = new TimeWindow(start.get(), start.get().plus(length));
            if (Packing.of(groups, there, availability, tried).isPresent()) {
                return start;
            }
            start = availability.nextChange(start.get()).flatMap(next -> leap(next, length));
        }
        return Optional.empty();
    }

    /** The first instant from one on before which at least one group has not enough hosts; empty if one never has. */
    private Optional<Instant> leap(Instant from, Duration length) {
        Instant start = from;
        for (MachineGroup group : groups) {
            int homeless = (int) group.ordinals().stream()
                    .filter(ordinal -> !there.containsKey(ordinal))
                    .count();
            if (homeless > 0) {
                List<Instant> rooms = rooms(group, start, length);
                if (rooms.size() < homeless) {
                    return Optional.empty();
                }
                // As the rooms are counted from the start on, none of them is before it.
                start = rooms.get(homeless - 1);
            }
        }
        return Optional.of(start);
    }

    /** When there is room for one more machine of a group on any host for the first time, in order. */
    private List<Instant> rooms(MachineGroup group, Instant from, Duration length) {
        List<Instant> rooms = new ArrayList<>();
        Amounts each = Packing.each(group);
        for (Pool host : availability.open()) {
            Amounts wanted = each;
            Instant room = from;
            for (int machines = 1; machines <= Math.min(group.count(), group.maxPerHost()); machines++) {
                // Where there is no room for some there is none for more.
                Optional<Instant> next = availability.earliest(host, wanted, room, length);
                if (next.isEmpty()) {
                    break;
                }
                room = next.get();
                rooms.add(room);
                wanted = wanted.plus(each);
            }
        }
        rooms.sort(null);
        return rooms;
    }
}
