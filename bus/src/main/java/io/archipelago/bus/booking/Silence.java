package io.archipelago.bus.booking;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Words for the hosts that keep something from fitting because nothing is heard of them. */
public final class Silence {

    private Silence() {}

    /**
     * The end of a refusal's sentence, such as {@code ; 2 of 2 storage hosts silent since 2026-12-01T09:00:00Z}; empty if all hosts speak.
     *
     * @param pools of every host that might have been booked, one each
     * @param hosts what they are called, in the plural
     */
    public static String of(Collection<Pool> pools, String hosts) {
        List<Instant> since =
                pools.stream().map(Pool::silentSince).flatMap(Optional::stream).toList();
        long barred = pools.stream()
                .filter(pool -> !pool.open() && pool.silentSince().isEmpty())
                .count();
        return since.stream()
                        .min(Comparator.naturalOrder())
                        .map(first -> "; " + since.size() + " of " + pools.size() + " " + hosts + " silent since "
                                + first.truncatedTo(ChronoUnit.SECONDS))
                        .orElse("")
                + (barred > 0 ? "; " + barred + " of " + pools.size() + " " + hosts + " not yet clean" : "");
    }
}
