package io.archipelago.agent.os;

import io.archipelago.agent.drivers.DriverFault;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Runs the host's programs: with an array of arguments and never through a shell, with nothing of the agent's environment, with a limit
 * of time, and with what they said kept for the reason. One that is to end early, because it takes too long or because the agent stops, is
 * asked to first: LVM would leave a device suspended, and whoever writes to it waiting.
 *
 * <p>What a program says goes to a file, not to a pipe: a daemon that it leaves behind would hold a pipe open for ever.
 */
public final class Programs {

    private static final Map<String, String> ENVIRONMENT = Map.of(
            "PATH", "/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL", "C",
            // Every file that the agent has open would be a line in what LVM says.
            "LVM_SUPPRESS_FD_WARNINGS", "1");

    /** Of one that says more, the rest is not kept. */
    private static final int MOST_SAID = 4 << 20;

    /** How much of it an operator is shown. */
    private static final int MOST_QUOTED = 300;

    /** For one that was asked to end: shorter than what systemd gives the agent. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private static final Duration TO_DIE = Duration.ofSeconds(2);

    private final Duration limit;
    private final Duration grace;
    private final List<String> entrance;
    private final Consumer<List<String>> listener;
    private final Map<Process, Running> running;

    private record Running(String program, Instant since) {}

    /**
     * @param limit how long a program may take; it is ended with all that it started when it takes longer
     */
    public Programs(Duration limit) {
        this(limit, GRACE);
    }

    /**
     * @param grace how long one that was asked to end has until it is killed
     */
    Programs(Duration limit, Duration grace) {
        this(limit, grace, List.of(), command -> {}, new ConcurrentHashMap<>());
    }

    private Programs(
            Duration limit,
            Duration grace,
            List<String> entrance,
            Consumer<List<String>> listener,
            Map<Process, Running> running) {
        this.limit = limit;
        this.grace = grace;
        this.entrance = entrance;
        this.listener = listener;
        this.running = running;
    }

    /** The same, with another limit. */
    public Programs within(Duration other) {
        return new Programs(other, grace, entrance, listener, running);
    }

    /**
     * The same, but a listener hears of each command that is run to its end, before it is started.
     *
     * @param told gets the program and its arguments, on the thread that runs it; what it throws is thrown on, and the command is not
     *     run
     */
    public Programs telling(Consumer<List<String>> told) {
        return new Programs(limit, grace, entrance, told, running);
    }

    /** The same, but in a network namespace of the host. */
    public Programs within(String namespace) {
        return new Programs(
                limit,
                grace,
                Stream.concat(entrance.stream(), Stream.of("ip", "netns", "exec", namespace))
                        .toList(),
                listener,
                running);
    }

    /**
     * How a program ended.
     *
     * @param code its exit code
     * @param out what it wrote to its standard output
     * @param err what it wrote to its standard error
     */
    public record Ended(int code, String out, String err) {

        /** What it said, in one line that a sentence can end with. */
        public String said() {
            String text = (err.isBlank() ? out : err).strip().replaceAll("\\s*\\R\\s*", "; ");
            return text.length() <= MOST_QUOTED ? text : text.substring(0, MOST_QUOTED) + " ...";
        }
    }

    /**
     * Runs a program that has to succeed.
     *
     * @return what it wrote to its standard output
     * @throws DriverFault if it is not there, did not end in time, or ended with another code than 0; waiting if the thread was
     *     interrupted, as all are when the agent stops
     */
    public String run(String... command) throws DriverFault {
        Ended ended = end(List.of(command));
        if (ended.code() != 0) {
            throw DriverFault.failed("%s ended with %d: %s".formatted(name(command[0]), ended.code(), ended.said()));
        }
        return ended.out();
    }

    /**
     * Runs a program whose exit code is an answer.
     *
     * @throws DriverFault see {@link #run}
     */
    public Ended end(List<String> command) throws DriverFault {
        if (Thread.currentThread().isInterrupted()) {
            throw stopping(command.getFirst());
        }
        listener.accept(command);
        Path out = null;
        Path err = null;
        try {
            out = Scratch.file(".out");
            err = Scratch.file(".err");
            return new Ended(await(start(command, out, err), command.getFirst()), read(out), read(err));
        } catch (IOException e) {
            throw DriverFault.failed("what %s says can not be kept: %s".formatted(name(command.getFirst()), e));
        } finally {
            Scratch.delete(out);
            Scratch.delete(err);
        }
    }

    private Process start(List<String> command, Path out, Path err) throws DriverFault {
        List<String> whole = Stream.concat(entrance.stream(), command.stream()).toList();
        return start(whole, builder -> builder.redirectOutput(out.toFile()).redirectError(err.toFile()));
    }

    /** Starts a program, with its output wherever {@code output} leads it. */
    static Process start(List<String> command, UnaryOperator<ProcessBuilder> output) throws DriverFault {
        ProcessBuilder builder = output.apply(new ProcessBuilder(command))
                .directory(Path.of("/").toFile())
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().clear();
        builder.environment().putAll(ENVIRONMENT);
        try {
            return builder.start();
        } catch (IOException e) {
            throw DriverFault.failed(Tools.notStarted(name(builder.command().getFirst()), e));
        }
    }

    /** A sentence for each program that has been running for longer than that. */
    public List<String> hanging(Duration longerThan) {
        Instant before = Instant.now().minus(longerThan);
        return running.values().stream()
                .filter(each -> each.since().isBefore(before))
                .map(each -> "%s has given no answer since %s; it is ended after %d s"
                        .formatted(each.program(), each.since().truncatedTo(ChronoUnit.SECONDS), limit.toSeconds()))
                .sorted()
                .toList();
    }

    private int await(Process process, String program) throws DriverFault {
        running.put(process, new Running(name(program), Instant.now()));
        try {
            if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return process.exitValue();
            }
            end(process);
        } catch (InterruptedException e) {
            end(process);
            Thread.currentThread().interrupt();
            throw stopping(program);
        } finally {
            running.remove(process);
        }
        throw DriverFault.failed(
                "%s gave no answer within %d s and was ended".formatted(name(program), limit.toSeconds()));
    }

    private static DriverFault stopping(String program) {
        return DriverFault.waiting("the agent is being stopped: %s was not run to its end".formatted(name(program)));
    }

    /** Ends one with all that it started: asks them to, and kills what does not listen. */
    private void end(Process process) {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroy);
        if (!haveEnded(all, grace)) {
            all.forEach(ProcessHandle::destroyForcibly);
            // One that hangs in the kernel can not be killed; it is not waited for then.
            haveEnded(all, TO_DIE);
        }
    }

    /** Waits for processes, also on a thread that is interrupted: the agent is not to end before them. */
    private static boolean haveEnded(List<ProcessHandle> processes, Duration atMost) {
        CompletableFuture<Void> ended = CompletableFuture.allOf(
                processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new));
        long until = System.nanoTime() + atMost.toNanos();
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    ended.get(until - System.nanoTime(), TimeUnit.NANOSECONDS);
                    return true;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (TimeoutException | ExecutionException e) {
                    return false;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static String read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MOST_SAID), StandardCharsets.UTF_8);
        }
    }

    private static String name(String program) {
        return program.substring(program.lastIndexOf('/') + 1);
    }
}
