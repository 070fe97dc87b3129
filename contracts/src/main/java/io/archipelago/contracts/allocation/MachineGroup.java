package io.archipelago.contracts.allocation;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Machines of one site that are alike. Their names, addresses and MACs are functions of the site's number and their ordinals, see
 * {@link ClusterAddressing}. The ordinals follow each other, but for those that are retired.
 *
 * @param role what the machines are for
 * @param firstOrdinal the ordinal of the first, retired or not
 * @param count how many, at least 1
 * @param retired the ordinals of machines that were of the group once; they are never used again
 * @param cpus virtual processors of each, at least 1
 * @param memoryBytes memory of each, at least 1
 * @param diskBytes size of each machine's volume, at least 1
 * @param maxPerHost how many of the group may share one host, at least 1
 */
public record MachineGroup(
        MachineRole role,
        int firstOrdinal,
        int count,
        SortedSet<Integer> retired,
        int cpus,
        long memoryBytes,
        long diskBytes,
        int maxPerHost) {

    public MachineGroup {
        if (firstOrdinal < 1 || count < 1 || cpus < 1 || memoryBytes < 1 || diskBytes < 1 || maxPerHost < 1) {
            throw new IllegalArgumentException("every figure of a machine group is at least 1");
        }
        retired = Collections.unmodifiableSortedSet(new TreeSet<>(retired));
    }

    /** A group of which no machine was ever retired. */
    public MachineGroup(
            MachineRole role, int firstOrdinal, int count, int cpus, long memoryBytes, long diskBytes, int maxPerHost) {
        this(role, firstOrdinal, count, Collections.emptySortedSet(), cpus, memoryBytes, diskBytes, maxPerHost);
    }

    /** The ordinals of the machines, from the lowest on. */
    public List<Integer> ordinals() {
        return IntStream.iterate(firstOrdinal, ordinal -> ordinal + 1)
                .filter(ordinal -> !retired.contains(ordinal))
                .limit(count)
                .boxed()
                .toList();
    }

    /** Whether two groups are the same but for machines that took the place of others. */
    public boolean isLike(MachineGroup other) {
        return equals(new MachineGroup(
                other.role,
                other.firstOrdinal,
                other.count,
                retired,
                other.cpus,
                other.memoryBytes,
                other.diskBytes,
                other.maxPerHost));
    }

    /** Whether another group is of machines like these under the same names, and none that is retired here is of it. */
    public boolean mayBecome(MachineGroup other) {
        return other.retired.containsAll(retired)
                && isLike(new MachineGroup(
                        other.role,
                        other.firstOrdinal,
                        count,
                        retired,
                        other.cpus,
                        other.memoryBytes,
                        other.diskBytes,
                        other.maxPerHost));
    }

    /** The group with as many machines more as it takes to have all those of a group that it {@link #mayBecome}. */
    public MachineGroup covering(MachineGroup other) {
        int last = Collections.max(other.ordinals());
        MachineGroup more = this;
        while (Collections.max(more.ordinals()) < last) {
            more = more.plus(1);
        }
        return more;
    }

    /** Only the first so many machines of the group. */
    public MachineGroup first(int machines) {
        return new MachineGroup(role, firstOrdinal, machines, retired, cpus, memoryBytes, diskBytes, maxPerHost);
    }

    /** The group with so many machines more, under ordinals that none of it had before. */
    public MachineGroup plus(int more) {
        return first(count + more);
    }

    /**
     * The group without those of its machines that have one of these ordinals, which are retired.
     *
     * @throws IllegalArgumentException if no machine is left
     */
    public MachineGroup without(Collection<Integer> ordinals) {
        SortedSet<Integer> gone = new TreeSet<>(ordinals());
        gone.retainAll(ordinals);
        int left = count - gone.size();
        gone.addAll(retired);
        return new MachineGroup(role, firstOrdinal, left, gone, cpus, memoryBytes, diskBytes, maxPerHost);
    }

    /** What a machine is for. */
    public enum MachineRole {
        FRONTEND,
        COMPUTE
    }
}
