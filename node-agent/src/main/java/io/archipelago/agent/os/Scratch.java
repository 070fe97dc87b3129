package io.archipelago.agent.os;

import io.archipelago.agent.drivers.DriverFault;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Files that are there for as long as one program reads or writes them. Each bears the process id of the agent that made it. */
public final class Scratch {

    private static final Pattern OURS = Pattern.compile("agent-(\\d{1,9})-\\d+\\.(out|err|in|xml)");

    private Scratch() {}

    /** Who reads it. */
    @FunctionalInterface
    interface Reader {
        void read(String path) throws DriverFault;
    }

    static void with(List<String> lines, Reader reader) throws DriverFault {
        Path file;
        try {
            file = file(".in");
        } catch (IOException e) {
            throw DriverFault.failed("no file can be made for a program to read: " + e.getMessage());
        }
        try {
            Files.write(file, lines);
            reader.read(file.toString());
        } catch (IOException e) {
            throw DriverFault.failed("can not write %s: %s".formatted(file, e.getMessage()));
        } finally {
            delete(file);
        }
    }

    /**
     * A new file.
     *
     * @param ending of its name: one that {@link #clear} knows
     */
    public static Path file(String ending) throws IOException {
        return Files.createTempFile(
                "agent-%d-".formatted(ProcessHandle.current().pid()), ending);
    }

    public static void delete(@Nullable Path file) {
        if (file != null && !file.toFile().delete()) {
            file.toFile().deleteOnExit();
        }
    }

    /** Deletes what agents that were killed have left behind; called before this process makes any. */
    public static void clear() throws IOException {
        clear(Path.of(System.getProperty("java.io.tmpdir")));
    }

    static void clear(Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "agent-*")) {
            for (Path file : files) {
                Matcher name = OURS.matcher(file.getFileName().toString());
                if (name.matches()
                        && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                        && hasEnded(Long.parseLong(name.group(1)))) {
                    delete(file);
                }
            }
        }
    }

    /** Whoever had this process's id before has ended, too. */
    private static boolean hasEnded(long pid) {
        return pid == ProcessHandle.current().pid() || ProcessHandle.of(pid).isEmpty();
    }
}
