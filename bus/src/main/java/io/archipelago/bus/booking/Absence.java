package io.archipelago.bus.booking;

import io.archipelago.contracts.TimeWindow;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Words for the hosts that keep something from fitting, whatever is booked of them: nothing is heard of them, or they are maintained. */
public final class Absence {

    private Absence() {}

    /**
     * The end of a refusal's sentence, such as {@code ; 2 of 2 storage hosts silent since 2026-12-01T09:00:00Z}; empty if all hosts are there.
     *
     * @param pools of every host that might have been booked, one each
     * @param hosts what they are called, in the plural
     * @param window for when they might have been booked
     */
    public static String of(Collection<Pool> pools, String hosts, TimeWindow window) {
        List<Instant> since =
                pools.stream().map(Pool::silentSince).flatMap(Optional::stream).toList();
        long barred = pools.stream()
                .filter(pool -> !pool.open() && pool.silentSince().isEmpty())
                .count();
        long maintained = pools.stream().filter(pool -> pool.closedIn(window)).count();
        String all = " of " + pools.size() + " " + hosts + " ";
        return since.stream()
                        .min(Comparator.naturalOrder())
                        .map(first ->
                                "; " + since.size() + all + "silent since " + first.truncatedTo(ChronoUnit.SECONDS))
                        .orElse("")
                + (barred > 0 ? "; " + barred + all + "not yet clean" : "")
                + (maintained > 0 ? "; " + maintained + all + "maintained at some time of the window" : "");
    }
}
