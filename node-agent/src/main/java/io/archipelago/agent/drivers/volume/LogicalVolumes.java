package io.archipelago.agent.drivers.volume;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.KernelTree;
import io.archipelago.agent.os.Programs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The volume groups of a host, by LVM's commands. Of what is not ours nothing is changed. */
final class LogicalVolumes {

    private final LvmState state;
    private final Programs programs;

    LogicalVolumes(Programs programs) {
        this.state = new LvmState(new KernelTree(Path.of("/sys/block")), programs);
        this.programs = programs;
    }

    /** What is there, perhaps as it was a moment ago. */
    LvmState.Told told() throws DriverFault {
        return state.told();
    }

    /** All logical volumes of the host, also those of others, perhaps as they were a moment ago. */
    List<LogicalVolume> all() throws DriverFault {
        return told().volumes();
    }

    /** The same, as they are now: before something that can not be undone. */
    List<LogicalVolume> allNow() throws DriverFault {
        state.changed();
        return all();
    }

    /** Makes one with our tag on it, in one step, its beginning without any trace of a file system. */
    void create(String pool, String name, long bytes, String tag) throws DriverFault {
        List<String> command = new ArrayList<>(List.of("lvcreate", "-qq", "--yes", "--addtag", tag, "--name", name));
        if (LogicalVolume.isThinPool(pool)) {
            command.addAll(List.of("--virtualsize", bytes + "b", "--thinpool", pool));
        } else {
            command.addAll(List.of("--wipesignatures", "y", "--zero", "y", "--size", bytes + "b", pool));
        }
        change(command);
    }

    void extend(LogicalVolume volume, long bytes) throws DriverFault {
        change(List.of("lvextend", "-qq", "--size", bytes + "b", volume.path()));
    }

    /** Has the kernel make the device of one. */
    void activate(LogicalVolume volume) throws DriverFault {
        change(List.of("lvchange", "-qq", "--activate", "y", volume.path()));
    }

    /** Has the kernel take a device of one anew, and so go on with it if it is suspended. */
    void refresh(LogicalVolume volume) throws DriverFault {
        change(List.of("lvchange", "-qq", "--refresh", volume.path()));
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
        change(command);
    }

    void remove(LogicalVolume volume) throws DriverFault {
        change(List.of("lvremove", "-qq", "--yes", volume.path()));
    }

    /** Also if it fails: it may have done a part, and was perhaps told of what is there no more. */
    private void change(List<String> command) throws DriverFault {
        try {
            programs.run(command.toArray(String[]::new));
        } finally {
            state.changed();
        }
    }
}
