package io.archipelago.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The messages of one key on one topic, as one consumer gets them: in order, at least once, and again from the last acknowledged one whenever
 * partitions are given out anew. Other keys run beside it, which is less order than a partition has.
 */
final class Lane {

    record Id(String topic, Object key) {}

    /** Who takes the messages. */
    interface Consumer {
        boolean isUp();

        /** Takes a message; tells the lane when its effect is committed, or that it failed. */
        void take(Delivery delivery);
    }

    /** One attempt to have a message taken. */
    record Delivery(Lane lane, int attempt, Posted posted) {
        void done() {
            lane.done(this);
        }

        void failed() {
            lane.failed(this);
        }
    }

    private final World world;
    private final Consumer consumer;
    private final LongSupplier blockedUntil;
    private final List<Posted> log = new ArrayList<>();
    private int next;
    private int acknowledged;
    private int attempt;
    private boolean busy;

    /** @param blockedUntil the instant before which nothing gets through */
    Lane(World world, Consumer consumer, LongSupplier blockedUntil) {
        this.world = world;
        this.consumer = consumer;
        this.blockedUntil = blockedUntil;
    }

    void append(Posted posted) {
        log.add(posted);
        world.scheduler().after(world.latency(), this::poll);
    }

    void poll() {
        if (busy || next >= log.size() || !consumer.isUp()) {
            return;
        }
        long open = blockedUntil.getAsLong();
        if (world.scheduler().now() < open) {
            world.scheduler().at(open + 1, this::poll);
            return;
        }
        busy = true;
        consumer.take(new Delivery(this, attempt, log.get(next)));
    }

    /** Partitions were given out anew: what was not acknowledged comes again, even while it is still at work. */
    void reset() {
        attempt++;
        busy = false;
        next = acknowledged;
        world.scheduler().after(world.latency(), this::poll);
    }

    int acknowledged() {
        return acknowledged;
    }

    /** The consumer's database was set back, and with it how far this was read. */
    void backTo(int position) {
        attempt++;
        busy = false;
        next = Math.min(position, log.size());
        acknowledged = next;
    }

    /** What was not taken yet is lost for good; whether anything was. */
    boolean lose() {
        boolean lost = next < log.size();
        skipToEnd();
        return lost;
    }

    /** The consumer has read everything by another way. */
    void skipToEnd() {
        attempt++;
        busy = false;
        next = log.size();
        acknowledged = next;
    }

    boolean drained() {
        return next == log.size();
    }

    private void done(Delivery delivery) {
        if (delivery.attempt() != attempt) {
            return;
        }
        busy = false;
        next++;
        if (world.dice().chance(0.6)) {
            acknowledged = next;
        }
        if (next < log.size()) {
            world.scheduler().after(10, this::poll);
        }
    }

    private void failed(Delivery delivery) {
        if (delivery.attempt() == attempt) {
            reset();
        }
    }
}
