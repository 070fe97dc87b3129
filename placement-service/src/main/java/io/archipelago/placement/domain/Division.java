package io.archipelago.placement.domain;

import io.archipelago.contracts.Ids.SiteId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/** How machines are given to sites of which is known how many they can take. The master takes part in any case, perhaps with none. */
@FunctionalInterface
interface Division {

    /**
     * How many each site gives.
     *
     * @param machines how many are wanted, 1 or more
     * @param own the master
     * @param most how many each site can take, what is likeliest first
     * @return empty if all together can not take so many
     */
    Optional<Map<SiteId, Integer>> of(int machines, SiteId own, SequencedMap<SiteId, Integer> most);

    /** What the master can, and the rest from those with most room: no choice of sites needs fewer. */
    static Optional<Map<SiteId, Integer>> fewestSites(int machines, SiteId own, SequencedMap<SiteId, Integer> most) {
        return fill(machines, own, most, fewest(own));
    }

    /**
     * From the site where a machine costs least as many as it can, then from the next: no other division costs less in all. Sites of one cost are filled as
     * for the fewest, those of no known cost last.
     *
     * @param costs of a machine at a site: money for an hour, or the time to the master and back
     */
    static Division cheapest(Map<SiteId, Double> costs) {
        return (machines, own, most) -> fill(
                machines,
                own,
                most,
                Comparator.comparing((Map.Entry<SiteId, Integer> site) ->
                                costs.getOrDefault(site.getKey(), Double.POSITIVE_INFINITY))
                        .thenComparing(fewest(own)));
    }

    /** Fills all sites to one level, as far as each goes; of those that reach it the last give one less, until the sum is right. */
    static Optional<Map<SiteId, Integer>> spread(int machines, SiteId own, SequencedMap<SiteId, Integer> most) {
        OptionalInt level = IntStream.rangeClosed(1, machines)
                .filter(height -> upTo(height, most) >= machines)
                .findFirst();
        if (level.isEmpty()) {
            return Optional.empty();
        }
        int height = level.getAsInt();
        long over = upTo(height, most) - machines;
        Map<SiteId, Integer> computes = new HashMap<>(Map.of(own, 0));
        for (Map.Entry<SiteId, Integer> site : most.reversed().entrySet()) {
            int taken = Math.min(site.getValue(), height);
            if (over > 0 && taken == height) {
                taken--;
                over--;
            }
            if (taken > 0) {
                computes.put(site.getKey(), taken);
            }
        }
        return Optional.of(computes);
    }

    private static long upTo(int height, Map<SiteId, Integer> most) {
        return most.values().stream().mapToLong(room -> Math.min(room, height)).sum();
    }

    private static Comparator<Map.Entry<SiteId, Integer>> fewest(SiteId own) {
        return Comparator.comparing(
                        (Map.Entry<SiteId, Integer> site) -> !site.getKey().equals(own))
                .thenComparing(site -> -site.getValue());
    }

    /** As many as it can from each site in turn. */
    private static Optional<Map<SiteId, Integer>> fill(
            int machines,
            SiteId own,
            SequencedMap<SiteId, Integer> most,
            Comparator<Map.Entry<SiteId, Integer>> order) {
        List<Map.Entry<SiteId, Integer>> sites =
                most.entrySet().stream().sorted(order).toList();
        Map<SiteId, Integer> computes = new LinkedHashMap<>(Map.of(own, 0));
        int missing = machines;
        for (Map.Entry<SiteId, Integer> site : sites) {
            int taken = Math.min(missing, site.getValue());
            if (taken > 0) {
                computes.put(site.getKey(), taken);
                missing -= taken;
            }
        }
        return missing == 0 ? Optional.of(computes) : Optional.empty();
    }
}
