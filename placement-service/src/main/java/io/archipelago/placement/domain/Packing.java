package io.archipelago.placement.domain;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Availability;
import io.archipelago.bus.booking.Pool;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.MachineGroup;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Machines on hosts. Best fit: each machine goes to the host that has least memory, then fewest processors left of those that can take it, so
 * that large gaps stay large; equal hosts in the order of their names, and those that are silent last. The same input gives the same packing.
 *
 * <p>If a frontend is in the way of the other machines on the host that fits it best, it goes to one where it is not: of what a site is asked for, a group of
 * like machines and at most one other, nothing is refused for which there is a packing. Of more groups of different sizes that is not promised.
 */
final class Packing {

    private static final Comparator<Room> BEST_FIRST = Comparator.<Room, Boolean>comparing(room -> room.silent)
            .thenComparingLong(room -> room.memory)
            .thenComparingLong(room -> room.cpus)
            .thenComparing(room -> room.host);

    private final List<Room> rooms = new ArrayList<>();
    private final Map<Integer, HostId> there;
    private final Map<Integer, HostId> hosts;

    private Packing(Map<Integer, HostId> there, Availability availability, TimeWindow window) {
        this.there = there;
        this.hosts = new TreeMap<>(there);
        for (Pool host : availability.open()) {
            rooms.add(new Room(host, availability.free(host, window)));
        }
    }

    /** What a host has left. */
    private static final class Room {

        private final String host;
        private final boolean silent;
        private long cpus;
        private long memory;

        Room(Pool host, Amounts free) {
            this.host = host.id();
            this.silent = host.silentSince().isPresent();
            this.cpus = free.get(PlacementLogic.CPUS);
            this.memory = free.get(PlacementLogic.MEMORY);
        }

        /** How many machines of a group fit. */
        long fits(MachineGroup group) {
            return Math.max(0, Math.min(cpus / group.cpus(), memory / group.memoryBytes()));
        }

        /** How many more of a group may share it, where so many of the group are there already. */
        long fits(MachineGroup group, Map<String, Integer> here) {
            return Math.max(0, Math.min(fits(group), group.maxPerHost() - here.getOrDefault(host, 0)));
        }

        void take(MachineGroup group, int machines) {
            cpus -= (long) machines * group.cpus();
            memory -= machines * group.memoryBytes();
        }
    }

    /** A packing of all groups; empty if they do not fit throughout the window. */
    static Optional<Packing> of(List<MachineGroup> groups, Availability availability, TimeWindow window) {
        return of(groups, Map.of(), availability, window);
    }

    /**
     * The same, with machines that have hosts already and keep them.
     *
     * @param there their hosts, by ordinal, of which the availability knows nothing
     */
    static Optional<Packing> of(
            List<MachineGroup> groups, Map<Integer, HostId> there, Availability availability, TimeWindow window) {
        Packing packing = keeping(groups, there, availability, window);
        for (MachineGroup group : groups) {
            if (packing.place(group) < group.count()) {
                // The first would not fit by itself either.
                return group.equals(groups.getFirst()) ? Optional.empty() : aside(groups, there, availability, window);
            }
        }
        return Optional.of(packing);
    }

    private static Packing keeping(
            List<MachineGroup> groups, Map<Integer, HostId> there, Availability availability, TimeWindow window) {
        Packing packing = new Packing(there, availability, window);
        if (!there.isEmpty()) {
            groups.forEach(packing::keep);
        }
        return packing;
    }

    /** A packing of two groups, one of which is of a single machine that makes way for the other. */
    private static Optional<Packing> aside(
            List<MachineGroup> groups, Map<Integer, HostId> there, Availability availability, TimeWindow window) {
        if (groups.size() != 2) {
            return Optional.empty();
        }
        MachineGroup single = groups.stream()
                .filter(group -> group.count() == 1
                        && !there.containsKey(group.ordinals().getFirst()))
                .findFirst()
                .orElse(null);
        if (single == null) {
            return Optional.empty();
        }
        MachineGroup other = groups.getFirst().equals(single) ? groups.getLast() : groups.getFirst();
        Packing packing = keeping(groups, there, availability, window);
        return packing.placeAside(single, other) && packing.place(other) == other.count()
                ? Optional.of(packing)
                : Optional.empty();
    }

    /** How many machines of a group fit beside others throughout a window; 0 if the others do not. */
    static int most(MachineGroup group, List<MachineGroup> others, Availability availability, TimeWindow window) {
        if (others.size() == 1 && others.getFirst().count() == 1) {
            Packing packing = new Packing(Map.of(), availability, window);
            return packing.placeAside(others.getFirst(), group) ? packing.place(group) : 0;
        }
        return of(others, availability, window).map(p -> p.place(group)).orElse(0);
    }

    /** The host of each machine, by ordinal. */
    Map<Integer, HostId> hosts() {
        return hosts;
    }

    /** Takes from the hosts what those of the group take that are there. */
    private void keep(MachineGroup group) {
        Map<String, Integer> here = here(group);
        rooms.forEach(room -> room.take(group, here.getOrDefault(room.host, 0)));
    }

    /** How many machines of a group each host has that are there already. */
    private Map<String, Integer> here(MachineGroup group) {
        Map<String, Integer> here = new HashMap<>();
        if (!there.isEmpty()) {
            for (int ordinal : group.ordinals()) {
                HostId host = there.get(ordinal);
                if (host != null) {
                    here.merge(host.value(), 1, Integer::sum);
                }
            }
        }
        return here;
    }

    /**
     * Places the only machine of a group on the best fit of those hosts that leave room for all of another group; if none does, on one that leaves room for
     * most of it.
     *
     * @return false if no host can take it
     */
    private boolean placeAside(MachineGroup single, MachineGroup other) {
        Map<String, Integer> here = here(other);
        long all = rooms.stream().mapToLong(room -> room.fits(other, here)).sum();
        long homeless = other.count()
                - here.values().stream().mapToInt(Integer::intValue).sum();
        Room best = null;
        long most = -1;
        rooms.sort(BEST_FIRST);
        for (Room room : rooms) {
            if (room.fits(single) > 0 && most < homeless) {
                long without = all - room.fits(other, here);
                room.take(single, 1);
                long left = without + room.fits(other, here);
                room.take(single, -1);
                if (left > most) {
                    best = room;
                    most = left;
                }
            }
        }
        if (best == null) {
            return false;
        }
        best.take(single, 1);
        hosts.put(single.ordinals().getFirst(), new HostId(best.host));
        return true;
    }

    /** Places as many machines of the group as fit, and says how many then have a host. */
    private int place(MachineGroup group) {
        Map<String, Integer> here = here(group);
        Iterator<Integer> homeless = group.ordinals().stream()
                .filter(ordinal -> !there.containsKey(ordinal))
                .iterator();
        int placed = here.values().stream().mapToInt(Integer::intValue).sum();
        rooms.sort(BEST_FIRST);
        // A host that just took one has less left than before, and is the best fit for the next that it can take.
        for (Room room : rooms) {
            if (placed == group.count()) {
                break;
            }
            long most = room.fits(group, here);
            int taken = 0;
            while (taken < most && homeless.hasNext()) {
                hosts.put(homeless.next(), new HostId(room.host));
                taken++;
            }
            room.take(group, taken);
            placed += taken;
        }
        return placed;
    }

    /** What a machine of a group takes of its host. */
    static Amounts each(MachineGroup group) {
        return Amounts.of(PlacementLogic.CPUS, group.cpus(), PlacementLogic.MEMORY, group.memoryBytes());
    }
}
