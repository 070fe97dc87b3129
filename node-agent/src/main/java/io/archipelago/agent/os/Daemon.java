package io.archipelago.agent.os;

import io.archipelago.agent.drivers.DriverFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A program that runs in the background with a configuration file of its own, and that writes its process id to a file. It is known by
 * its program and by the name of its configuration file in its arguments, whatever became of the process that started it: an editor in
 * which somebody has that file open is not it.
 *
 * @param program the name of its program's file
 * @param configuration the argument that names the configuration file
 * @param pidFile where it writes its process id
 */
public record Daemon(String program, String configuration, Path pidFile) {

    private static final Path PROCESSES = Path.of("/proc");

    /** What the kernel adds to the name of a file that was replaced, as an upgrade does. */
    private static final String REPLACED = " (deleted)";

    /** The process, by its file; nothing if it does not run. Cheap. */
    public Optional<ProcessHandle> running() throws DriverFault {
        try {
            String pid = Files.exists(pidFile) ? Files.readString(pidFile).strip() : "";
            return pid.matches("\\d{1,9}")
                    ? ProcessHandle.of(Long.parseLong(pid)).filter(this::isIts)
                    : Optional.empty();
        } catch (IOException e) {
            throw DriverFault.failed("can not read %s: %s".formatted(pidFile, e.getMessage()));
        }
    }

    /** Kills every process of it, also those that its file does not name, and waits until they are gone. */
    public void kill() throws DriverFault {
        List<ProcessHandle> processes =
                ProcessHandle.allProcesses().filter(this::isIts).toList();
        Namespace.end(processes);
        try {
            Files.deleteIfExists(pidFile);
        } catch (IOException e) {
            throw DriverFault.failed("can not delete %s: %s".formatted(pidFile, e.getMessage()));
        }
    }

    /** One that has ended and was not waited for has no arguments any more. */
    private boolean isIts(ProcessHandle process) {
        Path place = PROCESSES.resolve(Long.toString(process.pid()));
        try {
            List<String> arguments = List.of(
                    new String(Files.readAllBytes(place.resolve("cmdline")), StandardCharsets.UTF_8).split("\0", -1));
            return arguments.contains(configuration) && runs(Files.readSymbolicLink(place.resolve("exe")));
        } catch (IOException e) {
            return false;
        }
    }

    private boolean runs(Path executable) {
        String name = executable.getFileName().toString();
        return name.equals(program) || name.equals(program + REPLACED);
    }
}
