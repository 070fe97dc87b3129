package io.archipelago.placement.domain;

import io.archipelago.bus.booking.Absence;
import io.archipelago.bus.booking.Bisection;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.contracts.allocation.Refusal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Words for what does not fit. */
final class Shortage {

    private Shortage() {}

    static Refusal of(Calendar calendar, TimeWindow window, List<MachineGroup> groups, Map<Integer, HostId> there) {
        int wanted = groups.stream().mapToInt(MachineGroup::count).sum();
        int possible = 0;
        for (MachineGroup group : groups) {
            possible += Packing.most(group, List.of(), calendar.availability(), window);
        }
        Integer computes =
                there.isEmpty() ? computes(calendar, window, groups) : computes(calendar, window, groups, there);
        boolean holdsOnly = Packing.of(groups, there, calendar.withoutHolds().availability(), window)
                .isPresent();
        return new Refusal(
                        ErrorCode.NO_CAPACITY,
                        "machines",
                        "of " + wanted + " machines at most " + Math.min(possible, wanted - 1)
                                + " fit on this site's hosts throughout the window"
                                + Absence.of(calendar.pools(), "hosts", window),
                        holdsOnly ? calendar.lastHoldOver(window).orElse(null) : null,
                        EarliestFit.in(calendar, groups, there, window).orElse(null),
                        computes)
                .missing(
                        wanted - Math.min(possible, wanted - 1),
                        calendar.scarcity(
                                        window,
                                        w -> Packing.of(groups, there, calendar.availability(), w)
                                                .isPresent())
                                .orElse(null));
    }

    /** How many compute machines fit if those that are there stay where they are, them included; null if it is not they that are too many. */
    private static @Nullable Integer computes(
            Calendar calendar, TimeWindow window, List<MachineGroup> groups, Map<Integer, HostId> there) {
        return groups.stream()
                .filter(g -> g.role() == MachineRole.COMPUTE)
                .findFirst()
                .filter(g -> fit(calendar, window, groups, there, there(g, there)))
                .map(g -> Math.toIntExact(Bisection.greatest(
                        there(g, there),
                        g.count(),
                        machines -> fit(calendar, window, groups, there, Math.toIntExact(machines)))))
                .orElse(null);
    }

    private static int there(MachineGroup group, Map<Integer, HostId> there) {
        return (int) group.ordinals().stream().filter(there::containsKey).count();
    }

    /** Whether the groups fit with so many compute machines. */
    private static boolean fit(
            Calendar calendar, TimeWindow window, List<MachineGroup> groups, Map<Integer, HostId> there, int computes) {
        List<MachineGroup> fewer = groups.stream()
                .filter(g -> g.role() != MachineRole.COMPUTE || computes > 0)
                .map(g -> g.role() == MachineRole.COMPUTE ? g.first(computes) : g)
                .toList();
        return Packing.of(fewer, there, calendar.availability(), window).isPresent();
    }

    /** How many compute machines fit beside the others; null if those do not fit themselves. */
    private static @Nullable Integer computes(Calendar calendar, TimeWindow window, List<MachineGroup> groups) {
        List<MachineGroup> others =
                groups.stream().filter(g -> g.role() != MachineRole.COMPUTE).toList();
        return groups.stream()
                .filter(g -> g.role() == MachineRole.COMPUTE
                        && Packing.of(others, calendar.availability(), window).isPresent())
                .map(g -> Packing.most(g, others, calendar.availability(), window))
                .findFirst()
                .orElse(null);
    }
}
