package io.archipelago.agent.drivers.cache;

import io.archipelago.agent.drivers.DriverFault;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How much package caches may take of their file system: as much as configured, if what is free there and what they keep already come to
 * that. What they keep is only counted where it matters, and then now and then, for it means to look at every file.
 */
public final class CacheSpace {

    /** Between two counts. */
    static final Duration COUNT = Duration.ofMinutes(5);

    private static final long GIB = 1L << 30;

    private final Path directory;
    private final long wanted;
    private final Free free;
    private final Clock clock;

    private @Nullable Instant counted;
    private Found last = new Found(0, Optional.empty());

    /** Says how many bytes are free. */
    @FunctionalInterface
    interface Free {
        long bytes() throws IOException;
    }

    /**
     * What was found.
     *
     * @param bytes that caches may take; whole GiB if they are fewer than wanted, so that they are not others at every look
     * @param problem why they are fewer, a sentence
     */
    public record Found(long bytes, Optional<String> problem) {}

    CacheSpace(Path directory, long wanted, Free free, Clock clock) {
        this.directory = directory;
        this.wanted = wanted;
        this.free = free;
        this.clock = clock;
    }

    /**
     * That of a gateway.
     *
     * @param directory where caches are kept
     * @param wanted how many bytes they may take
     */
    public static CacheSpace of(Path directory, long wanted) {
        return new CacheSpace(
                directory, wanted, () -> Files.getFileStore(directory).getUsableSpace(), Clock.systemUTC());
    }

    /** Looks at the file system; the directory is made if it is not there. */
    public synchronized Found look() throws DriverFault {
        try {
            Files.createDirectories(directory);
            long now = free.bytes();
            if (now >= wanted) {
                last = new Found(wanted, Optional.empty());
            } else if (isCountDue()) {
                last = found(now + kept());
                counted = clock.instant();
            }
            return last;
        } catch (IOException e) {
            throw fault(e);
        }
    }

    private boolean isCountDue() {
        return counted == null
                || Duration.between(counted, clock.instant()).abs().compareTo(COUNT) >= 0;
    }

    private Found found(long there) {
        if (there >= wanted) {
            return new Found(wanted, Optional.empty());
        }
        long bytes = there / GIB * GIB;
        return new Found(
                bytes,
                Optional.of(
                        "the file system of %s has %d GiB for caches, and agent.host.cache-bytes says %d GiB: lower that"
                                .formatted(directory, bytes / GIB, wanted / GIB)));
    }

    private long kept() throws IOException {
        AtomicLong bytes = new AtomicLong();
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes is) {
                bytes.addAndGet(is.size());
                return FileVisitResult.CONTINUE;
            }

            /** It went away while it was looked at, as files of caches do. */
            @Override
            public FileVisitResult visitFileFailed(Path file, IOException why) {
                return FileVisitResult.CONTINUE;
            }
        });
        return bytes.get();
    }

    private DriverFault fault(IOException why) {
        return DriverFault.failed("the cache directory %s can not be used: %s: correct agent.host.cache-directory"
                .formatted(directory, why.getMessage()));
    }
}
