package io.archipelago.agent.drivers.link;

import io.archipelago.agent.drivers.DriverFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Processes that were left behind to serve a link. Which is whose is told by an argument that no other process has. */
final class Daemons {

    private static final Duration TO_END = Duration.ofSeconds(3);
    private static final Path PROC = Path.of("/proc");

    private Daemons() {}

    /** Whether the process whose number is in the file is there, and is the one with this argument. */
    static boolean runs(Path pidFile, String argument) {
        try {
            String pid = Files.readString(pidFile).strip();
            return !pid.isEmpty() && arguments(Long.parseLong(pid)).contains(argument);
        } catch (IOException | NumberFormatException e) {
            return false;
        }
    }

    /** Ends every process with this argument; whoever wrote its number down has not done so if it was cut off. */
    static void end(String program, String argument) throws DriverFault {
        List<ProcessHandle> ours = ProcessHandle.allProcesses()
                .filter(process -> isOf(process.pid(), program, argument))
                .toList();
        for (ProcessHandle process : ours) {
            process.destroy();
            if (!hasEnded(process)) {
                process.destroyForcibly();
                if (!hasEnded(process)) {
                    throw DriverFault.failed(
                            "process %d (%s) does not let itself be ended".formatted(process.pid(), program));
                }
            }
        }
    }

    private static boolean isOf(long pid, String program, String argument) {
        List<String> arguments = arguments(pid);
        return arguments.getFirst().endsWith(program) && arguments.contains(argument);
    }

    /** At least one, which is empty if the process has none or is gone. */
    private static List<String> arguments(long pid) {
        try {
            String line =
                    Files.readString(PROC.resolve(Long.toString(pid)).resolve("cmdline"), StandardCharsets.ISO_8859_1);
            return Arrays.asList(line.split("\0"));
        } catch (IOException e) {
            return List.of("");
        }
    }

    private static boolean hasEnded(ProcessHandle process) {
        try {
            process.onExit().get(TO_END.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
