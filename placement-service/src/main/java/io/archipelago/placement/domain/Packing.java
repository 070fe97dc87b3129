package io.archipelago.placement.domain;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.MachineGroup;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
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
    private final Map<String, Amounts> used = new TreeMap<>();
    private final Map<Integer, HostId> hosts = new TreeMap<>();
    private final Set<String> silent = new HashSet<>();

    private Packing(Calendar calendar, TimeWindow window) {
        for (Pool host : calendar.open()) {
            free.put(host.id(), calendar.free(host, window));
            if (host.silentSince().isPresent()) {
                silent.add(host.id());
            }
        }
    }

    /** A packing of all groups; empty if they do not fit throughout the window. */
    static Optional<Packing> of(Iterable<MachineGroup> groups, Calendar calendar, TimeWindow window) {
        Packing packing = new Packing(calendar, window);
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

    /** What is taken of each host. */
    Map<String, Amounts> used() {
        return used;
    }

    /** Places as many machines of the group as fit, and says how many. */
    private int place(MachineGroup group) {
        Amounts each = Amounts.of(PlacementLogic.CPUS, group.cpus(), PlacementLogic.MEMORY, group.memoryBytes());
        Map<String, Integer> here = new HashMap<>();
        for (int placed = 0; placed < group.count(); placed++) {
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
            used.merge(host.get(), each, Amounts::plus);
            hosts.put(group.firstOrdinal() + placed, new HostId(host.get()));
        }
        return group.count();
    }
}
