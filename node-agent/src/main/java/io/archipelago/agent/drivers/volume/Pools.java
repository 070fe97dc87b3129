package io.archipelago.agent.drivers.volume;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Programs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a host's pools have room for, and what is wrong with them. Cheap to ask: see {@link LvmState}. */
public final class Pools {

    /** In units of this the storage service books. */
    private static final long BOOKED_UNIT = 4L << 20;

    private static final long MIB = 1L << 20;

    private final Lvm lvm;
    private final List<String> names;

    /**
     * @param names those that are for volumes, as in {@link #of}
     */
    Pools(Lvm lvm, List<String> names) {
        this.lvm = lvm;
        this.names = List.copyOf(names);
    }

    /** Whom to ask. */
    @FunctionalInterface
    interface Lvm {
        LvmState.Told told() throws DriverFault;
    }

    /**
     * The pools of a host.
     *
     * @param names those that are for volumes: volume groups, and thin pools as {@code group/pool}
     */
    public static Pools of(Programs programs, List<String> names) {
        return new Pools(new LogicalVolumes(programs)::told, names);
    }

    /**
     * What was found.
     *
     * @param bytes by the name of the pool, the space that our volumes may take, with what they have already
     * @param problems a sentence for each pool that is not as it should be
     */
    public record Found(Map<String, Long> bytes, List<String> problems) {
        public Found {
            bytes = Map.copyOf(bytes);
            problems = List.copyOf(problems);
        }
    }

    /** Looks at them. */
    public Found look() throws DriverFault {
        Map<String, Long> bytes = new TreeMap<>();
        List<String> problems = new ArrayList<>();
        for (String name : names) {
            Optional<Long> size = bytes(name);
            size.ifPresent(each -> bytes.put(name, each));
            String problem = problem(name);
            if (!problem.isEmpty()) {
                problems.add(problem);
            }
        }
        return new Found(bytes, problems);
    }

    /** What keeps volumes from being made in a pool, or from being as large as was booked, a sentence; empty if nothing does. */
    String problem(String pool) throws DriverFault {
        if (!names.contains(pool)) {
            // The host's own systems lie in such a one.
            return "this host has no pool %s for volumes: agent.host.pools names %s"
                    .formatted(pool, String.join(", ", names));
        }
        LvmState.Group group = lvm.told().groups().get(LogicalVolume.group(pool));
        if (group == null || bytes(pool).isEmpty()) {
            return "this host has no pool %s: make it with %s, or name another"
                    .formatted(pool, LogicalVolume.isThinPool(pool) ? "lvcreate --type thin-pool" : "vgcreate");
        }
        if (BOOKED_UNIT % group.extentBytes() != 0) {
            return "the pool %s gives space in units of %d MiB, and what is booked are multiples of 4 MiB: make it with vgcreate --physicalextentsize 4m"
                    .formatted(pool, group.extentBytes() / MIB);
        }
        // A thin pool that hands out what another tenant has written is of no use.
        boolean zeroes = !LogicalVolume.isThinPool(pool)
                || thinPool(pool).filter(LogicalVolume::zeroes).isPresent();
        return zeroes
                ? ""
                : "the thin pool %s does not zero what it hands out: lvchange --zero y %s".formatted(pool, pool);
    }

    private Optional<Long> bytes(String pool) throws DriverFault {
        List<LogicalVolume> inIt = lvm.told().volumes().stream()
                .filter(volume -> volume.pool().equals(pool))
                .toList();
        if (LogicalVolume.isThinPool(pool)) {
            // What others may still fill is not for us.
            return thinPool(pool).map(thinPool -> Math.max(0, thinPool.bytes() - bytes(inIt, false)));
        }
        return Optional.ofNullable(lvm.told().groups().get(pool)).map(group -> group.freeBytes() + bytes(inIt, true));
    }

    private static long bytes(List<LogicalVolume> volumes, boolean ours) {
        return volumes.stream()
                .filter(volume -> volume.isOurs() == ours)
                .mapToLong(LogicalVolume::bytes)
                .sum();
    }

    private Optional<LogicalVolume> thinPool(String pool) throws DriverFault {
        return lvm.told().volumes().stream()
                .filter(volume -> volume.isPool() && volume.path().equals(pool))
                .findFirst();
    }
}
