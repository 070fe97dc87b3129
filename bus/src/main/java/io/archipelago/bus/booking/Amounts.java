package io.archipelago.bus.booking;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Quantities of several dimensions, e.g. {@code cpus} and {@code memory}. A dimension that is not named is 0, and none is named that is.
 *
 * @param values the quantity of each dimension, above 0 unless it is what is left of an overdrawn pool
 */
public record Amounts(Map<String, Long> values) {

    public static final Amounts NONE = new Amounts(Map.of());

    public Amounts {
        values = values.entrySet().stream()
                .filter(e -> e.getValue() != 0)
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    public static Amounts of(String dimension, long value) {
        return new Amounts(Map.of(dimension, value));
    }

    public static Amounts of(String dimension, long value, String other, long otherValue) {
        return new Amounts(Map.of(dimension, value, other, otherValue));
    }

    public long get(String dimension) {
        return values.getOrDefault(dimension, 0L);
    }

    public Amounts plus(Amounts other) {
        return combine(other, 1);
    }

    public Amounts minus(Amounts other) {
        return combine(other, -1);
    }

    /** Whether of everything that this names there is enough. */
    public boolean fitsIn(Amounts available) {
        return values.entrySet().stream().allMatch(e -> e.getValue() <= available.get(e.getKey()));
    }

    /** In every dimension the lesser of the two. */
    public Amounts least(Amounts other) {
        Map<String, Long> least = new TreeMap<>();
        Stream.of(values, other.values)
                .flatMap(named -> named.keySet().stream())
                .forEach(dimension -> least.put(dimension, Math.min(get(dimension), other.get(dimension))));
        return new Amounts(least);
    }

    private Amounts combine(Amounts other, int sign) {
        Map<String, Long> sum = new TreeMap<>(values);
        other.values.forEach((dimension, value) -> sum.merge(dimension, sign * value, Long::sum));
        return new Amounts(sum);
    }
}
