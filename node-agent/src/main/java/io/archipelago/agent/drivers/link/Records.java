package io.archipelago.agent.drivers.link;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.wire.Json;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is written of each link before anything of it is made, and taken away after the last of it is gone: nothing that was half made or
 * half removed is ever overlooked. It lies where the kernel's devices do not outlive it, in a directory that goes with the power.
 */
final class Records {

    private static final FileAttribute<?> OURS_ALONE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path root;

    /**
     * @param root of a directory for each link
     */
    Records(Path root) {
        this.root = root;
    }

    /**
     * A link that is here, or a part of one.
     *
     * @param link what it is to be
     * @param made whether all of it was made
     */
    record Record(Link link, boolean made) {}

    List<Record> all() throws DriverFault {
        List<Record> all = new ArrayList<>();
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(root)) {
            for (Path directory : directories) {
                read(directory).ifPresent(all::add);
            }
            return all;
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw DriverFault.failed("can not read %s: %s".formatted(root, e.getMessage()));
        }
    }

    Optional<Record> of(ResourceKey key) throws DriverFault {
        return read(directory(key));
    }

    void write(Record record) throws DriverFault {
        put(record.link().key(), "link.json", Json.write(record));
    }

    /** The directory of a link, for what belongs to it; only root can look into it. */
    Path directory(ResourceKey key) {
        return root.resolve(Link.device(key));
    }

    /** Writes a file in the directory of a link, whole or not at all. */
    Path put(ResourceKey key, String name, String content) throws DriverFault {
        Path directory = directory(key);
        Path next = directory.resolve(name + ".next");
        Path file = directory.resolve(name);
        try {
            Files.createDirectories(root, OURS_ALONE);
            Files.createDirectories(directory, OURS_ALONE);
            Files.writeString(next, content);
            return Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw DriverFault.failed("can not write %s: %s".formatted(file, e.getMessage()));
        }
    }

    /** That both ends were seen to work together: the next agent does not doubt it at once. */
    void noteProven(ResourceKey key, boolean proven) throws DriverFault {
        if (proven) {
            put(key, "proven", "");
        } else {
            delete(directory(key).resolve("proven"));
        }
    }

    boolean isProven(ResourceKey key) {
        return Files.exists(directory(key).resolve("proven"));
    }

    void remove(ResourceKey key) throws DriverFault {
        Path directory = directory(key);
        // The record last: whatever cuts this off, the link is still known.
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, file -> !file.endsWith("link.json"))) {
            for (Path file : files) {
                delete(file);
            }
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            throw DriverFault.failed("can not read %s: %s".formatted(directory, e.getMessage()));
        }
        delete(directory.resolve("link.json"));
        delete(directory);
    }

    private static void delete(Path file) throws DriverFault {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw DriverFault.failed("can not remove %s: %s".formatted(file, e.getMessage()));
        }
    }

    private static Optional<Record> read(Path directory) throws DriverFault {
        Path file = directory.resolve("link.json");
        try {
            return Optional.of(Json.read(Files.readString(file), Record.class));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | IllegalStateException e) {
            throw DriverFault.failed(
                    "can not read %s; if it is damaged, remove it: %s".formatted(file, e.getMessage()));
        }
    }
}
