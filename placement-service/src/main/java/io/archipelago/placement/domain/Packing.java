package io.archipelago.placement.domain;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.MachineGroup;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Machines on hosts. Best fit: each machine goes to the host that has least memory, then fewest processors left of those that can take it, so
 * that large gaps stay large; equal hosts in the order of their names, and those that are silent last. The same input gives the same packing.
 */
final class Packing {

    private final Map<String, Amounts> free = new TreeMap<>();
    private final Map<Integer, HostId> there;
    private final Map<Integer, HostId> hosts;
    private final Set<String> silent = new HashSet<>();

    private Packing(Map<Integer, HostId> there, Calendar calendar, TimeWindow window) {
        this.there = Map.copyOf(there);
        this.hosts = new TreeMap<>(there);
        for (Pool host : calendar.open()) {
            free.put(host.id(), calendar.free(host, window));
            if (host.silentSince().isPresent()) {
                silent.add(host.id());
            }
        }
    }

    /** A packing of all groups; empty if they do not fit throughout the window. */
    static Optional<Packing> of(Iterable<MachineGroup> groups, Calendar calendar, TimeWindow window) {
        return of(groups, Map.of(), calendar, window);
    }

    /**
     * The same, with machines that have hosts already and keep them.
     *
     * @param there their hosts, by ordinal, of which the calendar knows nothing
     */
    static Optional<Packing> of(
            Iterable<MachineGroup> groups, Map<Integer, HostId> there, Calendar calendar, TimeWindow window) {
        Packing packing = new Packing(there, calendar, window);
        for (MachineGroup group : groups) {
            packing.keep(group);
        }
        for (MachineGroup group : groups) {
            if (packing.place(group) < group.count()) {
                return Optional.empty();
            }
        }
        return Optional.of(packing);
    }

    /** How many machines of a group fit beside others throughout a window; 0 if the others do not. */
    static int most(MachineGroup group, Iterable<MachineGroup> others, Calendar calendar, TimeWindow window) {
        return of(others, calendar, window).map(p -> p.place(group)).orElse(0);
    }

    /** The host of each machine, by ordinal. */
    Map<Integer, HostId> hosts() {
        return hosts;
    }

    /** Takes from the hosts what those of the group take that are there. */
    private void keep(MachineGroup group) {
        for (int ordinal : group.ordinals()) {
            HostId host = there.get(ordinal);
            if (host != null) {
                free.computeIfPresent(host.value(), (id, left) -> left.minus(each(group)));
            }
        }
    }

    /** Places as many machines of the group as fit, and says how many then have a host. */
    private int place(MachineGroup group) {
        Amounts each = each(group);
        Map<String, Integer> here = new HashMap<>();
        List<Integer> homeless = new ArrayList<>();
        for (int ordinal : group.ordinals()) {
            HostId host = there.get(ordinal);
            if (host == null) {
                homeless.add(ordinal);
            } else {
                here.merge(host.value(), 1, Integer::sum);
            }
        }
        int placed = group.count() - homeless.size();
        for (int ordinal : homeless) {
            Optional<String> host = free.entrySet().stream()
                    .filter(e -> here.getOrDefault(e.getKey(), 0) < group.maxPerHost() && each.fitsIn(e.getValue()))
                    .min(Comparator.comparing((Map.Entry<String, Amounts> e) -> silent.contains(e.getKey()))
                            .thenComparingLong(e -> e.getValue().get(PlacementLogic.MEMORY))
                            .thenComparingLong(e -> e.getValue().get(PlacementLogic.CPUS))
                            .thenComparing(Map.Entry::getKey))
                    .map(Map.Entry::getKey);
            if (host.isEmpty()) {
                return placed;
            }
            here.merge(host.get(), 1, Integer::sum);
            free.computeIfPresent(host.get(), (id, left) -> left.minus(each));
            hosts.put(ordinal, new HostId(host.get()));
            placed++;
        }
        return placed;
    }

    private static Amounts each(MachineGroup group) {
        return Amounts.of(PlacementLogic.CPUS, group.cpus(), PlacementLogic.MEMORY, group.memoryBytes());
    }
}
