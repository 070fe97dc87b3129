package io.archipelago.agent.drivers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;

/**
 * A process on a laboratory host that writes to a disk, and waits for each write to be there: {@code PATH SECONDS PROGRESS}. It ends when the time is
 * over or a write fails, and then prints how many writes there were, how long the longest took, and why the last failed. After each write
 * it says so in the file PROGRESS.
 */
public final class WriteProbe {

    private static final int BLOCK = 4096;

    private WriteProbe() {}

    public static void main(String[] arguments) throws IOException {
        Path disk = Path.of(arguments[0]);
        Path progress = Path.of(arguments[2]);
        long end = System.nanoTime()
                + Duration.ofSeconds(Long.parseLong(arguments[1])).toNanos();
        long writes = 0;
        long longest = 0;
        String fault = "none";
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
        try (FileChannel channel =
                FileChannel.open(disk.toRealPath(), StandardOpenOption.WRITE, StandardOpenOption.DSYNC)) {
            while (System.nanoTime() < end) {
                block.clear();
                long began = System.nanoTime();
                try {
                    channel.write(block, writes % 1000 * BLOCK);
                } finally {
                    longest = Math.max(longest, System.nanoTime() - began);
                }
                Files.writeString(progress, Long.toString(++writes));
            }
        } catch (IOException e) {
            fault = String.valueOf(e.getMessage());
        }
        System.out.printf(Locale.ROOT, "writes=%d longest=%.1f fault=%s%n", writes, longest / 1e9, fault);
    }
}
