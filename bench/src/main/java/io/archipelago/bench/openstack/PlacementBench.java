package io.archipelago.bench.openstack;

import io.archipelago.bench.booking.Clusters;
import io.archipelago.lab.DebianPackages;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Measures what OpenStack Placement takes to find and claim the machines of clusters, beside what it takes here. It knows no time: all is for now. */
public final class PlacementBench {

    private static final int AT_ONCE = 16;
    private static final int WARM_UP = 2;
    private static final int LARGE = 7;
    private static final int SMALL = 96;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    private final PlacementApi api;
    private final Clusters clusters;

    private PlacementBench(PlacementApi api, Clusters clusters) {
        this.api = api;
        this.clusters = clusters;
    }

    /**
     * What the same clusters take here.
     *
     * @param largeMillis to plan and hold a large one, without a database
     * @param smallASecond small ones through PostgreSQL and the broker; empty if that was not measured
     */
    public record Ours(double largeMillis, OptionalDouble smallASecond) {}

    /**
     * What was measured.
     *
     * @param large milliseconds for each large cluster, in order of length
     * @param smallASecond so many small ones
     * @param repeated how many more attempts their claims took, because somebody else was faster
     */
    record Theirs(List<Double> large, double smallASecond, long repeated) {

        double median() {
            return large.get(large.size() / 2);
        }
    }

    /**
     * Installs its packages if they are missing, for which this must be root on Debian.
     *
     * @throws IOException if they can not be had, with the reason
     */
    public static void install(PrintStream out) throws IOException, InterruptedException {
        PlacementServer.install(out::println);
    }

    /**
     * Starts it, tells it of the hosts, measures, and stops it.
     *
     * @throws IOException if it does not start, or does not do what it is asked for
     */
    public static void run(Clusters clusters, Ours ours, PrintStream out) throws IOException, InterruptedException {
        out.printf("%nstarting OpenStack Placement, and telling it of %,d hosts ...%n", clusters.hosts());
        try (PlacementServer server = PlacementServer.start()) {
            PlacementBench bench = new PlacementBench(new PlacementApi(server.base()), clusters);
            bench.addHosts();
            Theirs theirs = new Theirs(bench.large(), bench.small(), bench.api.repeated());
            lines(DebianPackages.version(PlacementServer.PACKAGE), clusters, theirs, ours)
                    .forEach(out::println);
        }
    }

    private void addHosts() throws IOException, InterruptedException {
        AtomicInteger left = new AtomicInteger(clusters.hosts());
        atOnce(() -> {
            for (int host = left.getAndDecrement(); host > 0; host = left.getAndDecrement()) {
                api.addHost("host" + host, clusters.host());
            }
            return null;
        });
    }

    private List<Double> large() throws IOException, InterruptedException {
        List<Double> took = new ArrayList<>();
        for (int round = 0; round < WARM_UP + LARGE; round++) {
            long begun = System.nanoTime();
            List<UUID> consumers = api.claim(clusters.machines(), clusters.large());
            if (round >= WARM_UP) {
                took.add((System.nanoTime() - begun) / NANOS_PER_MILLI);
            }
            api.giveBack(consumers);
        }
        took.sort(Double::compare);
        return took;
    }

    private double small() throws IOException, InterruptedException {
        AtomicInteger left = new AtomicInteger(SMALL);
        long begun = System.nanoTime();
        atOnce(() -> {
            while (left.getAndDecrement() > 0) {
                var ignored = api.claim(clusters.smallMachines(), clusters.small());
            }
            return null;
        });
        return SMALL / ((System.nanoTime() - begun) / NANOS_PER_SECOND);
    }

    /** What fails in one ends all. */
    private static void atOnce(Callable<Void> worker) throws IOException, InterruptedException {
        try (ExecutorService workers = Executors.newFixedThreadPool(AT_ONCE)) {
            CompletionService<Void> ended = new ExecutorCompletionService<>(workers);
            for (int i = 0; i < AT_ONCE; i++) {
                ended.submit(worker);
            }
            try {
                for (int i = 0; i < AT_ONCE; i++) {
                    ended.take().get();
                }
            } catch (ExecutionException e) {
                throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
            } finally {
                workers.shutdownNow();
            }
        }
    }

    static List<String> lines(String version, Clusters clusters, Theirs theirs, Ours ours) {
        List<String> lines = new ArrayList<>();
        lines.add(
                "OpenStack Placement %s with PostgreSQL, over HTTP; the same %,d hosts, without windows, for it has none:"
                        .formatted(version, clusters.hosts()));
        lines.add("  find and claim %,d machines       %8.2f ms median  %8.2f ms longest of %d"
                .formatted(
                        clusters.machines(),
                        theirs.median(),
                        theirs.large().getLast(),
                        theirs.large().size()));
        lines.add("    %.1f times as long as to plan and hold them here, which was without a database"
                .formatted(theirs.median() / ours.largeMillis()));
        lines.add("  small clusters of %d machines, %d at once: %.1f a second; %d claims made anew after a conflict"
                .formatted(clusters.smallMachines(), AT_ONCE, theirs.smallASecond(), theirs.repeated()));
        ours.smallASecond()
                .ifPresent(here -> lines.add("    here %.1f times as many, through PostgreSQL and the broker"
                        .formatted(here / theirs.smallASecond())));
        return lines;
    }
}
