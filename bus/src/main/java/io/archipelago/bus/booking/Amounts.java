package io.archipelago.bus.booking;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongBinaryOperator;

/**
 * Quantities of several dimensions, e.g. {@code cpus} and {@code memory}. A dimension that is not named is 0, and none is named that is. A
 * quantity is above 0 unless it is what is left of an overdrawn pool.
 */
public final class Amounts {

    public static final Amounts NONE = new Amounts(new String[0], new long[0]);

    /** In alphabetical order. Those of a pool are mostly the same array, so that they are compared by looking at it. */
    private final String[] dimensions;

    private final long[] quantities;

    private Amounts(String[] dimensions, long[] quantities) {
        this.dimensions = dimensions;
        this.quantities = quantities;
    }

    /** @param values the quantity of each dimension */
    public static Amounts of(Map<String, Long> values) {
        TreeMap<String, Long> sorted = new TreeMap<>(values);
        return of(
                sorted.keySet().toArray(String[]::new),
                sorted.values().stream().mapToLong(Long::longValue).toArray());
    }

    public static Amounts of(String dimension, long value) {
        return of(new String[] {dimension}, new long[] {value});
    }

    public static Amounts of(String dimension, long value, String other, long otherValue) {
        return dimension.compareTo(other) < 0
                ? of(new String[] {dimension, other}, new long[] {value, otherValue})
                : of(new String[] {other, dimension}, new long[] {otherValue, value});
    }

    /**
     * Of arrays that nobody changes any more.
     *
     * @param dimensions in alphabetical order
     * @param quantities of each of them
     */
    static Amounts of(String[] dimensions, long[] quantities) {
        int named = 0;
        for (long quantity : quantities) {
            named += quantity == 0 ? 0 : 1;
        }
        if (named == quantities.length) {
            return new Amounts(dimensions, quantities);
        }
        String[] namedDimensions = new String[named];
        long[] namedQuantities = new long[named];
        int place = 0;
        for (int d = 0; d < quantities.length; d++) {
            if (quantities[d] != 0) {
                namedDimensions[place] = dimensions[d];
                namedQuantities[place++] = quantities[d];
            }
        }
        return new Amounts(namedDimensions, namedQuantities);
    }

    public long get(String dimension) {
        for (int d = 0; d < dimensions.length; d++) {
            if (dimensions[d].equals(dimension)) {
                return quantities[d];
            }
        }
        return 0;
    }

    /** The quantity of each dimension that is named, in the order of their names. */
    public Map<String, Long> values() {
        TreeMap<String, Long> values = new TreeMap<>();
        for (int d = 0; d < dimensions.length; d++) {
            values.put(dimensions[d], quantities[d]);
        }
        return values;
    }

    public boolean isNone() {
        return dimensions.length == 0;
    }

    public Amounts plus(Amounts other) {
        return combined(other, Long::sum);
    }

    public Amounts minus(Amounts other) {
        return combined(other, (mine, theirs) -> mine - theirs);
    }

    /** In every dimension the lesser of the two. */
    public Amounts least(Amounts other) {
        return combined(other, Math::min);
    }

    /** Whether of everything that this names there is enough. */
    public boolean fitsIn(Amounts available) {
        for (int d = 0; d < dimensions.length; d++) {
            if (quantities[d] > available.get(dimensions[d])) {
                return false;
            }
        }
        return true;
    }

    private Amounts combined(Amounts other, LongBinaryOperator operator) {
        String[] all = dimensions;
        if (!Arrays.equals(dimensions, other.dimensions)) {
            all = union(dimensions, other.dimensions);
        }
        long[] combined = new long[all.length];
        for (int d = 0; d < all.length; d++) {
            combined[d] = operator.applyAsLong(get(all[d]), other.get(all[d]));
        }
        return of(all, combined);
    }

    private static String[] union(String[] some, String[] others) {
        String[] all = Arrays.copyOf(some, some.length + others.length);
        System.arraycopy(others, 0, all, some.length, others.length);
        return Arrays.stream(all).sorted().distinct().toArray(String[]::new);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Amounts amounts
                && Arrays.equals(dimensions, amounts.dimensions)
                && Arrays.equals(quantities, amounts.quantities);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(dimensions) + Arrays.hashCode(quantities);
    }

    @Override
    public String toString() {
        return values().toString();
    }

    /** The names of what is named; not to be changed. */
    String[] dimensions() {
        return dimensions;
    }
}
