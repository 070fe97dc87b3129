package io.archipelago.agent.drivers.volume;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.KernelTree;
import io.archipelago.agent.os.Programs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What LVM says of a host. Its commands take long, so they are asked again only if something may have changed: if we changed something,
 * if the kernel shows other devices of LVM, or after {@link #MOST_AGE}. What somebody else does behind our back without a trace in the
 * kernel, such as a change of tags, is seen that much later.
 */
final class LvmState {

    static final Duration MOST_AGE = Duration.ofSeconds(10);

    private static final String VOLUMES =
            "vg_name,lv_name,pool_lv,lv_size,vg_extent_size,lv_active,lv_tags,lv_layout,zero,lv_suspended";
    private static final String GROUPS = "vg_name,vg_free,vg_extent_size";

    private final KernelTree blocks;
    private final Programs programs;
    private final AtomicLong changes = new AtomicLong();
    private @Nullable Answer last;

    /**
     * @param blocks where the kernel shows its block devices
     */
    LvmState(KernelTree blocks, Programs programs) {
        this.blocks = blocks;
        this.programs = programs;
    }

    /**
     * A volume group.
     *
     * @param freeBytes of its space, what no logical volume has
     * @param extentBytes the unit in which it gives space
     */
    record Group(long freeBytes, long extentBytes) {}

    /**
     * What is there.
     *
     * @param volumes all logical volumes of the host, also those of others
     * @param groups all volume groups of the host, by their names
     */
    record Told(List<LogicalVolume> volumes, Map<String, Group> groups) {}

    private record Answer(Told told, long changes, String devices, long nanos) {}

    /** What is there, perhaps as it was a moment ago. */
    synchronized Told told() throws DriverFault {
        String devices = devices();
        Answer answer = last;
        if (answer != null
                && answer.changes() == changes.get()
                && answer.devices().equals(devices)
                && System.nanoTime() - answer.nanos() < MOST_AGE.toNanos()) {
            return answer.told();
        }
        // Taken before LVM is asked: what changes meanwhile is asked for again.
        long before = changes.get();
        long nanos = System.nanoTime();
        Told told = new Told(volumes(), groups());
        last = new Answer(told, before, devices, nanos);
        return told;
    }

    /** What was told before holds no longer. */
    void changed() {
        changes.incrementAndGet();
    }

    private String devices() throws DriverFault {
        StringBuilder devices = new StringBuilder();
        for (String name : blocks.names()) {
            if (name.startsWith("dm-")) {
                KernelTree device = blocks.at(name);
                devices.append(device.at("dm").text("name").orElse(""))
                        .append(device.at("dm").text("uuid").orElse(""))
                        .append(device.at("dm").text("suspended").orElse(""))
                        .append(device.text("size").orElse(""))
                        .append('\n');
            }
        }
        return devices.toString();
    }

    private List<LogicalVolume> volumes() throws DriverFault {
        List<LogicalVolume> volumes = new ArrayList<>();
        for (String line : lines("lvs", VOLUMES)) {
            volumes.add(LogicalVolume.parse(line));
        }
        return List.copyOf(volumes);
    }

    private Map<String, Group> groups() throws DriverFault {
        Map<String, Group> groups = new TreeMap<>();
        for (String line : lines("vgs", GROUPS)) {
            String[] fields = line.split("\\|", -1);
            try {
                groups.put(fields[0], new Group(Long.parseLong(fields[1]), Long.parseLong(fields[2])));
            } catch (ArrayIndexOutOfBoundsException | NumberFormatException e) {
                throw DriverFault.failed("vgs says something that is not understood: " + line);
            }
        }
        return Map.copyOf(groups);
    }

    private List<String> lines(String program, String fields) throws DriverFault {
        return programs.run(program, "--noheadings", "--separator", "|", "--units", "b", "--nosuffix", "-o", fields)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }
}
