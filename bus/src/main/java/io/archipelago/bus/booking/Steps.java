package io.archipelago.bus.booking;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Instants at which what is booked changes, in order: a node of a tree, whose entries are single steps or, above those, further nodes. Nothing
 * of it ever changes; a tree that differs in one step shares all but the O(log n) nodes on the way to it with the one that it came from.
 *
 * <p>A B+ tree (Bayer and McCreight, 1972; Comer, 1979), copied along the path that changes (Rodeh, 2008). Its nodes are wide, and what they know
 * of their entries lies side by side, because a processor waits longer for the next node than it needs to read through this one: when an
 * entry begins, how high the level is after it, and how high it gets in it, both relative to the level before the node.
 */
final class Steps {

    /** No instant. */
    static final long NONE = Long.MIN_VALUE;

    private static final int MOST = 16;
    /** A node with fewer joins its neighbour. Far below half of the most, so that few changes join or halve anything. */
    private static final int FEWEST = 4;

    private static final Steps[] NO_NODES = {};

    private final int dimensions;
    private final int size;
    /** How many figures there are of each entry. */
    private final int width;

    /** Of each entry in turn: its instant, the level after it by dimension, and of a node the peak in it by dimension; a step's is the level itself. */
    private final long[] figures;

    /** Null if the entries are steps. */
    private final Steps @Nullable [] nodes;

    private Steps(int dimensions, long[] figures, Steps @Nullable [] nodes) {
        this.dimensions = dimensions;
        this.width = 1 + (nodes == null ? 1 : 2) * dimensions;
        this.size = figures.length / width;
        this.figures = figures;
        this.nodes = nodes;
    }

    /** A tree without steps. */
    static Steps none(int dimensions) {
        return new Steps(dimensions, new long[0], null);
    }

    boolean isEmpty() {
        return figures.length == 0;
    }

    /** The same steps, one of them changed by so much; one that changes nothing any more is none. */
    Steps changed(long at, long[] by) {
        if (isNothing(by)) {
            return this;
        }
        Steps root = edited(at, by);
        if (root.size > MOST) {
            Steps[] halves = root.halves();
            root = new Steps(dimensions, rows(halves, new long[dimensions]), halves);
        }
        return root.nodes != null && root.size == 1 ? root.nodes[0] : root;
    }

    /** Adds to a level, by dimension, what all steps up to an instant, that one included, change. */
    void addUpTo(long at, long[] level) {
        Steps node = this;
        int last = node.lastUpTo(at);
        while (last >= 0 && node.nodes != null) {
            node.add(level, last - 1, 1);
            node = node.nodes[last];
            last = node.lastUpTo(at);
        }
        node.add(level, last, 1);
    }

    /**
     * Raises {@code highest} to what the level is from any step between two instants on, both excluded.
     *
     * @param level before all of these steps; afterwards the same
     */
    void raise(long from, long to, long[] level, long[] highest) {
        raise(Long.MAX_VALUE, from, to, level, highest);
    }

    /** The same of steps that all lie before {@code high}: in a node of which none lies beyond, nobody looks closer. */
    private void raise(long high, long from, long to, long[] level, long[] highest) {
        for (int i = Math.max(0, lastUpTo(from)); i < size && at(i) < to; i++) {
            long end = i + 1 < size ? at(i + 1) : high;
            if (nodes != null && (at(i) <= from || end > to)) {
                add(level, i - 1, 1);
                nodes[i].raise(end, from, to, level, highest);
                add(level, i - 1, -1);
            } else if (at(i) > from) {
                for (int d = 0; d < dimensions; d++) {
                    highest[d] = Math.max(highest[d], level[d] + peak(i, d));
                }
            }
        }
    }

    /**
     * The last step between two instants, both excluded, from which on the level is above a limit in any dimension; {@link #NONE} if there is none.
     *
     * @param level before all of these steps; afterwards the same
     */
    long lastAbove(long from, long to, long[] level, long[] limit) {
        for (int i = lastUpTo(to - 1); i >= 0; i--) {
            if (reachesAbove(i, level, limit)) {
                if (nodes == null) {
                    return at(i) > from ? at(i) : NONE;
                }
                add(level, i - 1, 1);
                long found = nodes[i].lastAbove(from, to, level, limit);
                add(level, i - 1, -1);
                if (found != NONE) {
                    return found;
                }
            }
            if (at(i) <= from) {
                return NONE;
            }
        }
        return NONE;
    }

