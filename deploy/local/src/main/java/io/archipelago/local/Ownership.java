package io.archipelago.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** The right to start, stop and remove what is in a home. One process has it at a time; the kernel takes it back however that one ends. */
final class Ownership implements AutoCloseable {

    private final FileChannel channel;

    private Ownership(FileChannel channel) {
        this.channel = channel;
    }

    /** Empty when somebody else has it. */
    static Optional<Ownership> take(Home home) throws IOException {
        Files.createDirectories(home.run());
        FileChannel channel = FileChannel.open(home.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            return Optional.empty();
        }
        return Optional.of(new Ownership(channel));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
