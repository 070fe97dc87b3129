package io.archipelago.lab;

import io.archipelago.local.Archives;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** A host of the lab. Its root file system is lost when its power fails; {@link #state} and its disk are not. */
public final class LabHost {

    private static final Duration TO_BOOT = Duration.ofMinutes(5);
    private static final Duration TO_LOOK = Duration.ofMinutes(3);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    private static final int LAST_WORDS = 15;

    /** Of a gateway, for package caches; the machine gives only what is written. */
    private static final long CACHE_DISK = 16L << 30;

    private static final List<Path> OWN_DIRECTORIES = List.of(Path.of("/tmp"), Path.of("/run"));

    /** Of the only child of who keeps it running. */
    private static final String RESIDENT =
            "set -e; keeper=$(<\"$1\"); program=$(pgrep --parent \"$keeper\"); awk '/^VmRSS/ { print $2 }' \"/proc/$program/status\"";

    private final HostPlan plan;
    private final LabHome home;
    private final Network network;
    private final Settings settings;
    private final Kernel kernel;
    private final RemoteShell shell;

    LabHost(HostPlan plan, LabHome home, Network network, Settings settings) {
        this.plan = plan;
        this.home = home;
        this.network = network;
        this.settings = settings;
        this.kernel = new Kernel(home, plan);
        this.shell = new RemoteShell(plan, home);
    }

    public String name() {
        return plan.name();
    }

    public Role role() {
        return plan.role();
    }

    /** In the management network of its site; the machine reaches it there. */
    public String address() {
        return plan.address();
    }

    /** What the host has as {@code /var/lib/archipelago}, as the machine sees it; it outlives a power cut. */
    public Path state() {
        return home.host(name()).resolve("state");
    }

    /** What the host has as {@code /lab/hosts/<name>}, as the machine sees it: for files that one gives to the other. */
    public Path share() {
        return home.host(name());
    }

    /**
     * Runs a command as root and waits for its end.
     *
     * @param limit how long it may take; it is ended when it takes longer
     * @param command the program and its arguments, taken as they are: no shell reads them
     * @throws IOException if the host does not answer, or if the command did not end in time
     */
    public Result run(Duration limit, String... command) throws IOException {
        return shell.run(limit, List.of(command));
    }

    /** The same, of a command that has to succeed; returns what it wrote to its standard output. */
    public String output(Duration limit, String... command) throws IOException {
        return run(limit, command).orFail(String.join(" ", command) + " on " + name());
    }

    /** Runs a command without a limit of time and passes on what it says while it runs; returns its exit code. */
    public int follow(OutputStream out, List<String> command) throws IOException {
        return shell.follow(command, out);
    }

    Socket terminal(String kind, String rows, String columns) throws IOException {
        return shell.terminal(kind, rows, columns);
    }

    /**
     * Lets the host see a file or directory of the machine, read-only and at the same place, from now on and after each boot. Most it sees
     * anyway; {@code /tmp} and {@code /run} it has for itself, and there the whole directory just below is shown.
     */
    public void show(Path thing) throws IOException {
        for (Path own : OWN_DIRECTORIES) {
            if (thing.startsWith(own) && !thing.equals(own)) {
                show(own.resolve(own.relativize(thing).getName(0)).toString());
            }
        }
    }

    private void show(String directory) throws IOException {
        Path list = share().resolve("shown");
        List<String> shown = Files.exists(list) ? Files.readAllLines(list) : List.of();
        if (!shown.contains(directory)) {
            output(TO_LOOK, "/lab/bin/show", directory);
            Files.writeString(list, directory + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    /** Gives it a program, or another one under the same name, and starts it. */
    public void start(Program program) throws IOException {
        stop(program.name());
        Path files = programFiles(program.name());
        Files.createDirectories(files);
        Files.writeString(files.resolve("directory"), program.directory() + "\n");
        Files.write(files.resolve("arguments"), zeroEnded(program.command()));
        Files.write(
                files.resolve("environment"),
                zeroEnded(program.environment().entrySet().stream()
                        .map(variable -> variable.getKey() + "=" + variable.getValue())
                        .toList()));
        output(TO_LOOK, "/lab/bin/keep", "--start", seenByTheHost(program.name()));
    }

    /** Ends a program, with all that it started, and takes it away; nothing when there is none of that name. */
    public void stop(String program) throws IOException {
        if (Files.exists(programFiles(program))) {
            output(TO_LOOK, "/lab/bin/keep", "--stop", seenByTheHost(program));
            Archives.delete(programFiles(program));
        }
    }

    /** What a program said, from all its runs. */
    public Path log(String program) {
        return programFiles(program).resolve("log");
    }

    /** What of the memory a program that it was given takes now (VmRSS), without what that has started; 0 when it does not run. */
    long residentBytes(String program) throws IOException {
        Result said = run(TO_LOOK, "bash", "-c", RESIDENT, "resident", "/run/lab-" + program + ".pid");
        return said.code() == 0 ? 1024 * Long.parseLong(said.orFail(RESIDENT).strip()) : 0;
    }

    private Path programFiles(String program) {
        return share().resolve("programs").resolve(program);
    }

    private String seenByTheHost(String program) {
        return "/lab/hosts/%s/programs/%s".formatted(name(), program);
    }

    private static byte[] zeroEnded(List<String> words) {
        StringBuilder text = new StringBuilder();
        words.forEach(word -> text.append(word).append('\0'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Whether it has power and its shell answers. */
    public boolean isUp() throws IOException {
        return kernel.isRunning() && shell.answers();
    }

    /** At this instant nothing of it runs any more, and what it had not yet written is lost. */
    public void cutPower() throws IOException, InterruptedException {
        kernel.kill();
        shell.hangUp();
    }

    /** Returns when its shell answers; nothing when it has power already. */
    public void powerOn() throws IOException, InterruptedException {
        boot();
        awaitUp();
        furnish();
    }

    void boot() throws IOException {
        if (!kernel.isRunning()) {
            List<Path> disks = switch (role()) {
                case STORAGE -> List.of(home.image(plan, settings.diskBytes()));
                case GATEWAY -> List.of(home.image(plan, CACHE_DISK));
                case COMPUTE, WAN -> List.of();
            };
            kernel.start(network, disks);
        }
    }

    void awaitUp() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TO_BOOT.toNanos();
        while (!shell.answers()) {
            if (!kernel.isRunning()) {
                throw new IOException(name() + " has ended while it booted; its console said: " + lastWords());
            }
            if (System.nanoTime() > deadline) {
                throw new IOException("%s does not answer %d s after its start; its console said: %s"
                        .formatted(name(), TO_BOOT.toSeconds(), lastWords()));
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
    }

    private String lastWords() throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(home.console(name()), StandardCharsets.ISO_8859_1));
        return "\n" + String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_WORDS), lines.size()));
    }

    /** What a host has beyond its system; done after each boot, so it must be harmless. */
    void furnish() throws IOException {
        switch (role()) {
            case STORAGE -> {
                if (run(TO_LOOK, "vgs", Lab.VOLUME_GROUP).code() != 0) {
                    output(TO_LOOK, "vgcreate", Lab.VOLUME_GROUP, "/dev/ubda");
                }
            }
            case WAN -> new Wan(this).apply();
            case GATEWAY, COMPUTE -> {}
        }
    }

    /**
     * What is on it now.
     *
     * @param directories absolute paths whose files are listed as well, with all below them
     */
    public Snapshot snapshot(String... directories) throws IOException {
        List<String> command = new ArrayList<>(List.of("/lab/bin/snapshot"));
        command.addAll(List.of(directories));
        return Snapshot.of(output(TO_LOOK, command.toArray(String[]::new)));
    }

    /** What the machine gives for it, in bytes; 0 when it has no power. */
    public long memoryBytes() throws IOException {
        return kernel.memoryBytes();
    }

    /** Empty when it has no power. */
    OptionalLong pid() throws IOException {
        return kernel.pid();
    }
}
