package io.archipelago.bench.booking;

import io.archipelago.bench.booking.Timeline.Entry;
import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Skyline;
import io.archipelago.contracts.TimeWindow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The mean time of one booking, and of one question, at a pool that has many bookings. JMH runs it, in a JVM of its own. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class IndexBench {

    /** Drawn before, for a draw takes as long as a booking; a power of two. */
    private static final int DRAWN = 1024;

    /** Near what is booked of it, so that some answers are yes. */
    private static final Amounts CAPACITY = Amounts.of(Timeline.CPUS, 1_200, Timeline.MEMORY, 5_000);

    private static final Amounts WANTED = Amounts.of(Timeline.CPUS, 32, Timeline.MEMORY, 128);

    @Param("1000")
    public int bookings;

    @Param("1")
    public int seed;

    private List<Entry> entries = List.of();
    private List<Entry> others = List.of();
    private Skyline skyline = Skyline.FLAT;
    private int next;

    @Setup
    public void draw() {
        Timeline timeline = new Timeline(bookings, seed);
        entries = timeline.entries();
        others = Stream.generate(timeline::entry).limit(DRAWN).toList();
        skyline = Timeline.skyline(entries);
    }

    private Entry other() {
        next = (next + 1) & (DRAWN - 1);
        return others.get(next);
    }

    @Benchmark
    public Skyline book() {
        Entry entry = other();
        return skyline.with(entry.during(), entry.amounts());
    }

    @Benchmark
    public Skyline giveBack() {
        next = (next + 1) % entries.size();
        Entry entry = entries.get(next);
        return skyline.without(entry.during(), entry.amounts());
    }

    @Benchmark
    public boolean ask() {
        return skyline.hasRoom(CAPACITY, WANTED, other().during());
    }

    @Benchmark
    public Optional<Instant> earliest() {
        TimeWindow window = other().during();
        return skyline.earliest(CAPACITY, WANTED, window.start(), window.length());
    }

    /** The same question to a list of bookings, as it is answered without an index: what begins or ends in the window, in order. */
    @Benchmark
    public boolean sweep() {
        return sweep(entries, CAPACITY, WANTED, other().during());
    }

    /** A change of what is booked. */
    private record Change(Instant at, int sign, Amounts amounts) {}

    static boolean sweep(List<Entry> entries, Amounts capacity, Amounts wanted, TimeWindow window) {
        List<Change> changes = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.during().overlaps(window)) {
                changes.add(new Change(entry.during().start(), 1, entry.amounts()));
                changes.add(new Change(entry.during().end(), -1, entry.amounts()));
            }
        }
        // What ends at an instant makes room for what begins then.
        changes.sort(Comparator.comparing(Change::at).thenComparingInt(Change::sign));
        long cpus = capacity.get(Timeline.CPUS) - wanted.get(Timeline.CPUS);
        long memory = capacity.get(Timeline.MEMORY) - wanted.get(Timeline.MEMORY);
        for (Change change : changes) {
            if (!change.at().isBefore(window.end())) {
                break;
            }
            cpus -= change.sign() * change.amounts().get(Timeline.CPUS);
            memory -= change.sign() * change.amounts().get(Timeline.MEMORY);
            if (cpus < 0 || memory < 0) {
                return false;
            }
        }
        return true;
    }
}
