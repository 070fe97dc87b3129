package io.archipelago.placement.domain;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.placement.CapacitySlice;
import io.archipelago.contracts.placement.CapacitySlice.HostClass;
import io.archipelago.contracts.placement.PlacementMessage.CapacityAdvertised;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongBinaryOperator;
import java.util.stream.LongStream;

/**
 * What a site tells others of its free capacity, and what they may expect by it. It is short, whatever the site has: what changes often is told
 * by what is free throughout longer stretches, and what hosts have left is rounded down.
 */
final class Advertisement {

    private static final int MOST_CLASSES = 64;
    private static final long LEAST_UNIT = 1L << 20;
    private static final long MEMORY_OF_A_CPU = 1L << 32;

    private final CapacityAdvertised advertised;

    Advertisement(CapacityAdvertised advertised) {
        this.advertised = advertised;
    }

    /**
     * What a site advertises.
     *
     * @param here what is booked of it
     * @param slices at most, 2 or more
     */
    static CapacityAdvertised of(SiteId site, Calendar here, Instant now, int slices) {
        List<Instant> starts = starts(here.changes(now), slices);
        List<CapacitySlice> told = new ArrayList<>();
        for (int i = 0; i < starts.size(); i++) {
            Instant from = starts.get(i);
            // Nothing changes after the last.
            Instant to = i + 1 < starts.size() ? starts.get(i + 1) : from.plus(Duration.ofNanos(1));
            TimeWindow slice = new TimeWindow(from, to);
            told.add(new CapacitySlice(from, classes(here, host -> here.free(host, slice), Advertisement::down)));
        }
        return new CapacityAdvertised(site, now, told, classes(here, Pool::capacity, Advertisement::up));
    }

    /**
     * Some of the changes, the first and the last among them: ever fewer with their distance, as clusters that begin later are longer. Always of the
     * same changes the same ones, so that nothing new is told until one of them has passed.
     */
    private static List<Instant> starts(List<Instant> changes, int most) {
        if (changes.size() <= most) {
            return changes;
        }
        long last = most - 1L;
        long passedOver = changes.size() - most;
        return LongStream.rangeClosed(0, last)
                .mapToObj(i -> changes.get((int) (i + passedOver * i * i / (last * last))))
                .toList();
    }

    /** Hosts that have the same left. Too many kinds become fewer by being told of in ever larger units. */
    private static List<HostClass> classes(Calendar here, Function<Pool, Amounts> room, LongBinaryOperator rounding) {
        List<Amounts> rooms = here.open().stream().map(room).toList();
        List<HostClass> classes = classes(rooms, 1, 1, rounding);
        for (long unit = LEAST_UNIT; classes.size() > MOST_CLASSES; unit *= 2) {
            classes = classes(rooms, Math.max(1, unit / MEMORY_OF_A_CPU), unit, rounding);
        }
        return classes;
    }

    private static List<HostClass> classes(
            List<Amounts> rooms, long cpusUnit, long memoryUnit, LongBinaryOperator rounding) {
        Map<HostClass, Integer> counts = new LinkedHashMap<>();
        for (Amounts free : rooms) {
            // Of a host that is maintained, or has less than it had, less than nothing may be free.
            long cpus = rounding.applyAsLong(Math.max(0, free.get(PlacementLogic.CPUS)), cpusUnit);
            long memory = rounding.applyAsLong(Math.max(0, free.get(PlacementLogic.MEMORY)), memoryUnit);
            counts.merge(new HostClass(1, (int) cpus, memory), 1, Integer::sum);
        }
        return counts.entrySet().stream()
                .map(e -> new HostClass(
                        e.getValue(), e.getKey().cpus(), e.getKey().memoryBytes()))
                .toList();
    }

    private static long down(long amount, long unit) {
        return Math.floorDiv(amount, unit) * unit;
    }

    private static long up(long amount, long unit) {
        return Math.ceilDiv(amount, unit) * unit;
    }

    /**
     * How many machines of a group fit in every slice that a window touches. More may, if something becomes free within a slice; and fewer, if
     * one host is free in this slice and another one in the next.
     */
    int likely(MachineGroup group, TimeWindow window) {
        int least = Integer.MAX_VALUE;
        List<CapacitySlice> slices = advertised.slices();
        for (int i = 0; i < slices.size(); i++) {
            boolean over = i + 1 < slices.size() && !slices.get(i + 1).from().isAfter(window.start());
            boolean later = i > 0 && !slices.get(i).from().isBefore(window.end());
            if (!over && !later) {
                least = Math.min(least, fits(slices.get(i).hosts(), group));
            }
        }
        return slices.isEmpty() ? 0 : least;
    }

    /** How many machines of a group fit at most, whatever the window. */
    int possible(MachineGroup group, TimeWindow window) {
        List<HostClass> hosts = advertised.hosts();
        return hosts == null ? likely(group, window) : fits(hosts, group);
    }

    private static int fits(List<HostClass> hosts, MachineGroup group) {
        long fits = hosts.stream()
                .mapToLong(h -> h.fits(group.cpus(), group.memoryBytes(), group.maxPerHost()))
                .sum();
        return (int) Math.min(fits, Integer.MAX_VALUE);
    }
}
