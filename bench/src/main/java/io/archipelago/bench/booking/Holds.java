package io.archipelago.bench.booking;

import java.util.List;
import java.util.Map;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.util.Statistics;

/**
 * What clusters take at sites that have many bookings, in placement's core.
 *
 * @param hosts of each of the {@link #SITES} sites, and machines of a large cluster
 * @param large the nanoseconds to plan a large cluster and hold it everywhere
 * @param small the nanoseconds to hold a small one
 * @param fromRows the same by a calendar that is drawn from the rows each time
 */
public record Holds(int hosts, Statistics large, Statistics small, Statistics fromRows) {

    static final int SITES = 10;
    private static final int BOOKINGS_PER_HOST = 10;

    private static final double NANOS_PER_MILLI = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final int MEDIAN = 50;
    private static final int P99 = 99;
    private static final int AIM_MILLIS = 50;
    private static final int AIM_HOLDS = 2_000;

    static Holds measure(int hosts, int seconds, int seed) throws RunnerException {
        Jmh jmh = Jmh.of(
                HoldBench.class,
                seconds,
                Map.of(
                        "sites", List.of(SITES),
                        "hosts", List.of(hosts),
                        "bookings", List.of(SITES * hosts * BOOKINGS_PER_HOST),
                        "machines", List.of(hosts),
                        "seed", List.of(seed)));
        return new Holds(
                hosts,
                jmh.nanos("planAndHold", "hosts", hosts),
                jmh.nanos("hold", "hosts", hosts),
                jmh.nanos("holdFromRows", "hosts", hosts));
    }

    List<String> lines() {
        return List.of(
                "%d sites of %,d hosts with %,d bookings:".formatted(SITES, hosts, SITES * hosts * BOOKINGS_PER_HOST),
                "  plan and hold %,d machines        %8.2f ms median  %8.2f ms p99  (aim: p99 below %d ms)"
                        .formatted(hosts, millis(large, MEDIAN), millis(large, P99), AIM_MILLIS),
                "  hold a small cluster at one site   %8.3f ms median  %8.3f ms p99  %,d a second (aim: %,d)"
                        .formatted(
                                millis(small, MEDIAN),
                                millis(small, P99),
                                Math.round(NANOS_PER_SECOND / small.getMean()),
                                AIM_HOLDS),
                "  the same, from rows each time      %8.3f ms median, %.1f times as long"
                        .formatted(millis(fromRows, MEDIAN), fromRows.getMean() / small.getMean()));
    }

    /** What was asked for, and of what. */
    public Clusters clusters() {
        return new Clusters(
                SITES * hosts,
                Site.SIZE,
                hosts,
                Sites.size(Sites.LARGE_CPUS),
                Sites.SMALL_MACHINES,
                Sites.size(Sites.SMALL_CPUS));
    }

    /** The median time to plan a large cluster and hold it everywhere. */
    public double largeMillis() {
        return millis(large, MEDIAN);
    }

    private static double millis(Statistics nanos, int percentile) {
        return nanos.getPercentile(percentile) / NANOS_PER_MILLI;
    }
}
