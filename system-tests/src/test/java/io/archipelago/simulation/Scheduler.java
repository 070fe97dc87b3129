package io.archipelago.simulation;

import java.util.PriorityQueue;

/** What happens next. Time is true time, in microseconds since the history began; no site knows it. */
final class Scheduler {

    static final long SECOND = 1_000_000;
    static final long MINUTE = 60 * SECOND;

    private final PriorityQueue<Event> events = new PriorityQueue<>(256);
    private long now;
    private long count;
    private long order;
    private long horizon = Long.MAX_VALUE;

    private record Event(long at, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
        }
    }

    long now() {
        return now;
    }

    /** How many events there have been. */
    long count() {
        return count;
    }

    void after(long delay, Runnable action) {
        at(now + delay, action);
    }

    void at(long instant, Runnable action) {
        events.add(new Event(Math.max(now, instant), order++, action));
    }

    /** Nothing later than this happens for now. */
    void horizon(long instant) {
        horizon = instant;
    }

    /** Lets the next thing happen; false if there is nothing left before the horizon. */
    boolean step() {
        Event next = events.peek();
        if (next == null || next.at() > horizon) {
            now = horizon == Long.MAX_VALUE ? now : Math.max(now, horizon);
            return false;
        }
        events.remove();
        now = next.at();
        count++;
        next.action().run();
        return true;
    }
}
