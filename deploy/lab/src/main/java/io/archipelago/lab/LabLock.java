package io.archipelago.lab;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.StandardOpenOption;

/** The right to start and end a lab. One process has it at a time; the kernel takes it back however that one ends. */
final class LabLock implements AutoCloseable {

    private final FileChannel channel;

    private LabLock(FileChannel channel) {
        this.channel = channel;
    }

    /** @throws IOException if somebody else has it */
    static LabLock take(LabHome home) throws IOException {
        FileChannel channel = FileChannel.open(home.mark(), StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new LabLock(channel);
            }
        } catch (OverlappingFileLockException alsoTaken) {
            // By another thread of this process.
        }
        channel.close();
        throw new IOException(
                "another command starts or ends the lab in " + home.root() + " at this moment; try again");
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
