package io.archipelago.bench.booking;

import io.archipelago.bench.booking.Timeline.Entry;
import io.archipelago.bus.booking.Skyline;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Measures how the cost of a booking grows with the number of bookings, beside a sweep over a list of them. */
public final class BookingBench {

    /** The columns, by the names of the methods that are measured. */
    private static final List<String> MEASURED = List.of("book", "giveBack", "ask", "earliest", "sweep");

    private static final int FEWEST = 1_000;
    private static final int WEIGHED = 100_000;
    private static final int AIM_BYTES = 200;
    private static final double NANOS_PER_MICRO = 1e3;

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
        Map<Integer, Map<String, Double>> micros = measure(sizes(most), seconds, seed);
        lines(micros).forEach(out::println);
        out.printf(
                "%na booking takes %d bytes of memory (aim: below %d), the mean of %,d%n",
                bytesEach(WEIGHED, seed), AIM_BYTES, WEIGHED);
        if (picture.isPresent()) {
            Files.writeString(picture.get(), Curves.svg(micros, MEASURED.subList(0, MEASURED.size() - 1)));
            out.println("the curves: " + picture.get());
        }
    }

    static List<Integer> sizes(int most) {
        return Stream.iterate(FEWEST, size -> size <= most, size -> size * 10).toList();
    }

    private static Map<Integer, Map<String, Double>> measure(List<Integer> sizes, int seconds, int seed)
            throws RunnerException {
        Options options = new OptionsBuilder()
                .include(Pattern.quote(IndexBench.class.getName()) + "\\.")
                .param("bookings", sizes.stream().map(String::valueOf).toArray(String[]::new))
                .param("seed", Integer.toString(seed))
                .forks(1)
                .jvmArgs("-Xmx2g", "-XX:+UseSerialGC")
                .warmupIterations(1)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(seconds)
                .measurementTime(TimeValue.seconds(1))
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .build();
        Map<Integer, Map<String, Double>> micros = new TreeMap<>();
        for (RunResult result : new Runner(options).run()) {
            String name = result.getParams().getBenchmark();
            micros.computeIfAbsent(Integer.valueOf(result.getParams().getParam("bookings")), size -> new TreeMap<>())
                    .put(
                            name.substring(name.lastIndexOf('.') + 1),
                            result.getPrimaryResult().getScore() / NANOS_PER_MICRO);
        }
        return micros;
    }

    /** Each row's figures in microseconds, with how many times the first row's the booking is, and what a logarithm would be. */
    static List<String> lines(Map<Integer, Map<String, Double>> micros) {
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
        Map<String, Double> first = micros.values().iterator().next();
        micros.forEach((size, figures) -> {
            StringBuilder line = new StringBuilder("%,10d".formatted(size));
            for (String name : MEASURED) {
                line.append((name.equals("sweep") ? "%12.1f" : "%10.2f").formatted(figures.get(name)));
            }
            lines.add(line.append("%14.1f%14.2f%10.2f"
                            .formatted(
                                    figures.get("sweep") / figures.get("ask"),
                                    figures.get("book") / first.get("book"),
                                    Math.log(size) / Math.log(FEWEST)))
                    .toString());
        });
        return lines;
    }

    /** What a pool with bookings takes of the heap beyond the bookings themselves, for each. */
    private static long bytesEach(int count, int seed) {
        List<Entry> entries = new Timeline(count, seed).entries();
        long before = used();
        Skyline skyline = Timeline.skyline(entries);
        long after = used();
        Reference.reachabilityFence(skyline);
        Reference.reachabilityFence(entries);
        return (after - before) / count;
    }

    private static long used() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
