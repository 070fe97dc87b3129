package io.archipelago.agent.drivers.link;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.wire.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is written of each link before anything of it is made, and taken away after the last of it is gone: nothing that was half made or
 * half removed is ever overlooked. It lies where the kernel's devices do not outlive it, in a directory that goes with the power; but what
 * an appliance holds outlives the power, and so has to what is written of it.
 */
final class Records {

    private static final FileAttribute<?> OURS_ALONE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private static final String RECORD = "link.json";

    private final Path passing;
    private final Path lasting;

    /**
     * @param passing of a directory for each link whose ends are this host's
     * @param lasting of a directory for each link whose ends are an appliance's
     */
    Records(Path passing, Path lasting) {
        this.passing = passing;
        this.lasting = lasting;
    }

    /**
     * A link that is here, or a part of one.
     *
     * @param link what it is to be
     * @param made whether all of it was made
     */
    record Record(Link link, boolean made) {}

    List<Record> all() throws DriverFault {
        Map<ResourceKey, Record> all = new LinkedHashMap<>();
        for (Path root : List.of(lasting, passing)) {
            try (DirectoryStream<Path> directories = Files.newDirectoryStream(root)) {
                for (Path directory : directories) {
                    read(directory)
                            .ifPresent(record -> all.putIfAbsent(record.link().key(), record));
                }
            } catch (NoSuchFileException e) {
                // No link was ever written down here.
            } catch (IOException e) {
                throw DriverFault.failed("can not read %s: %s".formatted(root, e.getMessage()));
            }
        }
        return List.copyOf(all.values());
    }

    Optional<Record> of(ResourceKey key) throws DriverFault {
        return read(directory(key));
    }

    /** What was written of a link that was an appliance's, and is no more, goes once the new record is there. */
    void write(Record record) throws DriverFault {
        ResourceKey key = record.link().key();
        boolean lasts = record.link().spec().driver() == LinkDriver.CONSOLE;
        put(lasts ? lasting : passing, key, RECORD, Json.write(record));
        remove(directory(lasts ? passing : lasting, key));
    }

    /**
     * The directory of a link, for what belongs to it; only root can look into it. If there are two because somebody was cut off between
     * them, the one that lasts: an appliance is rather told to close twice than never.
     */
    Path directory(ResourceKey key) {
        return directory(root(key), key);
    }

    private Path root(ResourceKey key) {
        return Files.exists(directory(lasting, key)) ? lasting : passing;
    }

    private static Path directory(Path root, ResourceKey key) {
        return root.resolve(Link.device(key));
    }

    /** Writes a file in the directory of a link, whole or not at all. */
    Path put(ResourceKey key, String name, String content) throws DriverFault {
        return put(root(key), key, name, content);
    }

    /** Another thread may be writing the same file; one that says so already is left alone. */
    private static Path put(Path root, ResourceKey key, String name, String content) throws DriverFault {
        Path directory = directory(root, key);
        Path file = directory.resolve(name);
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        try {
            if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), bytes)) {
                return file;
            }
            Files.createDirectories(root, OURS_ALONE);
            Files.createDirectories(directory, OURS_ALONE);
            Path next = Files.createTempFile(directory, name, ".next");
            try {
                write(next, bytes);
                Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(next);
            }
            keep(directory);
            keep(root);
            return file;
        } catch (IOException e) {
            throw DriverFault.failed("can not write %s: %s".formatted(file, e.getMessage()));
        }
    }

    /** To the disk, if it is on one: else a power cut may leave a record of nothing, which can not be read. */
    private static void write(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
    }

    /** Has the disk keep which files are in a directory. */
    private static void keep(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory)) {
            channel.force(true);
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
        remove(directory(passing, key));
        remove(directory(lasting, key));
    }

    private static void remove(Path directory) throws DriverFault {
        // The record last: whatever cuts this off, the link is still known.
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, file -> !file.endsWith(RECORD))) {
            for (Path file : files) {
                delete(file);
            }
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            throw DriverFault.failed("can not read %s: %s".formatted(directory, e.getMessage()));
        }
        delete(directory.resolve(RECORD));
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
        Path file = directory.resolve(RECORD);
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
