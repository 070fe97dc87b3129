package io.archipelago.agent.os;

import io.archipelago.agent.drivers.DriverFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A named network namespace of the host, as of ip-netns(8). It is there if its file has the namespace mounted on it. */
public final class Namespace {

    private static final Path NAMES = Path.of("/run/netns");
    private static final Duration TO_END = Duration.ofSeconds(5);

    private final String name;
    private final Programs programs;

    public Namespace(String name, Programs programs) {
        this.name = name;
        this.programs = programs;
    }

    /** The names of all that begin like this, also of those half made. */
    public static List<String> all(String beginning) throws DriverFault {
        return new KernelTree(NAMES)
                .names().stream().filter(name -> name.startsWith(beginning)).toList();
    }

    public String name() {
        return name;
    }

    /** Its number in the kernel; nothing if it is not there. */
    public Optional<Long> number() throws DriverFault {
        try {
            if (!Files.exists(file())
                    || Files.getAttribute(file(), "unix:dev").equals(Files.getAttribute(NAMES, "unix:dev"))) {
                return Optional.empty();
            }
            return Optional.of((Long) Files.getAttribute(file(), "unix:ino"));
        } catch (IOException e) {
            throw DriverFault.failed("can not look at the namespace %s: %s".formatted(name, e.getMessage()));
        }
    }

    /** Makes it, if it is not there. */
    public void make() throws DriverFault {
        if (number().isEmpty()) {
            deleteFile();
            programs.run("ip", "netns", "add", name);
        }
    }

    /** Runs a program in it that has to succeed. */
    public String run(String... command) throws DriverFault {
        return programs.run(in(command).toArray(String[]::new));
    }

    /** What ip(8) says of it. */
    public String ip(String... arguments) throws DriverFault {
        List<String> command = new ArrayList<>(List.of("ip", "-n", name));
        command.addAll(List.of(arguments));
        return programs.run(command.toArray(String[]::new));
    }

    /** Commands for the interfaces in it. */
    public IpBatch ip() {
        return IpBatch.in(name, programs);
    }

    /**
     * Ends the processes that live in it, and deletes it. Without the first, what they hold would live on without a name.
     *
     * @throws DriverFault if a process does not end
     */
    public void delete() throws DriverFault {
        if (number().isPresent()) {
            endProcesses();
            programs.run("ip", "netns", "delete", name);
        }
        deleteFile();
    }

    private void endProcesses() throws DriverFault {
        String pids = programs.run("ip", "netns", "pids", name);
        List<ProcessHandle> processes = pids.lines()
                .map(String::strip)
                .filter(pid -> !pid.isEmpty())
                .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream())
                .toList();
        end(processes);
    }

    /** Kills processes, and waits until they are gone. */
    static void end(List<ProcessHandle> processes) throws DriverFault {
        processes.forEach(ProcessHandle::destroyForcibly);
        CompletableFuture<Void> gone = CompletableFuture.allOf(
                processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new));
        try {
            gone.get(TO_END.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw DriverFault.failed("process %s can not be killed: it hangs in the kernel"
                    .formatted(processes.stream()
                            .filter(ProcessHandle::isAlive)
                            .map(process -> Long.toString(process.pid()))
                            .toList()));
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw DriverFault.waiting("the agent is ending");
        }
    }

    private List<String> in(String... command) {
        List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", name));
        whole.addAll(List.of(command));
        return whole;
    }

    /** Of one half made or half deleted: a file with nothing mounted on it. */
    private void deleteFile() throws DriverFault {
        try {
            Files.deleteIfExists(file());
        } catch (IOException e) {
            throw DriverFault.failed("can not delete %s: %s".formatted(file(), e.getMessage()));
        }
    }

    private Path file() {
        return NAMES.resolve(name);
    }
}
