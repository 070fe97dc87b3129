package io.archipelago.agent.drivers.volume;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Programs;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The volume groups of a host, by LVM's commands. Of what is not ours nothing is changed. */
final class LogicalVolumes {

    private static final String FIELDS = "vg_name,lv_name,pool_lv,lv_size,lv_active,lv_tags";

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
                    fields[4].equals("active"),
                    fields[5].isEmpty() ? Set.of() : Set.of(fields[5].split(",")));
        } catch (ArrayIndexOutOfBoundsException | NumberFormatException e) {
            throw DriverFault.failed("lvs says something that is not understood: " + line.strip());
        }
    }
}
