package io.archipelago.agent.drivers.machine;

import io.archipelago.agent.drivers.DriverFault;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * What machines say on their serial lines: {@code <domain>.log}, and in {@code <domain>.log.old} what was there before it grew too long.
 * Only root may read them. They are there as long as the machine is.
 */
final class Consoles {

    private static final Logger LOG = Logger.getLogger(Consoles.class);

    private final Path directory;
    private final long mostBytes;

    /**
     * @param directory where they lie
     * @param mostBytes how long one may grow
     */
    Consoles(Path directory, long mostBytes) {
        this.directory = directory;
        this.mostBytes = mostBytes;
    }

    /** The file of a machine's console; its directory is there afterwards. */
    Path file(String domain) throws DriverFault {
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw fault(directory, "made", e);
        }
        return directory.resolve(domain + ".log");
    }

    /**
     * Puts aside what a machine has said, if it is too much. QEMU keeps the file open and appends to it, so it is copied and emptied; what
     * is said between the two is lost.
     */
    void trim(String domain) throws DriverFault {
        Path file = directory.resolve(domain + ".log");
        try {
            if (Files.size(file) > mostBytes) {
                putAside(file, directory.resolve(domain + ".log.old"));
                FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
                        .close();
            }
        } catch (NoSuchFileException e) {
            // it has said nothing yet
        } catch (IOException e) {
            throw fault(file, "shortened", e);
        }
    }

    /** Where there is no room for two the longer one goes all the same: the host needs the room more than anybody the text. */
    private static void putAside(Path file, Path old) {
        try {
            Files.copy(file, old, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warnf("%s is emptied without a copy: %s", file, e.getMessage());
        }
    }

    /** Removes all that a machine has said, also what virtlogd has put aside. */
    void remove(String domain) throws DriverFault {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, domain + ".log*")) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            // there never was one
        } catch (IOException e) {
            throw fault(directory, "emptied", e);
        }
    }

    /** Removes what was said by machines that are no more: of those that were lost with their host's power nobody says so. */
    void keepOnly(Set<String> domains) throws DriverFault {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.log*")) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (!domains.contains(name.substring(0, name.indexOf(".log")))) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (NoSuchFileException e) {
            // there never was one
        } catch (IOException e) {
            throw fault(directory, "emptied", e);
        }
    }

    private static DriverFault fault(Path what, String done, IOException why) {
        return DriverFault.failed("%s can not be %s: %s".formatted(what, done, why.getMessage()));
    }
}
