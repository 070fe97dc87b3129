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
import java.util.Objects;
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
        // A host that just took one has less left than before, and is the best fit for the next that it can take.
        int placed = 0;
        for (String host : byWhatIsLeft()) {
            Amounts left = Objects.requireNonNull(free.get(host));
            int taken = here.getOrDefault(host, 0);
            while (placed < homeless.size() && taken < group.maxPerHost() && each.fitsIn(left)) {
                hosts.put(homeless.get(placed), new HostId(host));
                left = left.minus(each);
                taken++;
                placed++;
            }
            free.put(host, left);
        }
        return group.count() - homeless.size() + placed;
    }

    private List<String> byWhatIsLeft() {
        return free.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<String, Amounts> e) -> silent.contains(e.getKey()))
                        .thenComparingLong(e -> e.getValue().get(PlacementLogic.MEMORY))
                        .thenComparingLong(e -> e.getValue().get(PlacementLogic.CPUS))
                        .thenComparing(Map.Entry::getKey))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** What a machine of a group takes of its host. */
    static Amounts each(MachineGroup group) {
        return Amounts.of(PlacementLogic.CPUS, group.cpus(), PlacementLogic.MEMORY, group.memoryBytes());
    }
}
