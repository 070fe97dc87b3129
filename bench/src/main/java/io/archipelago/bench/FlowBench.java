package io.archipelago.bench;

import io.archipelago.local.RunningStack;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The whole flow of reservations of twenty machines over two sites, on hosts on which everything takes no time: what is measured is the
 * suite, its database and its broker.
 */
final class FlowBench {

    private static final Duration CLUSTER_LIFE = Duration.ofHours(4);
    /** Over which the windows of scheduled reservations are spread, so that some overlap and nothing is refused. */
    private static final Duration SPREAD = Duration.ofDays(60);

    private static final Duration AHEAD = Duration.ofDays(1);
    /** Long enough to be scheduled before the start. */
    private static final Duration NEAR = Duration.ofSeconds(4);

    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final int FLOOR_LOOPS = 5_000;

    private final FlowSettings settings;
    private final RunningStack stack;
    private final Tenant tenant;
    private final Watch watch;
    private final FlowReport report;
    private final Random random;

    private FlowBench(FlowSettings settings, RunningStack stack, Watch watch, PrintStream out) {
        this.settings = settings;
        this.stack = stack;
        this.tenant = new Tenant(stack, "alice");
        this.watch = watch;
        this.report = new FlowReport(out);
        this.random = new Random(settings.seed());
    }

    static void run(FlowSettings settings, PrintStream out) throws Exception {
        out.println("Starting two sites with instant hosts ...");
        // Deploying begins at the start of the window, so that what is measured from there is all of it.
        // One tenant asks for all of it, which may be more than a tenant may have.
        Map<String, String> environment = Map.of(
                "AGENT_SIM_INSTANT", "true",
                "RESERVATION_DEADLINES_LEAD", "PT0S",
                "RESERVATION_QUOTAS_RESERVATIONS", "1000000",
                "RESERVATION_QUOTAS_MACHINES", "1000000",
                "RESERVATION_QUOTAS_MACHINE_HOURS", "1000000000",
                "RESERVATION_QUOTAS_VOLUME_GIB", "1000000000");
        try (RunningStack stack = RunningStack.start(environment);
                Watch watch = new Watch(stack)) {
            new FlowBench(settings, stack, watch, out).run();
        }
    }

    private void run() throws Exception {
        report.machine(settings);
        report.says("warming up: %d cycles".formatted(settings.warmUp()));
        sideBySide(settings.warmUp(), Math.min(4, settings.concurrency()), this::cycle);
        report.idle(idle());
        Floor floor = Floor.measure(stack, FLOOR_LOOPS, FLOOR_LOOPS);
        report.floor(floor);

        cycles("one after the other", 1, floor);
        cycles(settings.concurrency() + " at once", Math.min(settings.concurrency(), settings.cycles()), floor);

        Counters before = Counters.read(stack);
        List<Scheduled> scheduled = sideBySide(settings.reservations(), settings.concurrency(), this::schedule);
        Duration took = since(before);
        Counters done = Counters.read(stack).since(before);
        List<UUID> ids = Collections.synchronizedList(
                new ArrayList<>(scheduled.stream().map(Scheduled::id).toList()));
        sideBySide(ids.size(), settings.concurrency(), () -> cancel(ids.removeLast()));

        report.scheduling(scheduled.stream().map(Scheduled::took).toList(), done, took, floor);
        report.processes(done, scheduled.size());
    }

    private void cycles(String how, int lanes, Floor floor) throws Exception {
        Counters before = Counters.read(stack);
        List<Times> times = sideBySide(settings.cycles(), lanes, this::cycle);
        Duration took = since(before);
        report.cycles(how, lanes, times, Counters.read(stack).since(before), took, floor);
    }

    /** From asking to SCHEDULED. */
    private record Scheduled(UUID id, Duration took) {}

    /** Of one cluster: from asking to SCHEDULED, from its start to ACTIVE, from giving it up to ENDED. */
    record Times(Duration toScheduled, Duration toActive, Duration toEnded) {

        Duration busy() {
            return toScheduled.plus(toActive).plus(toEnded);
        }
    }

    private Counters idle() throws Exception {
        Counters before = Counters.read(stack);
        TimeUnit.MILLISECONDS.sleep(IDLE.toMillis()); // What is measured is what goes on when nothing happens.
        return Counters.read(stack).since(before);
    }

    private Times cycle() throws Exception {
        Instant asked = Instant.now();
        Instant start = asked.plus(NEAR);
        UUID id = tenant.reserve(start, CLUSTER_LIFE);
        Instant scheduled = reached(id, "SCHEDULED", "DEPLOYING", "ACTIVE");
        Instant active = reached(id, "ACTIVE");
        Instant givenUp = Instant.now();
        tenant.cancel(id);
        Instant ended = reached(id, "ENDED");
        // One that was scheduled after its start begins when it is scheduled.
        Instant begun = scheduled.isAfter(start) ? scheduled : start;
        return new Times(
                Duration.between(asked, scheduled), Duration.between(begun, active), Duration.between(givenUp, ended));
    }

    private Scheduled schedule() throws Exception {
        Duration into;
        synchronized (random) {
            into = Duration.ofSeconds(random.nextLong(SPREAD.toSeconds()));
        }
        Instant asked = Instant.now();
        UUID id = tenant.reserve(asked.plus(AHEAD).plus(into), CLUSTER_LIFE);
        return new Scheduled(id, Duration.between(asked, reached(id, "SCHEDULED")));
    }

    private Void cancel(UUID id) throws Exception {
        tenant.cancel(id);
        var ignored = reached(id, "CANCELLED");
        return null;
    }

    private Instant reached(UUID id, String... states) throws Exception {
        try {
            return watch.await(id, states);
        } catch (IllegalStateException e) {
            throw new IllegalStateException(e.getMessage() + "; its problems: " + tenant.problems(id), e);
        }
    }

    private static Duration since(Counters before) {
        return Duration.between(before.at(), Instant.now());
    }

    private static <T> List<T> sideBySide(int times, int atOnce, Callable<T> work) throws Exception {
        List<T> results = new ArrayList<>();
        ExecutorService people = Executors.newFixedThreadPool(Math.max(atOnce, 1));
        try {
            ExecutorCompletionService<T> done = new ExecutorCompletionService<>(people);
            for (int i = 0; i < times; i++) {
                var ignored = done.submit(work);
            }
            for (int i = 0; i < times; i++) {
                results.add(done.take().get());
            }
        } finally {
            // After a failure nobody waits for the rest.
            people.shutdownNow();
        }
        return results;
    }
}