    /** The first step after an instant; {@link #NONE} if there is none. */
    long next(long at) {
        long next = NONE;
        Steps node = this;
        while (node != null) {
            int last = node.lastUpTo(at);
            if (last + 1 < node.size) {
                next = node.at(last + 1);
            }
            node = node.nodes == null || last < 0 ? null : node.nodes[last];
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

    /** What {@link #changed} does in this node and those below it. It may have an entry too many then, too few, or none. */
    private Steps edited(long at, long[] by) {
        int last = lastUpTo(at);
        if (nodes != null) {
            int i = Math.max(0, last);
            return replaced(i, nodes[i].edited(at, by));
        }
        if (last < 0 || at(last) < at) {
            return new Steps(dimensions, spliced(last + 1, last + 1, row(at, last, by), by), null);
        }
        long[] change = by.clone();
        add(change, last, 1);
        add(change, last - 1, -1);
        long[] row = isNothing(change) ? new long[0] : row(at, last, by);
        return new Steps(dimensions, spliced(last, last + 1, row, by), null);
    }

    /** A step after which the level is so much higher than after another. */
    private long[] row(long at, int than, long[] by) {
        long[] level = by.clone();
        add(level, than, 1);
        long[] row = new long[1 + dimensions];
        row[0] = at;
        System.arraycopy(level, 0, row, 1, dimensions);
        return row;
    }

    /** With another node in the place of one. */
    private Steps replaced(int i, Steps by) {
        Steps[] mine = nodes == null ? NO_NODES : nodes;
        int from = i;
        int to = i + 1;
        Steps node = by;
        if (by.size < FEWEST && i > 0) {
            from = i - 1;
            node = mine[from].joined(by);
        } else if (by.size < FEWEST && to < mine.length) {
            node = by.joined(mine[to]);
            to++;
        }
        Steps[] with = node.size > MOST ? node.halves() : new Steps[] {node};
        long[] rows = rows(with, levelAfter(from - 1));
        long[] shift = new long[dimensions];
        for (int d = 0; d < dimensions; d++) {
            shift[d] = rows[rows.length - 2 * dimensions + d] - after(to - 1, d);
        }
        Steps[] all = new Steps[mine.length - (to - from) + with.length];
        System.arraycopy(mine, 0, all, 0, from);
        System.arraycopy(with, 0, all, from, with.length);
        System.arraycopy(mine, to, all, from + with.length, mine.length - to);
        return new Steps(dimensions, spliced(from, to, rows, shift), all);
    }

    /** What a node knows of others that lie in it side by side, the level before them being so high. */
    private long[] rows(Steps[] nodes, long[] level) {
        int row = 0;
        long[] rows = new long[nodes.length * (1 + 2 * dimensions)];
        for (Steps node : nodes) {
            rows[row] = node.at(0);
            for (int d = 0; d < dimensions; d++) {
                long peak = Long.MIN_VALUE;
                for (int entry = 0; entry < node.size; entry++) {
                    peak = Math.max(peak, node.peak(entry, d));
                }
                rows[row + 1 + dimensions + d] = level[d] + peak;
                level[d] += node.after(node.size - 1, d);
                rows[row + 1 + d] = level[d];
            }
            row += 1 + 2 * dimensions;
        }
        return rows;
    }

    /** The figures with others in the place of some entries', and those after them shifted. */
    private long[] spliced(int from, int to, long[] with, long[] shift) {
        long[] all = new long[figures.length - (to - from) * width + with.length];
        System.arraycopy(figures, 0, all, 0, from * width);
        System.arraycopy(with, 0, all, from * width, with.length);
        int rest = from * width + with.length;
        System.arraycopy(figures, to * width, all, rest, all.length - rest);
        shift(all, rest, shift, 1);
        return all;
    }

    /** Moves the levels in some figures, from one place on. */
    private void shift(long[] some, int place, long[] shift, int times) {
        for (int row = place; row < some.length; row += width) {
            for (int figure = 1; figure < width; figure++) {
                some[row + figure] += times * shift[(figure - 1) % dimensions];
            }
        }
    }

    /** With the entries of its neighbour after its own. */
    private Steps joined(Steps next) {
        Steps[] all = null;
        if (nodes != null && next.nodes != null) {
            all = Arrays.copyOf(nodes, nodes.length + next.nodes.length);
            System.arraycopy(next.nodes, 0, all, nodes.length, next.nodes.length);
        }
        long[] both = Arrays.copyOf(figures, figures.length + next.figures.length);
        System.arraycopy(next.figures, 0, both, figures.length, next.figures.length);
        shift(both, figures.length, levelAfter(size - 1), 1);
        return new Steps(dimensions, both, all);
    }

    private Steps[] halves() {
        int half = size / 2;
        int place = half * width;
        long[] later = Arrays.copyOfRange(figures, place, figures.length);
        shift(later, 0, levelAfter(half - 1), -1);
        return new Steps[] {
            new Steps(dimensions, Arrays.copyOf(figures, place), nodes == null ? null : Arrays.copyOf(nodes, half)),
            new Steps(dimensions, later, nodes == null ? null : Arrays.copyOfRange(nodes, half, nodes.length))
        };
    }

    /** The last entry that begins at an instant or before; -1 if there is none. */
    private int lastUpTo(long at) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (at(middle) <= at) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    private boolean reachesAbove(int entry, long[] level, long[] limit) {
        for (int d = 0; d < dimensions; d++) {
            if (level[d] + peak(entry, d) > limit[d]) {
                return true;
            }
        }
        return false;
    }

    private long[] levelAfter(int entry) {
        long[] level = new long[dimensions];
        add(level, entry, 1);
        return level;
    }

    /** Adds to a level, so many times, what the entries up to one, that one included, change. */
    private void add(long[] level, int entry, int times) {
        for (int d = 0; d < dimensions; d++) {
            level[d] += times * after(entry, d);
        }
    }

    private long at(int entry) {
        return figures[entry * width];
    }

    private long after(int entry, int dimension) {
        return entry < 0 ? 0 : figures[entry * width + 1 + dimension];
    }

    private long peak(int entry, int dimension) {
        return figures[(entry + 1) * width - dimensions + dimension];
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
