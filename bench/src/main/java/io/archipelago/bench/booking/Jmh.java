package io.archipelago.bench.booking;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/** What JMH measured, in a JVM of its own, of the methods of one class. */
final class Jmh {

    private static final double NANOS_PER_MICRO = 1e3;

    /** The first Java that warns of what JMH uses. */
    private static final int WARNS_OF_UNSAFE = 24;

    private final Collection<RunResult> results;

    private Jmh(Collection<RunResult> results) {
        this.results = results;
    }

    /**
     * Measures.
     *
     * @param seconds for which each method is measured, for each value of its parameters, after one second that does not count
     * @param parameters the values of each parameter
     */
    static Jmh of(Class<?> benchmark, int seconds, Map<String, List<Integer>> parameters) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(Pattern.quote(benchmark.getName()) + "\\.")
                .forks(1)
                .jvmArgs(jvm())
                .warmupIterations(1)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(seconds)
                .measurementTime(TimeValue.seconds(1))
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true);
        parameters.forEach((name, values) ->
                options.param(name, values.stream().map(String::valueOf).toArray(String[]::new)));
        return new Jmh(new Runner(options.build()).run());
    }

    /** The times of a method in nanoseconds, where a parameter has a value. */
    Statistics nanos(String method, String parameter, int value) {
        return results.stream()
                .filter(result -> result.getParams().getParam(parameter).equals(Integer.toString(value))
                        && result.getParams().getBenchmark().endsWith("." + method))
                .map(result -> result.getPrimaryResult().getStatistics())
                .findFirst()
                .orElseThrow();
    }

    /** The mean time of it in microseconds. */
    double micros(String method, String parameter, int value) {
        return nanos(method, parameter, value).getMean() / NANOS_PER_MICRO;
    }

    private static String[] jvm() {
        List<String> arguments = new ArrayList<>(List.of("-Xmx2g", "-XX:+UseSerialGC"));
        if (Runtime.version().feature() >= WARNS_OF_UNSAFE) {
            arguments.add("--sun-misc-unsafe-memory-access=allow");
        }
        return arguments.toArray(String[]::new);
    }
}
