package io.archipelago.agent.drivers.disk;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.KernelTree;
import io.archipelago.contracts.host.ResourceKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Where the disks of a host are found: one link for each, which leads to the block device whatever the kernel calls it this time. A link
 * is there only while its disk is attached and is known to be the right one.
 */
public final class DiskPaths {

    /** Gone after a reboot, as the sessions are. */
    private static final Path USUAL = Path.of("/run/archipelago/disks");

    private static final Path DEVICES = Path.of("/dev");
    private static final String UNFINISHED = ".new";

    private final Path directory;

    /** Where the agent of a real host keeps them. */
    public DiskPaths() {
        this(USUAL);
    }

    DiskPaths(Path directory) {
        this.directory = directory;
    }

    /** The path of a disk. It leads to a block device as long as the disk is READY. */
    public Path of(ResourceKey disk) {
        return directory.resolve(disk.id());
    }

    /** Has just these paths lead to these block devices. */
    void lead(Map<ResourceKey, String> blocks) throws DriverFault {
        try {
            Set<Path> right = new HashSet<>();
            for (Map.Entry<ResourceKey, String> each : blocks.entrySet()) {
                Path path = of(each.getKey());
                lead(path, DEVICES.resolve(each.getValue()));
                right.add(path);
            }
            for (Path path : new KernelTree(directory).links()) {
                if (!right.contains(path)) {
                    Files.deleteIfExists(path);
                }
            }
        } catch (IOException e) {
            throw DriverFault.failed("can not keep the paths of disks in %s: %s".formatted(directory, e.getMessage()));
        }
    }

    private void lead(Path path, Path device) throws IOException {
        if (Files.isSymbolicLink(path) && Files.readSymbolicLink(path).equals(device)) {
            return;
        }
        Files.createDirectories(directory);
        Path unfinished = path.resolveSibling(path.getFileName() + UNFINISHED);
        Files.deleteIfExists(unfinished);
        Files.createSymbolicLink(unfinished, device);
        Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
    }
}
