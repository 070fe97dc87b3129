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

    /** Each look at when it does not fit packs all hosts. */
    private static final int MOST_HOSTS_LOOKED_AT = 10_000;

    private static final int LEAST_LOOKS = 6;

    private Shortage() {}

    static Refusal of(Calendar calendar, TimeWindow window, List<MachineGroup> groups, Map<Integer, HostId> there) {
        int wanted = groups.stream().mapToInt(MachineGroup::count).sum();
        Integer computes =
                there.isEmpty() ? computes(calendar, window, groups) : computes(calendar, window, groups, there);
        int missing = Math.max(1, wanted - possible(calendar, window, groups, computes));
        boolean holdsOnly = Packing.of(groups, there, calendar.withoutHolds().availability(), window)
                .isPresent();
        return new Refusal(
                        ErrorCode.NO_CAPACITY,
                        "machines",
                        "of " + wanted + " machines at most " + (wanted - missing)
                                + " fit on this site's hosts throughout the window"
                                + Absence.of(calendar.pools(), "hosts", window),
                        holdsOnly ? calendar.lastHoldOver(window).orElse(null) : null,
                        EarliestFit.in(calendar, groups, there, window).orElse(null),
                        computes)
                .missing(
                        missing,
                        calendar.scarcity(
                                        window,
                                        looks(calendar),
                                        w -> Packing.of(groups, there, calendar.availability(), w)
                                                .isPresent())
                                .orElse(null));
    }

    /** All others and so many compute machines; if that is not known, as many of each group as would fit without the others. */
    private static int possible(
            Calendar calendar, TimeWindow window, List<MachineGroup> groups, @Nullable Integer computes) {
        int possible = 0;
        for (MachineGroup group : groups) {
            if (computes == null) {
                possible += Packing.most(group, List.of(), calendar.availability(), window);
            } else {
                possible += group.role() == MachineRole.COMPUTE ? computes : group.count();
            }
        }
        return possible;
    }

    private static int looks(Calendar calendar) {
        int hosts = Math.max(1, calendar.open().size());
        return Math.clamp(MOST_HOSTS_LOOKED_AT / hosts, LEAST_LOOKS, Calendar.ENOUGH_LOOKS);
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
