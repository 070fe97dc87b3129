package io.archipelago.lab;

import io.archipelago.local.Memory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The processes that are a host's kernel. They are told apart by what stands in their command line, the lab's directory and the host's
 * name, so no file can say something else about them than is true.
 */
final class Kernel {

    private static final Duration TO_DIE = Duration.ofSeconds(10);
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(20);
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final int GROUP_FIELD = 2;
    private static final long GONE = 0;

    private final LabHome home;
    private final HostPlan plan;

    Kernel(LabHome home, HostPlan plan) {
        this.home = home;
        this.plan = plan;
    }

    /** The same for every kernel of a lab. */
    private static String labMark(LabHome home) {
        return "uml_dir=" + home.run();
    }

    private String hostMark() {
        return "umid=" + plan.name();
    }

    void start(Network network, List<Path> disks) throws IOException {
        Uml uml = Uml.of(plan.role());
        // In a session, and so in a process group, of its own: that is how it is ended.
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(network.within());
        // Its memory is a file without a name there.
        command.addAll(List.of("env", "-i", "PATH=" + Tools.PATH, "TMPDIR=" + memoryDirectory()));
        command.addAll(List.of(
                uml.program(),
                "mem=" + plan.role().megabytes() + "M",
                hostMark(),
                labMark(home),
                "rootfstype=hostfs",
                "ro",
                "init=" + home.bin().resolve("init"),
                "con=null",
                "con0=null,fd:1",
                "quiet",
                // Else it would make 512 terminals at each boot that nobody sits at.
                "pty.legacy_count=0",
                "lab_home=" + home.root(),
                "lab_host=" + plan.name(),
                "lab_modules=" + uml.modules()));
        command.addAll(uml.arguments());
        for (int i = 0; i < plan.nics().size(); i++) {
            Nic nic = plan.nics().get(i);
            command.add("vec%d:mac=%s,transport=tap,ifname=%s,depth=128,gro=1".formatted(i, nic.mac(), nic.tap()));
        }
        for (int i = 0; i < disks.size(); i++) {
            command.add("ubd%d=%s".formatted(i, disks.get(i)));
        }
        Tools.builder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        home.console(plan.name()).toFile()))
                .start();
    }

    /** It must be memory, be large enough, and allow to run what lies in it; containers often have a small one that does not. */
    private static Path memoryDirectory() throws IOException {
        long wanted = (long) Role.COMPUTE.megabytes() << 20;
        if (Files.isDirectory(SHARED_MEMORY)) {
            FileStore store = Files.getFileStore(SHARED_MEMORY);
            boolean runnable = Files.readAllLines(Path.of("/proc/mounts")).stream()
                    .map(line -> line.split(" "))
                    .noneMatch(mount -> mount[1].equals(SHARED_MEMORY.toString())
                            && List.of(mount[3].split(",")).contains("noexec"));
            if (runnable && store.getUsableSpace() >= wanted) {
                return SHARED_MEMORY;
            }
        }
        return Path.of("/tmp");
    }

    boolean isRunning() throws IOException {
        return !members(hostMark(), labMark(home)).isEmpty();
    }

    /** The first of its processes; empty when it does not run. */
    OptionalLong pid() throws IOException {
        return members(hostMark(), labMark(home)).stream()
                .filter(pid -> pid == group(pid))
                .mapToLong(Long::longValue)
                .findFirst();
    }

    /** What the machine gives for it, in bytes, with the memory that it has touched; 0 when it does not run. */
    long memoryBytes() throws IOException {
        return members(hostMark(), labMark(home)).stream()
                // Its helpers have the very memory that its first process has; those that it traces are the host's
                // processes.
                .filter(pid -> pid == group(pid) || isTraced(pid))
                .mapToLong(pid -> Memory.of(pid).orElse(0))
                .sum();
    }

    private static boolean isTraced(long pid) {
        try {
            return !Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))
                    .contains("TracerPid:\t0");
        } catch (IOException gone) {
            return false;
        }
    }

    /** As when the power fails. Returns when nothing of it is left. */
    void kill() throws IOException, InterruptedException {
        endAll(hostMark(), labMark(home));
    }

    /** Whether any host of a lab runs. */
    static boolean anyOf(LabHome home) throws IOException {
        return !members(labMark(home)).isEmpty();
    }

    /** Every kernel of a lab, whatever else is known about it. */
    static void killAll(LabHome home) throws IOException, InterruptedException {
        endAll(labMark(home));
    }

    private static void endAll(String... marks) throws IOException, InterruptedException {
        long ours = group(ProcessHandle.current().pid());
        long deadline = System.nanoTime() + TO_DIE.toNanos();
        for (List<Long> left = members(marks); !left.isEmpty(); left = members(marks)) {
            if (System.nanoTime() > deadline) {
                throw new IOException("processes %s of the lab do not die".formatted(left));
            }
            Set<Long> groups = new HashSet<>();
            left.forEach(pid -> groups.add(group(pid)));
            // One that was only just started is in our own group for another moment.
            groups.remove(GONE);
            groups.remove(ours);
            for (long group : groups) {
                // All of a group at one instant: a host's processes whose kernel died before them would go on as the
                // machine's own, with the
                // calls that were meant for the host. Java has no signal for groups. It may be gone by now, so the
                // outcome is seen above.
                Result sent = Tools.run(
                        Tools.PATIENCE, List.of("bash", "-c", "kill -KILL -- \"-$1\"", "bash", Long.toString(group)));
                if (sent.code() != 0 && isThere(group)) {
                    throw new IOException("a host can not be ended: " + sent.said());
                }
            }
            Thread.sleep(LOOK_INTERVAL);
        }
    }

    private static boolean isThere(long pid) {
        return group(pid) != GONE;
    }

    /** The processes that have all these words in their command line. */
    private static List<Long> members(String... marks) throws IOException {
        List<Long> members = new ArrayList<>();
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes.toList()) {
                String pid = process.getFileName().toString();
                if (pid.chars().allMatch(Character::isDigit) && words(process).containsAll(List.of(marks))) {
                    members.add(Long.parseLong(pid));
                }
            }
        }
        return members;
    }

    private static List<String> words(Path process) {
        try {
            return List.of(
                    new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8).split("\0"));
        } catch (IOException gone) {
            return List.of();
        }
    }

    private static long group(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            // The second field is the program's name in parentheses and may hold blanks itself.
            return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[GROUP_FIELD]);
        } catch (IOException gone) {
            return GONE;
        }
    }
}
