package io.archipelago.placement.domain;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Availability;
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
import java.util.function.Predicate;

/**
 * The first start at which machines fit on a site's hosts for a time. It does not try every change of what is booked: from each start that is
 * too early it leaps to the first one at which each group alone could have enough hosts, for no sooner can all of them.
 */
final class EarliestFit {

    private final List<MachineGroup> groups;
    private final Map<Integer, HostId> there;
    private final Availability availability;

    /** @param there the hosts of machines that have one and keep it, by ordinal */
    EarliestFit(List<MachineGroup> groups, Map<Integer, HostId> there, Availability availability) {
        this.groups = List.copyOf(groups);
        this.there = Map.copyOf(there);
        this.availability = availability;
    }

    /**
     * The earliest start, not before that of the window.
     *
     * @param fits whether all of it fits into a window that is as long
     * @return empty if it does not fit however long one waits
     */
    Optional<Instant> start(TimeWindow window, Predicate<TimeWindow> fits) {
        Duration length = window.length();
        Optional<Instant> start = leap(window.start(), length);
        while (start.isPresent()
                && !fits.test(new TimeWindow(start.get(), start.get().plus(length)))) {
            start = availability.nextChange(start.get()).flatMap(next -> leap(next, length));
        }
        return start;
    }

    /** The first instant from one on before which at least one group has not enough hosts; empty if one never has. */
    private Optional<Instant> leap(Instant from, Duration length) {
        Instant start = from;
        for (MachineGroup group : groups) {
            int homeless = (int) group.ordinals().stream()
                    .filter(ordinal -> !there.containsKey(ordinal))
                    .count();
            List<Instant> rooms = rooms(group, start, length);
            if (rooms.size() < homeless) {
                return Optional.empty();
            }
            if (homeless > 0) {
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
