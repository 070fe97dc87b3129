package io.archipelago.placement.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.Ids.SiteId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Of up to eight sites, each division against every way there is to divide: none is better in what the policy goes by. */
class DivisionTest {

    private static final int TRIES = 300;
    private static final int SITES = 8;
    private static final int ROOM = 3;

    private static final List<SiteId> NAMES =
            IntStream.range(0, SITES).mapToObj(i -> new SiteId("site" + i)).toList();

    @Property(tries = TRIES)
    void theFewestAreAsFewAsCanBe(
            @ForAll @Size(min = 1, max = SITES) List<@IntRange(max = ROOM) Integer> rooms,
            @ForAll @IntRange(min = 1, max = SITES * ROOM) int machines) {
        // The master is there with the frontend, however few machines it gives.
        ToDoubleFunction<List<Integer>> sites =
                counts -> 1 + counts.stream().skip(1).filter(count -> count > 0).count();

        assertThat(costOf(Division::fewestSites, machines, rooms, sites)).isEqualTo(least(machines, rooms, sites));
    }

    @Property(tries = TRIES)
    void whatIsSpreadGivesNoSiteMoreThanItMust(
            @ForAll @Size(min = 1, max = SITES) List<@IntRange(max = ROOM) Integer> rooms,
            @ForAll @IntRange(min = 1, max = SITES * ROOM) int machines) {
        // As large as the largest, and then as few of these as can be: none has two more than one that has room.
        ToDoubleFunction<List<Integer>> squares =
                counts -> counts.stream().mapToInt(count -> count * count).sum();

        assertThat(costOf(Division::spread, machines, rooms, squares)).isEqualTo(least(machines, rooms, squares));
    }

    @Property(tries = TRIES)
    void theCheapestCostsAsLittleAsCanBe(
            @ForAll @Size(min = 1, max = SITES) List<@IntRange(max = ROOM) Integer> rooms,
            @ForAll @Size(min = SITES, max = SITES) List<@IntRange(max = 5) Integer> prices,
            @ForAll @IntRange(min = 1, max = SITES * ROOM) int machines) {
        Map<SiteId, Double> told = new HashMap<>();
        for (int i = 0; i < SITES; i++) {
            told.put(NAMES.get(i), (double) prices.get(i));
        }
        ToDoubleFunction<List<Integer>> price = counts -> IntStream.range(0, counts.size())
                .map(i -> counts.get(i) * prices.get(i))
                .sum();

        assertThat(costOf(Division.cheapest(told), machines, rooms, price)).isEqualTo(least(machines, rooms, price));
    }

    /** Empty if there is no division. One that is none is red. */
    private static OptionalDouble costOf(
            Division division, int machines, List<Integer> rooms, ToDoubleFunction<List<Integer>> cost) {
        SequencedMap<SiteId, Integer> most = new LinkedHashMap<>();
        for (int i = 0; i < rooms.size(); i++) {
            most.put(NAMES.get(i), rooms.get(i));
        }
        Optional<Map<SiteId, Integer>> computes = division.of(machines, NAMES.getFirst(), most);
        if (computes.isEmpty()) {
            return OptionalDouble.empty();
        }
        assertThat(computes.get()).containsKey(NAMES.getFirst());
        List<Integer> counts = NAMES.subList(0, rooms.size()).stream()
                .map(site -> computes.get().getOrDefault(site, 0))
                .toList();
        assertThat(counts.stream().mapToInt(Integer::intValue).sum()).isEqualTo(machines);
        for (int i = 0; i < rooms.size(); i++) {
            assertThat(counts.get(i)).isBetween(0, rooms.get(i));
        }
        return OptionalDouble.of(cost.applyAsDouble(counts));
    }

    private static OptionalDouble least(int machines, List<Integer> rooms, ToDoubleFunction<List<Integer>> cost) {
        return least(machines, rooms, cost, new ArrayList<>());
    }

    private static OptionalDouble least(
            int machines, List<Integer> rooms, ToDoubleFunction<List<Integer>> cost, List<Integer> counts) {
        int site = counts.size();
        if (site == rooms.size()) {
            return machines == 0 ? OptionalDouble.of(cost.applyAsDouble(counts)) : OptionalDouble.empty();
        }
        double least = Double.POSITIVE_INFINITY;
        for (int taken = 0; taken <= Math.min(rooms.get(site), machines); taken++) {
            counts.add(taken);
            least = Math.min(least, least(machines - taken, rooms, cost, counts).orElse(Double.POSITIVE_INFINITY));
            counts.removeLast();
        }
        return Double.isInfinite(least) ? OptionalDouble.empty() : OptionalDouble.of(least);
    }
}
