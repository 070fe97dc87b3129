package io.archipelago.simulation;

import io.archipelago.reservation.domain.Allocation;
import java.util.Set;

/**
 * One history: a workload amid faults, perhaps a calm in between at which what is told must be true, and an end at which all faults are healed and
 * everything must be settled.
 */
final class History {

    private static final long MOST_EVENTS = 2_000_000;
    private static final long LONGEST = 10_000 * Scheduler.MINUTE;
    private static final long OPERATOR_LOOKS_AFTER = 60 * Scheduler.MINUTE;
    private static final long CALM = 15 * Scheduler.MINUTE;

    private final long seed;
    private final World world;
    private final Scheduler scheduler;
    private final Chaos chaos;
    private final Story story;

    /**
     * @param seed of all choices
     * @param mutations what is broken on purpose
     * @param told whether the story is wanted
     * @param stored whether all that is stored and said is written and read
     */
    History(long seed, Set<Mutation> mutations, boolean told, boolean stored) {
        this.seed = seed;
        this.story = new Story(told);
        this.world = new World(seed, mutations, story, new Storable(stored));
        this.scheduler = world.scheduler();
        this.chaos = new Chaos(world);
    }

    /** Runs it to its end; {@link InvariantBroken} if something happens that must not. */
    void run() {
        Workload workload = new Workload(world);
        long end = workload.begin();
        chaos.plan(end + 5 * Scheduler.MINUTE);
        chaos.planLosses(workload.starts());
        chaos.planSetBack(end);
        if (world.dice().chance(world.lossy() ? 0.8 : 0.5)) {
            runUntil(world.dice().between(0L, end));
            chaos.heal();
            runUntil(scheduler.now() + CALM);
            if (!world.setBack()) {
                world.invariants().outcomes().truthful();
            }
            world.calm(false);
            chaos.plan(Math.max(end, scheduler.now()) + 5 * Scheduler.MINUTE);
        }
        runUntil(end + 10 * Scheduler.MINUTE);
        chaos.heal();
        if (world.setBack()) {
            runUntil(scheduler.now() + OPERATOR_LOOKS_AFTER);
            giveBackWhatNobodyKnows();
        }
        world.endWorkload();
        runUntil(Long.MAX_VALUE);
        world.invariants().outcomes().quiescent();
    }

    String story() {
        return story.toString();
    }

    Set<Deed> deeds() {
        return world.deeds();
    }

    long events() {
        return scheduler.count();
    }

    @Override
    public String toString() {
        return "history " + seed;
    }

    /** An operator goes through what is booked at a site whose database was set back. */
    private void giveBackWhatNobodyKnows() {
        for (Site site : world.sites()) {
            ReservationService service = site.reservation();
            site.participants().stream()
                    .flatMap(p -> p.leased().stream())
                    .distinct()
                    .filter(id -> !service.allocations().containsKey(id)
                            || service.allocations().get(id) instanceof Allocation.Forgotten)
                    .toList()
                    .forEach(service.settling()::giveBackUnseen);
        }
    }

    private void runUntil(long instant) {
        scheduler.horizon(instant);
        while (scheduler.step()) {
            chaos.tick();
            if ((scheduler.count() & 255) == 0) {
                world.invariants().outcomes().watch();
                Invariants.require(
                        scheduler.count() < MOST_EVENTS && scheduler.now() < LONGEST, () -> "it never comes to an end");
            }
        }
    }
}
