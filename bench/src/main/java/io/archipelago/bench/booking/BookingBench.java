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
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Measures how the cost of a booking grows with the number of bookings, beside a sweep over a list of them. */
public final class BookingBench {

    private static final int FEWEST = 1_000;
    private static final int WEIGHED = 100_000;
    private static final int AIM_BYTES = 200;
    private static final double NANOS_PER_MICRO = 1e3;
    private static final String FILLER = "FillerElement";
    /** The third column of the heap's histogram. */
    private static final int BYTES = 2;

    /** The first Java that warns of what JMH uses. */
    private static final int WARNS_OF_UNSAFE = 24;

    private BookingBench() {}

    /**
     * Runs it; takes some {@code 25 * (seconds + 3)} s for four pools.
     *
     * @param most how many bookings the fullest pool has, 1,000 or more
     * @param seconds for which each figure is measured, 1 or more
     * @param picture where the curves are drawn, as SVG
     * @throws IOException if the picture can not be written
     */
    public static void run(int most, int seconds, int seed, Optional<Path> picture, PrintStream out)
            throws IOException, RunnerException {
        out.printf(
                "booking: pools with some 120 bookings at every instant; %d processors, Java %s, seed %d%n%n",
                Runtime.getRuntime().availableProcessors(), System.getProperty("java.version"), seed);
        List<Row> rows = measure(sizes(most), seconds, seed);
        lines(rows).forEach(out::println);
        out.printf(
                "%na booking takes %d bytes of memory (aim: below %d), the mean of %,d%n",
                bytesEach(WEIGHED, seed), AIM_BYTES, WEIGHED);
        if (picture.isPresent()) {
            Files.writeString(picture.get(), Curves.svg(rows));
            out.println("the curves: " + picture.get());
        }
    }

    static List<Integer> sizes(int most) {
        return Stream.iterate(FEWEST, size -> size <= most, size -> size * 10).toList();
    }

    private static List<Row> measure(List<Integer> sizes, int seconds, int seed) throws RunnerException {
        Options options = new OptionsBuilder()
                .include(Pattern.quote(IndexBench.class.getName()) + "\\.")
                .param("bookings", sizes.stream().map(String::valueOf).toArray(String[]::new))
                .param("seed", Integer.toString(seed))
                .forks(1)
                .jvmArgs(jvm())
                .warmupIterations(1)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(seconds)
                .measurementTime(TimeValue.seconds(1))
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .build();
        Collection<RunResult> results = new Runner(options).run();
        return sizes.stream()
                .map(size -> new Row(
                        size,
                        Row.MEASURED.stream()
                                .map(name -> micros(results, size, name))
                                .toList()))
                .toList();
    }

    private static double micros(Collection<RunResult> results, int size, String name) {
        return results.stream()
                .filter(result -> result.getParams().getParam("bookings").equals(Integer.toString(size))
                        && result.getParams().getBenchmark().endsWith("." + name))
                .mapToDouble(result -> result.getPrimaryResult().getScore() / NANOS_PER_MICRO)
                .findFirst()
                .orElseThrow();
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

    private static String[] jvm() {
        List<String> arguments = new ArrayList<>(List.of("-Xmx2g", "-XX:+UseSerialGC"));
        if (Runtime.version().feature() >= WARNS_OF_UNSAFE) {
            arguments.add("--sun-misc-unsafe-memory-access=allow");
        }
        return arguments.toArray(String[]::new);
    }
}
