package io.archipelago.bench.booking;

import io.archipelago.bench.booking.Timeline.Entry;
import io.archipelago.bus.booking.Skyline;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;
import org.openjdk.jmh.runner.RunnerException;

/** Measures how the cost of a booking grows with the number of bookings, beside a sweep over a list of them. */
public final class BookingBench {

    private static final int FEWEST = 1_000;
    private static final int WEIGHED = 100_000;
    private static final int AIM_BYTES = 200;
    private static final String FILLER = "FillerElement";
    /** The third column of the heap's histogram. */
    private static final int BYTES = 2;

    private BookingBench() {}

    /**
     * Runs it; takes some {@code 25 * (seconds + 3)} s for four pools, and {@code 4 * (seconds + 3)} s for the sites.
     *
     * @param most how many bookings the fullest pool has, 1,000 or more
     * @param hosts of each site
     * @param seconds for which each figure is measured, 1 or more
     * @param picture where the curves are drawn, as SVG
     * @return what clusters took
     * @throws IOException if the picture can not be written
     */
    public static Holds run(int most, int hosts, int seconds, int seed, Optional<Path> picture, PrintStream out)
            throws IOException, RunnerException {
        out.printf(
                "booking: pools with some 120 bookings at every instant; %d processors, Java %s, seed %d%n%n",
                Runtime.getRuntime().availableProcessors(), System.getProperty("java.version"), seed);
        List<Row> rows = measure(sizes(most), seconds, seed);
        lines(rows).forEach(out::println);
        out.printf(
                "%na booking takes %d bytes of memory (aim: below %d), the mean of %,d%n%n",
                bytesEach(WEIGHED, seed), AIM_BYTES, WEIGHED);
        Holds holds = Holds.measure(hosts, seconds, seed);
        holds.lines().forEach(out::println);
        if (picture.isPresent()) {
            Files.writeString(picture.get(), Curves.svg(rows));
            out.println("the curves: " + picture.get());
        }
        return holds;
    }

    static List<Integer> sizes(int most) {
        return Stream.iterate(FEWEST, size -> size <= most, size -> size * 10).toList();
    }

    private static List<Row> measure(List<Integer> sizes, int seconds, int seed) throws RunnerException {
        Jmh jmh = Jmh.of(IndexBench.class, seconds, Map.of("bookings", sizes, "seed", List.of(seed)));
        return sizes.stream()
                .map(size -> new Row(
                        size,
                        Row.MEASURED.stream()
                                .map(name -> jmh.micros(name, "bookings", size))
                                .toList()))
                .toList();
    }

    /** Each row's figures, with how many times the first row's the booking is, and what a logarithm would be. */
    static List<String> lines(List<Row> rows) {
        List<String> lines = new ArrayList<>();
        lines.add("%10s%10s%10s%10s%10s%12s%14s%14s%10s"
                .formatted(
                        "bookings",
                        "book us",
                        "back us",
                        "ask us",
                        "first us",
                        "sweep us",
                        "sweep / ask",
                        "book times",
                        "log n"));
        Row first = rows.getFirst();
        for (Row row : rows) {
            StringBuilder line = new StringBuilder("%,10d".formatted(row.bookings()));
            for (String name : Row.MEASURED) {
                line.append((name.equals("sweep") ? "%12.1f" : "%10.2f").formatted(row.of(name)));
            }
            lines.add(line.append("%14.1f%14.2f%10.2f"
                            .formatted(
                                    row.of("sweep") / row.of("ask"),
                                    row.of("book") / first.of("book"),
                                    row.logarithmOver(first)))
                    .toString());
        }
        return lines;
    }

    /** What a pool with bookings takes of the heap beyond the bookings themselves, for each. */
    private static long bytesEach(int count, int seed) throws IOException {
        List<Entry> entries = new Timeline(count, seed).entries();
        long before = used();
        Skyline skyline = Timeline.skyline(entries);
        long after = used();
        Reference.reachabilityFence(skyline);
        Reference.reachabilityFence(entries);
        return (after - before) / count;
    }

    /** Bytes of all objects that are reached; not what the collector fills gaps with. */
    private static long used() throws IOException {
        try {
            String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
            return histogram
                    .lines()
                    .filter(line -> line.matches(" *\\d+: .*") && !line.contains(FILLER))
                    .mapToLong(line -> Long.parseLong(line.strip().split(" +", -1)[BYTES]))
                    .sum();
        } catch (JMException e) {
            throw new IOException("this JVM does not tell what its heap holds", e);
        }
    }
}
