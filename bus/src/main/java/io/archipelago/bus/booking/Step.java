package io.archipelago.bus.booking;

import org.jspecify.annotations.Nullable;

/**
 * An instant at which what is booked changes, with the steps before and after it: a node of a tree that is ordered by time. Nothing of it
 * ever changes; a tree that differs in one step shares all but some O(log n) nodes with the one that it came from.
 *
 * <p>A treap (Seidel and Aragon, 1996) whose priorities are the mixed bits of the instants, so that the same steps make the same tree in
 * whatever order they came, copied along the path that changes (Driscoll, Sarnak, Sleator and Tarjan, 1989). Each node knows of the
 * steps below it, itself included, by how much they change the level together, and how high above the level before them they ever reach.
 */
final class Step {

    /** No instant. */
    static final long NONE = Long.MIN_VALUE;

    final long at;
    private final @Nullable Step before;
    private final @Nullable Step after;

    /** The change of each dimension by all of the steps here; then of each how high they reach, which may be below nothing. */
    private final long[] figures;

    private Step(long at, long[] change, @Nullable Step before, @Nullable Step after) {
        this.at = at;
        this.before = before;
        this.after = after;
        int dimensions = change.length;
        figures = new long[2 * dimensions];
        for (int d = 0; d < dimensions; d++) {
            long here = total(before, d) + change[d];
            figures[d] = here + total(after, d);
            long peak = here;
            if (before != null) {
                peak = Math.max(peak, before.peak(d));
            }
            if (after != null) {
                peak = Math.max(peak, here + after.peak(d));
            }
            figures[dimensions + d] = peak;
        }
    }

    /** The same steps, one of them changed by so much; one that changes nothing any more is none. */
    static @Nullable Step changed(@Nullable Step root, long at, long[] by) {
        if (root == null) {
            return isNothing(by) ? null : new Step(at, by, null, null);
        }
        if (at == root.at) {
            long[] change = root.change();
            for (int d = 0; d < change.length; d++) {
                change[d] += by[d];
            }
            return isNothing(change) ? joined(root.before, root.after) : new Step(at, change, root.before, root.after);
        }
        if (at < root.at) {
            Step before = changed(root.before, at, by);
            return before != null && before.isAbove(root)
                    ? before.over(before.before, root.over(before.after, root.after))
                    : root.over(before, root.after);
        }
        Step after = changed(root.after, at, by);
        return after != null && after.isAbove(root)
                ? after.over(root.over(root.before, after.before), after.after)
                : root.over(root.before, after);
    }

    /** Adds to a level, by dimension, what all steps up to an instant, that one included, change. */
    static void addUpTo(@Nullable Step root, long at, long[] level) {
        Step step = root;
        while (step != null) {
            if (step.at <= at) {
                step.add(level, 1);
                step = step.after;
            } else {
                step = step.before;
            }
        }
    }

    /**
     * Raises {@code highest} to what the level is from any step between two instants on, both excluded.
     *
     * @param level before all of these steps; afterwards it is of no use
     */
    static void raise(@Nullable Step root, long from, long to, long[] level, long[] highest) {
        raise(root, Long.MIN_VALUE, Long.MAX_VALUE, from, to, level, highest);
    }

    /** The same of steps that all lie between {@code low} and {@code high}: where nothing lies beyond, nobody looks closer. */
    private static void raise(
            @Nullable Step root, long low, long high, long from, long to, long[] level, long[] highest) {
        if (root == null) {
            return;
        }
        if (low >= from && high <= to) {
            for (int d = 0; d < level.length; d++) {
                highest[d] = Math.max(highest[d], level[d] + root.peak(d));
                level[d] += root.figures[d];
            }
            return;
        }
        if (root.at <= from) {
            root.add(level, 1);
        } else {
            raise(root.before, low, root.at, from, to, level, highest);
            if (root.at < to) {
                for (int d = 0; d < level.length; d++) {
                    level[d] += root.change(d);
                    highest[d] = Math.max(highest[d], level[d]);
                }
            }
        }
        if (root.at < to) {
            raise(root.after, root.at, high, from, to, level, highest);
        }
    }

    /**
     * The last step between two instants, both excluded, from which on the level is above a limit in any dimension; {@link #NONE} if there is none.
     *
     * @param level before all of these steps; afterwards the same
     */
    static long lastAbove(@Nullable Step root, long from, long to, long[] level, long[] limit) {
        if (root == null || !root.reachesAbove(level, limit)) {
            return NONE;
        }
        if (root.at >= to) {
            return lastAbove(root.before, from, to, level, limit);
        }
        root.add(level, 1);
        long found = lastAbove(root.after, from, to, level, limit);
        if (found == NONE && root.at > from && isAbove(level, limit)) {
            found = root.at;
        }
        root.add(level, -1);
        return found == NONE && root.at > from ? lastAbove(root.before, from, to, level, limit) : found;
    }

    /** The first step after an instant; {@link #NONE} if there is none. */
    static long next(@Nullable Step root, long at) {
        long next = NONE;
        Step step = root;
        while (step != null) {
            if (step.at > at) {
                next = step.at;
                step = step.before;
            } else {
                step = step.after;
            }
        }
        return next;
    }

    /** Whether a level is above a limit in any dimension. */
    static boolean isAbove(long[] level, long[] limit) {
        for (int d = 0; d < level.length; d++) {
            if (level[d] > limit[d]) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Step joined(@Nullable Step before, @Nullable Step after) {
        if (before == null || after == null) {
            return before == null ? after : before;
        }
        return before.isAbove(after)
                ? before.over(before.before, joined(before.after, after))
                : after.over(joined(before, after.before), after.after);
    }

    /** This step in the place of another tree's root. */
    private Step over(@Nullable Step before, @Nullable Step after) {
        return new Step(at, change(), before, after);
    }

    private boolean reachesAbove(long[] level, long[] limit) {
        for (int d = 0; d < level.length; d++) {
            if (level[d] + peak(d) > limit[d]) {
                return true;
            }
        }
        return false;
    }

    /** Adds what this step and those before it in its tree change, so many times. */
    private void add(long[] level, int times) {
        for (int d = 0; d < level.length; d++) {
            level[d] += times * (figures[d] - total(after, d));
        }
    }

    private long[] change() {
        long[] change = new long[figures.length / 2];
        for (int d = 0; d < change.length; d++) {
            change[d] = change(d);
        }
        return change;
    }

    private long change(int dimension) {
        return figures[dimension] - total(before, dimension) - total(after, dimension);
    }

    private long peak(int dimension) {
        return figures[figures.length / 2 + dimension];
    }

    private static long total(@Nullable Step step, int dimension) {
        return step == null ? 0 : step.figures[dimension];
    }

    private boolean isAbove(Step other) {
        return Long.compareUnsigned(mixed(at), mixed(other.at)) > 0;
    }

    /** No two instants have the same: each step can be undone (the last steps of SplitMix64, Steele, Lea and Flood, 2014). */
    private static long mixed(long at) {
        long z = (at ^ (at >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    private static boolean isNothing(long[] change) {
        for (long each : change) {
            if (each != 0) {
                return false;
            }
        }
        return true;
    }
}
