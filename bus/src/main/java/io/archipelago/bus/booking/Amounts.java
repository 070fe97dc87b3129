package io.archipelago.bus.booking;

import java.util.Map;
import java.util.TreeMap;

/**
 * Quantities of several dimensions, e.g. {@code cpus} and {@code memory}. A dimension that is not named is 0.
 *
 * @param values the quantity of each dimension, at least 0 unless it is what is left of an overdrawn pool
 */
public record Amounts(Map<String, Long> values) {

    public static final Amounts NONE = new Amounts(Map.of());

    public Amounts {
        values = Map.copyOf(values);
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

    /** Whether in every dimension this is no more than what there is. */
    public boolean fitsIn(Amounts available) {
        return values.entrySet().stream().allMatch(e -> e.getValue() <= available.get(e.getKey()));
    }

    /** In every dimension the lesser of the two. */
    public Amounts least(Amounts other) {
        Map<String, Long> least = new TreeMap<>(values);
        other.values.forEach((dimension, value) -> least.merge(dimension, value, Math::min));
        return new Amounts(least);
    }

    private Amounts combine(Amounts other, int sign) {
        Map<String, Long> sum = new TreeMap<>(values);
        other.values.forEach((dimension, value) -> sum.merge(dimension, sign * value, Long::sum));
        return new Amounts(sum);
    }
}
