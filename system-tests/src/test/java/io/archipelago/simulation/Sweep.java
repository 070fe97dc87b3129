package io.archipelago.simulation;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Many histories on a few threads.
 *
 * <p>{@code -Dsimulation.seed=N} runs the one of that seed and prints its story; {@code -Dsimulation.histories=N} says how many;
 * {@code -Dvc.tests.all=true} runs ten times as many that nobody has run before; {@code -Dvc.tests.seed=N} says where the seeds begin.
 * Without either they are the same in every run.
 */
final class Sweep {

    private static final long BASE = 20_090_300_000L;
    private static final int USUAL = 10_000;
    /** So far apart are the places at which the seeds of a sweep may begin. */
    private static final long APART = 1_000_000;

    private static final long PLACES = 1_000_000;
    private static final int THREADS = Math.max(2, Runtime.getRuntime().availableProcessors());
    private static final int STORED_OF = 50;
    private static final int LAST_LINES = 120;

    private final long base;
    private final int histories;
    private final boolean told;
    private final Set<Mutation> mutations;
    private final int stopAfter;
    private final ConcurrentLinkedQueue<Broken> broken = new ConcurrentLinkedQueue<>();
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong processorNanos = new AtomicLong();
    private final Set<Deed> deeds = ConcurrentHashMap.newKeySet();

    /**
     * A seed whose history broke an invariant.
     *
     * @param stored whether it was run with all that is stored and said written and read
     * @param what how
     */
    record Broken(long seed, boolean stored, String what) {}

    private Sweep(long base, int histories, boolean told, Set<Mutation> mutations) {
        this.base = base;
        this.histories = histories;
        this.told = told;
        this.mutations = mutations;
        this.stopAfter = mutations.isEmpty() ? 3 : 1;
    }

    /** As the system properties say. */
    static Sweep asToldByProperties() {
        Long one = Long.getLong("simulation.seed");
        if (one != null) {
            return new Sweep(one, 1, true, Set.of());
        }
        boolean all = Boolean.getBoolean("vc.tests.all");
        // The usual run is red because of the change that it tests, and not because of its luck.
        long place =
                Long.getLong("vc.tests.seed", all ? ThreadLocalRandom.current().nextLong(1, PLACES) : 0);
        System.out.println("simulation: place " + place + " (-Dvc.tests.seed=" + place + " repeats it)");
        int histories = Integer.getInteger("simulation.histories", all ? 10 * USUAL : USUAL);
        return new Sweep(BASE + place * APART, histories, false, Set.of());
    }

    /** Histories in which something is broken on purpose. */
    static Sweep with(Mutation mutation, int histories) {
        return new Sweep(BASE, histories, false, Set.of(mutation));
    }

    /** Runs all, or until some are broken. */
    void run() {
        long begin = System.nanoTime();
        List<Thread> threads = IntStream.range(0, THREADS)
                .mapToObj(i -> Thread.ofPlatform().start(this::work))
                .toList();
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        long done = Math.min(next.get(), histories);
        System.out.printf(
                "simulation%s: %d histories from seed %d, %.1f s, %.0f histories/s, each %d events and %.1f ms of a processor%n",
                mutations.isEmpty() ? "" : " " + mutations,
                done,
                base,
                seconds,
                done / seconds,
                events.get() / done,
                processorNanos.get() / 1e6 / done);
    }

    List<Broken> broken() {
        return List.copyOf(broken);
    }

    int histories() {
        return histories;
    }

    /** What was seen in at least one of the histories. */
    Set<Deed> deeds() {
        return deeds;
    }

    /** How many histories it took until the first was broken. */
    long firstBroken() {
        return broken.stream().mapToLong(b -> b.seed() - base + 1).min().orElse(-1);
    }

    /** What broke, with the end of the first story. */
    String report() {
        // All in the first line, for that is all that a summary of many tests shows.
        StringBuilder report = new StringBuilder();
        broken.forEach(b -> report.append(
                "-Dsimulation.seed=%d: %s; ".formatted(b.seed(), b.what().replace('\n', ' '))));
        broken.stream().findFirst().ifPresent(first -> {
            History history = new History(first.seed(), mutations, true, first.stored());
            String outcome = outcome(history::run);
            List<String> lines = history.story().lines().toList();
            report.append("\nthe end of the story of ").append(first.seed()).append(":\n");
            lines.stream()
                    .skip(Math.max(0, lines.size() - LAST_LINES))
                    .forEach(line -> report.append(line).append('\n'));
            report.append(outcome).append('\n');
        });
        return report.toString();
    }

    private void work() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        for (long i = next.getAndIncrement(); i < histories && broken.size() < stopAfter; i = next.getAndIncrement()) {
            long seed = base + i;
            boolean stored = told || seed % STORED_OF == 0;
            History history = new History(seed, mutations, told, stored);
            String outcome = outcome(history::run);
            events.addAndGet(history.events());
            deeds.addAll(history.deeds());
            if (!outcome.isEmpty()) {
                broken.add(new Broken(seed, stored, outcome));
            }
            if (told) {
                PrintStream out = System.out;
                out.println(history.story());
                out.println(outcome.isEmpty() ? "all invariants hold" : outcome);
            }
        }
        processorNanos.addAndGet(threads.getCurrentThreadCpuTime());
    }

    /** Empty if all went well. */
    static String outcome(Runnable history) {
        try {
            history.run();
            return "";
        } catch (InvariantBroken e) {
            return String.valueOf(e.getMessage());
        } catch (Throwable e) {
            // A decision that throws would park its message's key for ever. Errors too: one that only ended its thread
            // would leave the run green.
            StackTraceElement[] where = e.getStackTrace();
            return e + (where.length == 0 ? "" : " at " + where[0]);
        }
    }
}
