package io.archipelago.agent.drivers.volume;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Programs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The volume groups of a host, by LVM's commands. Of what is not ours nothing is changed. */
final class LogicalVolumes {

    private static final String FIELDS = "vg_name,lv_name,pool_lv,lv_size,vg_extent_size,lv_active,lv_tags";

    private final Programs programs;

    LogicalVolumes(Programs programs) {
        this.programs = programs;
    }

    /** All logical volumes of the host, also those of others. */
    List<LogicalVolume> all() throws DriverFault {
        String told =
                programs.run("lvs", "--noheadings", "--separator", "|", "--units", "b", "--nosuffix", "-o", FIELDS);
        List<LogicalVolume> volumes = new ArrayList<>();
        for (String line : told.lines().toList()) {
            if (!line.isBlank()) {
                volumes.add(parse(line));
            }
        }
        return volumes;
    }

    /** What volumes can be made in, with its size in bytes: volume groups, and thin pools as {@code group/pool}. */
    Map<String, Long> pools() throws DriverFault {
        Map<String, Long> pools = new TreeMap<>();
        tell(
                pools,
                programs.run(
                        "vgs",
                        "--noheadings",
                        "--separator",
                        "|",
                        "--units",
                        "b",
                        "--nosuffix",
                        "-o",
                        "vg_name,vg_size"));
        tell(
                pools,
                programs.run(
                        "lvs",
                        "--noheadings",
                        "--separator",
                        "|",
                        "--units",
                        "b",
                        "--nosuffix",
                        "--select",
                        "lv_layout=pool",
                        "-o",
                        "lv_full_name,lv_size"));
        return pools;
    }

    private static void tell(Map<String, Long> pools, String told) {
        told.lines()
                .map(line -> line.strip().split("\\|", -1))
                .filter(fields -> fields.length == 2)
                .forEach(fields -> pools.put(fields[0], Long.parseLong(fields[1])));
    }

    /** Makes one with our tag on it, its beginning without any trace of a file system. */
    void create(String pool, String name, long bytes, String tag) throws DriverFault {
        int slash = pool.indexOf('/');
        if (slash < 0) {
            programs.run(
                    "lvcreate",
                    "-qq",
                    "--yes",
                    "--wipesignatures",
                    "y",
                    "--zero",
                    "y",
                    "--addtag",
                    tag,
                    "--size",
                    bytes + "b",
                    "--name",
                    name,
                    pool);
        } else {
            programs.run(
                    "lvcreate",
                    "-qq",
                    "--yes",
                    "--addtag",
                    tag,
                    "--virtualsize",
                    bytes + "b",
                    "--name",
                    name,
                    "--thinpool",
                    pool);
        }
    }

    void extend(LogicalVolume volume, long bytes) throws DriverFault {
        programs.run("lvextend", "-qq", "--size", bytes + "b", volume.path());
    }

    /** Makes the devices of all logical volumes of a group. */
    void activate(LogicalVolume volume) throws DriverFault {
        programs.run("lvchange", "-qq", "--activate", "y", volume.path());
    }

    /** Gives one a tag, and takes others from it, in one step. */
    void retag(LogicalVolume volume, String tag, List<String> former) throws DriverFault {
        List<String> command = new ArrayList<>(List.of("lvchange", "-qq", "--addtag", tag));
        for (String each : former) {
            if (!each.equals(tag)) {
                command.addAll(List.of("--deltag", each));
            }
        }
        command.add(volume.path());
        programs.run(command.toArray(String[]::new));
    }

    void remove(LogicalVolume volume) throws DriverFault {
        programs.run("lvremove", "-qq", "--yes", volume.path());
    }

    /** Whether a thin pool gives nobody what another has written. */
    boolean zeroes(String thinPool) throws DriverFault {
        return programs.run("lvs", "--noheadings", "-o", "zero", thinPool)
                .strip()
                .equals("zero");
    }

    private static LogicalVolume parse(String line) throws DriverFault {
        String[] fields = line.strip().split("\\|", -1);
        try {
            return new LogicalVolume(
                    fields[0],
                    fields[1],
                    fields[2],
                    Long.parseLong(fields[3]),
                    Long.parseLong(fields[4]),
                    fields[5].equals("active"),
                    fields[6].isEmpty() ? Set.of() : Set.of(fields[6].split(",")));
        } catch (ArrayIndexOutOfBoundsException | NumberFormatException e) {
            throw DriverFault.failed("lvs says something that is not understood: " + line.strip());
        }
    }
}
