package io.archipelago.bench;

import java.util.List;

/**
 * How much the benchmark of the flow does.
 *
 * @param reservations how many are scheduled in the phase that measures throughput, 1 to 10,000
 * @param concurrency how many requests are on their way at once in it, 1 to 64
 * @param cycles how many clusters come up one after the other, and again as many side by side, 1 to 1,000
 * @param warmUp how many cycles are run first and not counted, 0 to 1,000
 * @param seed of the windows' places in time
 */
record FlowSettings(int reservations, int concurrency, int cycles, int warmUp, long seed) {

    static final String USAGE = "[--reservations N] [--concurrency C] [--cycles N] [--warm-up N] [--seed N]";

    private static final FlowSettings DEFAULTS = new FlowSettings(400, 32, 20, 30, 1);

    /** @throws IllegalArgumentException with a sentence for whoever typed it */
    static FlowSettings parse(List<String> arguments) {
        FlowSettings settings = DEFAULTS;
        for (int i = 0; i < arguments.size(); i += 2) {
            String option = arguments.get(i);
            if (i + 1 == arguments.size()) {
                throw new IllegalArgumentException(option + " needs a number: ./vc bench flow " + USAGE);
            }
            settings = settings.with(option, arguments.get(i + 1));
        }
        return settings;
    }

    private FlowSettings with(String option, String text) {
        return switch (option) {
            case "--reservations" ->
                new FlowSettings(Numbers.read(option, text, 1, 10_000), concurrency, cycles, warmUp, seed);
            case "--concurrency" ->
                new FlowSettings(reservations, Numbers.read(option, text, 1, 64), cycles, warmUp, seed);
            case "--cycles" ->
                new FlowSettings(reservations, concurrency, Numbers.read(option, text, 1, 1_000), warmUp, seed);
            case "--warm-up" ->
                new FlowSettings(reservations, concurrency, cycles, Numbers.read(option, text, 0, 1_000), seed);
            case "--seed" ->
                new FlowSettings(
                        reservations, concurrency, cycles, warmUp, Numbers.read(option, text, 0, Integer.MAX_VALUE));
            default ->
                throw new IllegalArgumentException("bench flow does not know \"" + option + "\"; it takes " + USAGE);
        };
    }
}
