package io.archipelago.bench.booking;

import io.archipelago.bench.booking.Sites.Held;
import io.archipelago.bus.booking.Booking;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.placement.PlacementMessage.PlanSites;
import java.util.ArrayDeque;
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
import org.openjdk.jmh.annotations.TearDown;

/** The time that placement's core takes for clusters at sites that have many hosts and many bookings. JMH runs it, in a JVM of its own. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HoldBench {

    /** Drawn before; a power of two. */
    private static final int DRAWN = 256;
    /** So many small clusters are there at a time; the oldest makes room for the next. */
    private static final int SMALL_AT_A_TIME = 200;
    /** Of all that are tried. */
    private static final double LEAST_HELD = 0.95;

    @Param("10")
    public int sites;

    @Param("1000")
    public int hosts;

    @Param("100000")
    public int bookings;

    @Param("1000")
    public int machines;

    @Param("1")
    public int seed;

    private List<PlanSites> large = List.of();
    private List<HoldAllocation> small = List.of();
    private final ArrayDeque<List<Booking>> there = new ArrayDeque<>();
    private Optional<Sites> all = Optional.empty();
    private int next;
    private long tried;
    private long held;

    @Setup
    public void draw() {
        Sites drawn = new Sites(sites, hosts, bookings, seed);
        large = Stream.generate(() -> drawn.large(machines)).limit(DRAWN).toList();
        small = Stream.generate(drawn::small).limit(DRAWN).toList();
        all = Optional.of(drawn);
    }

    /** Clusters that are refused are held in no time. */
    @TearDown
    public void check() {
        if (held < LEAST_HELD * tried) {
            throw new IllegalStateException("of %,d clusters only %,d were held".formatted(tried, held));
        }
    }

    private void count(boolean isHeld) {
        tried++;
        held += isHeld ? 1 : 0;
    }

    private <T> T next(List<T> drawn) {
        return drawn.get(next++ & (DRAWN - 1));
    }

    /** Both at once: what one cluster takes and gives back. */
    @Benchmark
    public int planAndHold() {
        List<Held> everywhere = all.orElseThrow().planAndHold(next(large));
        count(!everywhere.isEmpty());
        Sites.giveBack(everywhere);
        return everywhere.size();
    }

    @Benchmark
    public List<Booking> hold() {
        Site site = all.orElseThrow().first();
        if (there.size() == SMALL_AT_A_TIME) {
            site.giveBack(there.removeFirst());
        }
        List<Booking> those = site.hold(next(small)).bookings();
        count(!those.isEmpty());
        there.addLast(those);
        return those;
    }

    /** The same, by a calendar that is drawn from the rows for it. */
    @Benchmark
    public List<Booking> holdFromRows() {
        List<Booking> those =
                all.orElseThrow().first().holdFromRows(next(small)).bookings();
        count(!those.isEmpty());
        return those;
    }
}
