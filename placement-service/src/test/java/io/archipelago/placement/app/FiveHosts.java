package io.archipelago.placement.app;

import static io.archipelago.testkit.ParticipantFixture.OSAKA;
import static io.archipelago.testkit.ParticipantFixture.minutes;
import static io.archipelago.testkit.ParticipantFixture.spec;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.testkit.BookedRows;
import io.archipelago.testkit.ParticipantFixture;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A site of five compute hosts: two are short of processors, two of memory, one of both. */
final class FiveHosts {

    static final HostId FIRST = ParticipantFixture.COMPUTE;
    static final HostId SECOND = new HostId("tokyo-c02");
    static final HostId THIRD = new HostId("tokyo-c03");
    static final HostId FOURTH = new HostId("tokyo-c04");
    static final HostId FIFTH = new HostId("tokyo-c05");
    static final List<HostId> ALL = List.of(FIRST, SECOND, THIRD, FOURTH, FIFTH);

    static final long GIB = 1L << 30;

    private static final String CPUS = "cpus";
    private static final String MEMORY = "memory";
    private static final int PLENTY = 64;

    private FiveHosts() {}

    static void speak(ParticipantFixture site) {
        site.compute(FIRST, 12, PLENTY * GIB);
        site.compute(SECOND, 10, PLENTY * GIB);
        site.compute(THIRD, PLENTY, 12 * GIB);
        site.compute(FOURTH, PLENTY, 10 * GIB);
        site.compute(FIFTH, 8, 8 * GIB);
    }

    /** Machines that are alike. */
    static MachineGroup group(int firstOrdinal, int count, int cpus, int gib, int maxPerHost) {
        return new MachineGroup(MachineRole.COMPUTE, firstOrdinal, count, cpus, gib * GIB, GIB, maxPerHost);
    }

    /** A cluster of one machine. */
    static AllocationSpec machine(TimeWindow window, int cpus, int gib) {
        return spec(OSAKA, window, List.of(group(1, 1, cpus, gib, 1)));
    }

    /**
     * A cluster of a single group, of which only so many may share a host, or of two groups of machines of one size, which may share hosts as they like: of
     * those the earliest start is exact.
     */
    static AllocationSpec even(Random random) {
        int cpus = 1 + random.nextInt(3);
        int gib = 1 + random.nextInt(3);
        int count = 1 + random.nextInt(4);
        List<MachineGroup> groups = random.nextBoolean()
                ? List.of(group(1, count, cpus, gib, 1 + random.nextInt(3)))
                : List.of(group(1, 1, cpus, gib, 1), group(2, count, cpus, gib, count));
        return spec(OSAKA, window(random), groups);
    }

    /** A cluster of two groups of machines of any size. */
    static AllocationSpec uneven(Random random) {
        int count = 1 + random.nextInt(4);
        return spec(
                OSAKA,
                window(random),
                List.of(
                        group(1, 1, 1 + random.nextInt(4), 1 + random.nextInt(4), 1),
                        group(2, count, 1 + random.nextInt(3), 1 + random.nextInt(3), 1 + random.nextInt(count))));
    }

    private static TimeWindow window(Random random) {
        int start = random.nextInt(240);
        return minutes(start, start + 10 + random.nextInt(50));
    }

    /** Whether machines of some groups fit beside what is booked, by trying all ways to spread them. */
    static boolean fit(BookedRows rows, List<MachineGroup> groups, TimeWindow booked) {
        long[] cpus = ALL.stream()
                .mapToLong(host -> rows.free(host.value(), CPUS, booked))
                .toArray();
        long[] memory = ALL.stream()
                .mapToLong(host -> rows.free(host.value(), MEMORY, booked))
                .toArray();
        return groups.isEmpty() || spread(groups, groups.getFirst().count(), 0, cpus, memory);
    }

    /** Spreads what is left of the first group over the hosts from one on, and then the other groups. */
    private static boolean spread(List<MachineGroup> groups, int left, int host, long[] cpus, long[] memory) {
        if (left == 0) {
            List<MachineGroup> others = groups.subList(1, groups.size());
            return others.isEmpty() || spread(others, others.getFirst().count(), 0, cpus, memory);
        }
        if (host == ALL.size()) {
            return false;
        }
        MachineGroup group = groups.getFirst();
        for (int here = 0; here <= Math.min(left, group.maxPerHost()); here++) {
            long[] cpusLeft = cpus.clone();
            long[] memoryLeft = memory.clone();
            cpusLeft[host] -= (long) here * group.cpus();
            memoryLeft[host] -= here * group.memoryBytes();
            if (cpusLeft[host] >= 0
                    && memoryLeft[host] >= 0
                    && spread(groups, left - here, host + 1, cpusLeft, memoryLeft)) {
                return true;
            }
        }
        return false;
    }

    /** What must be booked of each host if the machines of a cluster are where it was said. */
    static Map<String, Map<String, Long>> amounts(AllocationSpec spec, Facts.Hosts hosts) {
        Map<String, Map<String, Long>> amounts = new TreeMap<>();
        for (MachineGroup group : spec.groups()) {
            for (int ordinal = group.firstOrdinal(); ordinal < group.firstOrdinal() + group.count(); ordinal++) {
                HostId host = hosts.hosts().get(ordinal);
                Map<String, Long> there = amounts.computeIfAbsent(String.valueOf(host), none -> new TreeMap<>());
                there.merge(CPUS, (long) group.cpus(), Long::sum);
                there.merge(MEMORY, group.memoryBytes(), Long::sum);
            }
        }
        return amounts;
    }
}
