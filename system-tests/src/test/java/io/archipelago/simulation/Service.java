package io.archipelago.simulation;

import io.archipelago.simulation.Transaction.End;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A service of one site: its database, its relay, its consumers, its timers. Any number of its transactions run at once, as if several instances
 * had the partitions between them.
 */
abstract class Service implements Lane.Consumer {

    private final World world;
    private final Site site;
    private final String name;
    private final Database database = new Database();
    private final Relay relay = new Relay(this);
    private final Map<Transaction, Consumer<End>> open = new LinkedHashMap<>();
    private final Map<Object, Long> timers = new HashMap<>();
    private final Duration skew;
    private boolean up = true;
    private long disturbedAt;

    Service(World world, Site site, String name) {
        this.world = world;
        this.site = site;
        this.name = name;
        this.skew = Duration.ofMillis(world.dice().between(-100, 100));
    }

    /** What is done about a message; null: nothing. */
    abstract @Nullable Work work(Posted posted);

    /** When something is due about a row; null: never. */
    abstract @Nullable Instant due(Object row);

    /** What is done when a row is due. */
    abstract Work dueWork(Object row);

    /** Every row that may have a due time. */
    abstract Collection<Object> rows();

    /** What is done before anything else, while nobody is at work. */
    void beforeStart() {}

    World world() {
        return world;
    }

    Site site() {
        return site;
    }

    Database database() {
        return database;
    }

    Relay relay() {
        return relay;
    }

    /** By the clock of its database, which is not quite that of the others of its site. */
    Instant now() {
        return site.now().plus(skew);
    }

    /** Whether it is in the middle of something. */
    boolean isBusy() {
        return up && !open.isEmpty();
    }

    /** When last something kept it from being on time. */
    long disturbedAt() {
        return disturbedAt;
    }

    @Override
    public boolean isUp() {
        return up;
    }

    @Override
    public void take(Lane.Delivery delivery) {
        Work work = work(delivery.posted());
        if (work == null) {
            delivery.done();
            return;
        }
        begin(work, end -> {
            if (end == End.COMMITTED) {
                delivery.done();
            } else {
                delivery.failed();
            }
        });
    }

    /** Runs a transaction, if the service is up. */
    void begin(Work work, Consumer<End> then) {
        Transaction transaction = new Transaction(this, work);
        open.put(transaction, then);
        transaction.proceed();
    }

    /** Does for a client what it repeats until it is answered. */
    void request(Work work) {
        if (!up) {
            world.scheduler().after(Scheduler.SECOND, () -> request(work));
            return;
        }
        begin(work, end -> {
            if (end != End.COMMITTED) {
                world.scheduler().after(Scheduler.SECOND, () -> request(work));
            }
        });
    }

    void ended(Transaction transaction, End how) {
        Consumer<End> then = open.remove(transaction);
        if (then != null) {
            then.accept(how);
        }
    }

    /** Sets a timer for a row, unless an earlier one is set. */
    void watch(Object row) {
        Instant due = due(row);
        if (due == null) {
            return;
        }
        long at = site.trueTime(due.minus(skew)) + world.dice().between(1, world.calm() ? 200_000 : 900_000);
        Long set = timers.get(row);
        if (set != null && set <= at) {
            return;
        }
        timers.put(row, at);
        world.scheduler().at(at, () -> fire(row, at));
    }

    /** Looks at all rows anew: after a start, or because the clock jumped. */
    void watchAll() {
        disturbedAt = world.scheduler().now();
        timers.clear();
        rows().forEach(this::watch);
    }

    /** One of two instances dies: half of the transactions are rolled back, their messages come again. */
    void crashHalf() {
        for (Transaction transaction : List.copyOf(open.keySet())) {
            if (world.dice().chance(0.5)) {
                transaction.rollBack();
            }
        }
    }

    /** All that is not in the database is lost. */
    void crash() {
        up = false;
        disturbedAt = world.scheduler().now();
        relay.crash();
        timers.clear();
        List.copyOf(open.keySet()).forEach(Transaction::rollBack);
        lanes().forEach(Lane::reset);
    }

    void restart() {
        if (up) {
            return;
        }
        beforeStart();
        up = true;
        disturbedAt = world.scheduler().now();
        relay.restart();
        lanes().forEach(Lane::poll);
        if (!world.broken(Mutation.TIMERS_IN_MEMORY)) {
            watchAll();
        }
    }

    /** Partitions are given out anew; half of the lanes begin again, though the former owner may still be at work. */
    void rebalance() {
        for (Lane lane : lanes()) {
            if (world.dice().chance(0.5)) {
                lane.reset();
            }
        }
    }

    /** Nothing is in the way of messages any more. */
    void wakeLanes() {
        lanes().forEach(Lane::poll);
    }

    /** Lanes of this service, at its own broker and at peers'. */
    private List<Lane> lanes() {
        return world.sites().stream()
                .flatMap(s -> s.broker().lanesOf(this).stream())
                .toList();
    }

    private void fire(Object row, long at) {
        if (!Objects.equals(timers.get(row), at)) {
            return;
        }
        timers.remove(row);
        if (!up) {
            return;
        }
        begin(dueWork(row), end -> {
            if (up) {
                watch(row);
            }
        });
    }

    @Override
    public String toString() {
        return site.id() + "/" + name;
    }
}
