package io.archipelago.local;

import io.archipelago.local.StackState.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Owns the processes of one stack: starts them in order, starts again those that die, and stops them in reverse. */
final class Supervisor {

    private static final Duration ACQUAINTED_WITHIN = Duration.ofSeconds(20);
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(100);

    private final Home home;
    private final Stack stack;
    private final Acquaintance acquaintance;
    private final Consumer<String> journal;
    private final Map<String, Supervised> members = new LinkedHashMap<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final ProcessIdentity identity = ownIdentity();
    private final long begun = System.nanoTime();
    private final Object stateFile = new Object();

    private volatile Phase phase = Phase.STARTING;
    private volatile @Nullable String problem;
    private volatile @Nullable Double readySeconds;

    Supervisor(
            Home home,
            Stack stack,
            Acquaintance acquaintance,
            List<Programs.Member> programs,
            Consumer<String> journal) {
        this.home = home;
        this.stack = stack;
        this.acquaintance = acquaintance;
        this.journal = journal;
        int processors = Runtime.getRuntime().availableProcessors();
        Semaphore startLine = new Semaphore(2 * processors, true);
        for (Programs.Member member : programs) {
            members.put(member.program().name(), new Supervised(member, home, startLine, journal, this::writeState));
        }
    }

    /** The life of a supervisor process: to the end of the stack. False when the stack could not be started. */
    static boolean run(Home home, Stack stack, Installation installation, Consumer<String> journal)
            throws IOException, InterruptedException {
        try (Ownership ownership = own(home).orElse(null)) {
            if (ownership == null) {
                journal.accept("another supervisor owns " + home.root());
                return false;
            }
            // Stays when this process is gone: it then names nobody who lives.
            new PidFile("supervisor", ownIdentity(), Launch.StopSignal.TERM).write(home.supervisor());
            return asOwner(home, stack, installation, journal);
        }
    }

    /** Waits while a command cleans up there; empty when another supervisor has it. */
    private static Optional<Ownership> own(Home home) throws IOException, InterruptedException {
        while (true) {
            home.create();
            Optional<Ownership> ownership = Ownership.take(home);
            if (ownership.isPresent() || home.livingSupervisor().isPresent()) {
                return ownership;
            }
            Thread.sleep(LOOK_INTERVAL);
        }
    }

    private static boolean asOwner(Home home, Stack stack, Installation installation, Consumer<String> journal)
            throws IOException, InterruptedException {
        int left = Leftovers.stopAll(home);
        if (left > 0) {
            journal.accept("stopped " + left + " processes that an earlier supervisor had left");
        }
        Secrets secrets = Secrets.ensure(home.secrets(), stack);
        List<Programs.Member> programs = new Programs(stack, home, installation, secrets).all();
        Acquaintance acquaintance = new Acquaintance(stack, new Databases(stack, secrets));
        Supervisor supervisor = new Supervisor(home, stack, acquaintance, programs, journal);
        return supervisor.supervise(programs, Endpoints.of(stack, installation.realm()));
    }

    private boolean supervise(List<Programs.Member> programs, Endpoints endpoints)
            throws IOException, InterruptedException {
        Thread hook = new Thread(this::stopQuietly, "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        writeState();
        List<String> taken = takenPorts(programs);
        if (!taken.isEmpty()) {
            fail(String.join("\n", taken));
            return false;
        }
        JsonFiles.write(home.endpoints(), endpoints);
        if (!start()) {
            return false;
        }
        stopped.await();
        return true;
    }

    /** One sentence for each port that somebody else has. Nothing of ours runs yet. */
    static List<String> takenPorts(List<Programs.Member> programs) {
        List<String> sentences = new ArrayList<>();
        for (Programs.Member member : programs) {
            for (int port : member.program().ports()) {
                if (!Ports.isFree(port)) {
                    sentences.add("Port " + port + ", which " + member.program().name()
                            + " needs, is in use by another program: stop that one, or choose another range of ports,"
                            + " for example: VC_PORT_BASE=28000 ./vc up");
                }
            }
        }
        return sentences;
    }

    private boolean start() throws InterruptedException {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (Supervised member : members.values()) {
            all.add(member.firstReady());
        }
        for (Supervised member : members.values()) {
            member.start(members.values().stream()
                    .filter(other -> member.needs().contains(other.name()))
                    .map(Supervised::firstReady)
                    .toList());
        }
        try {
            firstFailureOrAll(all).get();
        } catch (ExecutionException e) {
            fail(String.valueOf(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage()));
            return false;
        }
        acquaintance.await(ACQUAINTED_WITHIN);
        readySeconds = (System.nanoTime() - begun) / 1e9;
        phase = Phase.READY;
        writeState();
        journal.accept("all %d processes are ready after %.1f s".formatted(members.size(), readySeconds));
        return true;
    }

    private static CompletableFuture<Void> firstFailureOrAll(List<CompletableFuture<Void>> all) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        for (CompletableFuture<Void> one : all) {
            one.whenComplete((ready, failure) -> {
                if (failure != null) {
                    result.completeExceptionally(failure);
                } else if (all.stream().allMatch(CompletableFuture::isDone)) {
                    result.complete(null);
                }
            });
        }
        return result;
    }

    private void fail(String reason) throws InterruptedException {
        journal.accept(reason);
        problem = reason;
        stopMembers();
        phase = Phase.FAILED;
        writeState();
        stopped.countDown();
    }

    private void stopQuietly() {
        try {
            if (phase == Phase.FAILED) {
                return;
            }
            phase = Phase.STOPPING;
            writeState();
            stopMembers();
            journal.accept("stopped");
            Files.deleteIfExists(home.state());
            Files.deleteIfExists(home.endpoints());
        } catch (InterruptedException | IOException e) {
            journal.accept("could not stop in order: " + e.getMessage());
        } finally {
            stopped.countDown();
        }
    }

    /** Those that nobody needs first, all of them at once; then those that now nobody needs any more. */
    private void stopMembers() throws InterruptedException {
        List<Supervised> running = new ArrayList<>(members.values());
        while (!running.isEmpty()) {
            List<Supervised> next = running.stream()
                    .filter(one ->
                            running.stream().noneMatch(other -> other.needs().contains(one.name())))
                    .toList();
            List<Thread> threads = new ArrayList<>();
            for (Supervised one : next) {
                threads.add(Thread.ofPlatform().start(() -> stopOne(one)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            running.removeAll(next);
        }
    }

    private static void stopOne(Supervised one) {
        try {
            one.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void writeState() {
        synchronized (stateFile) {
            StackState state = new StackState(
                    identity,
                    phase,
                    stack.portBase(),
                    problem,
                    readySeconds,
                    members.values().stream().map(Supervised::state).toList());
            try {
                JsonFiles.write(home.state(), state);
            } catch (IOException e) {
                // A full disk must not end those who watch over the processes.
                journal.accept("its state could not be written: " + e.getMessage());
            }
        }
    }

    private static ProcessIdentity ownIdentity() {
        return ProcessIdentity.of(ProcessHandle.current().pid())
                .orElseThrow(() -> new IllegalStateException("a process without an entry in /proc"));
    }
}
