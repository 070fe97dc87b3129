package io.archipelago.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Processes of a stack whose supervisor is gone. */
final class Leftovers {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(50);
    private static final String UNNAMED = "unnamed";

    private Leftovers() {}

    /**
     * Those named by a pid file, and those that carry the stack's mark in their environment: a supervisor may have been
     * killed between starting a process and writing its file. PostgreSQL overwrites its environment, but keeps a file of
     * its own.
     */
    static List<PidFile> find(Home home) throws IOException {
        Map<Long, PidFile> found = new LinkedHashMap<>();
        for (Path file : home.pidFiles()) {
            PidFile.read(file)
                    .filter(written -> written.process().isAlive())
                    .ifPresent(written -> found.put(written.process().pid(), written));
        }
        PostgresServer.runningIn(home.data(Stack.POSTGRES))
                .ifPresent(server ->
                        found.putIfAbsent(server.pid(), new PidFile(Stack.POSTGRES, server, Launch.StopSignal.INT)));
        for (ProcessIdentity marked : marked(home)) {
            found.putIfAbsent(marked.pid(), new PidFile(UNNAMED, marked, Launch.StopSignal.TERM));
        }
        return List.copyOf(found.values());
    }

    /** Returns how many there were. */
    static int stopAll(Home home) throws IOException, InterruptedException {
        List<PidFile> found = find(home);
        // The servers last: the services want to say goodbye to them.
        stop(found.stream().filter(one -> !isServer(one)).toList());
        stop(found.stream().filter(Leftovers::isServer).toList());
        for (Path file : home.pidFiles()) {
            Files.deleteIfExists(file);
        }
        return found.size();
    }

    private static boolean isServer(PidFile one) {
        return one.name().equals(Stack.POSTGRES) || one.name().endsWith(Stack.KAFKA_SUFFIX);
    }

    private static void stop(List<PidFile> processes) throws IOException, InterruptedException {
        List<ProcessHandle> family = new ArrayList<>();
        for (PidFile one : processes) {
            Optional<ProcessHandle> handle = one.process().handle();
            if (handle.isPresent()) {
                family.addAll(handle.get().descendants().toList());
                family.add(handle.get());
                Signals.send(one.process().pid(), one.stopSignal());
            }
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (family.stream().anyMatch(ProcessHandle::isAlive) && System.nanoTime() < deadline) {
            Thread.sleep(LOOK_INTERVAL);
        }
        Child.killAll(family);
    }

    private static List<ProcessIdentity> marked(Home home) throws IOException {
        String mark = Child.OWNER_VARIABLE + "=" + home.root();
        long self = ProcessHandle.current().pid();
        List<ProcessIdentity> marked = new ArrayList<>();
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes.toList()) {
                String pid = process.getFileName().toString();
                if (pid.chars().allMatch(Character::isDigit)
                        && Long.parseLong(pid) != self
                        && lines(process, "environ").contains(mark)
                        // It is stopped by its registration. One that has none yet has started nothing yet.
                        && !lines(process, "cmdline").contains(Main.SUPERVISE)) {
                    ProcessIdentity.of(Long.parseLong(pid)).ifPresent(marked::add);
                }
            }
        }
        return marked;
    }

    private static List<String> lines(Path process, String file) {
        try {
            byte[] content = Files.readAllBytes(process.resolve(file));
            return List.of(new String(content, StandardCharsets.UTF_8).split("\0"));
        } catch (IOException goneOrNotOurs) {
            return List.of();
        }
    }
}
