package io.archipelago.placement.domain;

import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Silence;
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
        Integer computes = there.isEmpty() ? computes(calendar, window, groups) : null;
        boolean holdsOnly = Packing.of(groups, there, calendar.withoutHolds().availability(), window)
                .isPresent();
        return new Refusal(
                ErrorCode.NO_CAPACITY,
                "machines",
                "of " + wanted + " machines at most " + Math.min(possible, wanted - 1)
                        + " fit on this site's hosts throughout the window" + Silence.of(calendar.pools(), "hosts"),
                holdsOnly ? calendar.lastHoldOver(window).orElse(null) : null,
                EarliestFit.in(calendar, groups, there, window).orElse(null),
                computes);
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
