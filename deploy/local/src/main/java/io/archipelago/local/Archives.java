package io.archipelago.local;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Unpacked copies of archives, kept and shared by all stacks of a user. */
public final class Archives {

    private static final int OWNER_MAY_EXECUTE = 0100;

    private Archives() {}

    /** Makes a directory complete in the given, still empty place. */
    @FunctionalInterface
    public interface Filling {
        void fill(Path empty) throws IOException, InterruptedException;
    }

    /**
     * The directory of that name in the cache, filled if it is not there yet. It appears in one step: a crash in between
     * leaves nothing half done, and two processes that want it at once do the work once.
     */
    public static Path cached(Path cache, String name, Filling filling) throws IOException, InterruptedException {
        Path finished = cache.resolve(name);
        if (Files.isDirectory(finished)) {
            return finished;
        }
        Files.createDirectories(cache);
        try (FileChannel channel = FileChannel.open(
                        cache.resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (!Files.isDirectory(finished)) {
                Path draft = cache.resolve(name + ".new");
                delete(draft);
                Files.createDirectories(
                        draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
                filling.fill(draft);
                Files.move(draft, finished, StandardCopyOption.ATOMIC_MOVE);
            }
        }
        return finished;
    }

    /** Unpacks a tar stream; {@code strip} leading folders of each name are left out. */
    static void unpackTar(InputStream uncompressed, Path target, int strip) throws IOException {
        TarArchiveInputStream tar = new TarArchiveInputStream(new BufferedInputStream(uncompressed));
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            Path name = Path.of(entry.getName()).normalize();
            if (name.getNameCount() <= strip) {
                continue;
            }
            Path file = target.resolve(name.subpath(strip, name.getNameCount())).normalize();
            if (!file.startsWith(target)) {
                throw new IOException("archive names a file outside of itself: " + entry.getName());
            }
            if (entry.isDirectory()) {
                Files.createDirectories(file);
            } else if (entry.isSymbolicLink()) {
                Files.createDirectories(file.getParent());
                Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
            } else {
                Files.createDirectories(file.getParent());
                Files.copy(tar, file);
                boolean executable = (entry.getMode() & OWNER_MAY_EXECUTE) != 0;
                Files.setPosixFilePermissions(
                        file, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
            }
        }
    }

    public static void delete(Path tree) throws IOException {
        if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> all = Files.walk(tree)) {
            deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.delete(path);
        }
    }
}
