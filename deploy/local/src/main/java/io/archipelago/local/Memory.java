package io.archipelago.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Memory of processes as PSS: pages that several of them share are divided among them, so that the sum over a stack is
 * what the machine really gives for it.
 */
public final class Memory {

    private static final int BYTES_PER_KILOBYTE = 1024;

    private Memory() {}

    /** Of the process and all its descendants; empty when it is gone or may not be looked at. */
    static OptionalLong ofFamily(long pid) {
        OptionalLong own = of(pid);
        if (own.isEmpty()) {
            return own;
        }
        try (Stream<ProcessHandle> descendants =
                ProcessHandle.of(pid).map(ProcessHandle::descendants).orElseGet(Stream::empty)) {
            return OptionalLong.of(own.getAsLong()
                    + descendants.mapToLong(one -> of(one.pid()).orElse(0)).sum());
        }
    }

    public static OptionalLong of(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "smaps_rollup"))) {
            return lines.filter(line -> line.startsWith("Pss:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * BYTES_PER_KILOBYTE)
                    .findFirst();
        } catch (IOException | UncheckedIOException gone) {
            return OptionalLong.empty();
        }
    }
}
