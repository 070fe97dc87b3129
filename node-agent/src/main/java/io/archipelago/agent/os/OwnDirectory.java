package io.archipelago.agent.os;

import io.archipelago.agent.drivers.DriverFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory with the files that a driver writes for one resource, readable for daemons that run as other users: nothing secret lies in
 * it. A file is there whole or not at all, for it may be read at any moment.
 */
public record OwnDirectory(Path path) {

    /** Makes it, if it is not there. */
    public void make() throws DriverFault {
        try {
            Files.createDirectories(path);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw fault("make", path, e);
        }
    }

    public Path file(String name) {
        return path.resolve(name);
    }

    /** What a file says; nothing if it is not there. */
    public List<String> lines(String name) throws DriverFault {
        try {
            return Files.exists(file(name)) ? Files.readAllLines(file(name)) : List.of();
        } catch (IOException e) {
            throw fault("read", file(name), e);
        }
    }

    public void write(String name, List<String> lines) throws DriverFault {
        Path made = file(name + ".new");
        try {
            Files.write(made, lines);
            Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-r--r--"));
            Files.move(made, file(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw fault("write", file(name), e);
        }
    }

    public void delete(String name) throws DriverFault {
        try {
            Files.deleteIfExists(file(name));
        } catch (IOException e) {
            throw fault("delete", file(name), e);
        }
    }

    /** Deletes it with all that is in it; does nothing if it is not there. */
    public void delete() throws DriverFault {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> below = Files.walk(path)) {
            for (Path each : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw fault("delete", path, e);
        }
    }

    /** Gives it another name at once. */
    public void rename(OwnDirectory to) throws DriverFault {
        try {
            Files.move(path, to.path(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw fault("rename", path, e);
        }
    }

    /** Gives it to a user of the host. */
    public void giveTo(String user) throws DriverFault {
        try {
            Files.setOwner(
                    path, path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user));
        } catch (IOException e) {
            throw DriverFault.failed("can not give %s to the user %s: %s".formatted(path, user, e.getMessage()));
        }
    }

    private static DriverFault fault(String what, Path path, IOException why) {
        return DriverFault.failed("can not %s %s: %s".formatted(what, path, why.getMessage()));
    }
}
