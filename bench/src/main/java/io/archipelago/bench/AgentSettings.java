package io.archipelago.bench;

import io.archipelago.bench.lab.LabSettings;
import java.util.Iterator;
import java.util.List;

/**
 * How much the benchmark of the agent does.
 *
 * @param clusters how many the simulated host looks after, each a segment, a volume, its disk and a machine: 1 to 2,500
 * @param steps how many are measured, after as many that are not: 1 to 10,000
 * @param seed of whatever is drawn by lot, 0 and more
 * @param withLab whether hosts of the lab are measured too
 * @param lab what is measured there
 */
record AgentSettings(int clusters, int steps, int seed, boolean withLab, LabSettings lab) {

    static final String USAGE = "[--clusters N] [--steps N] [--seed N] [--no-lab] [--rounds N] [--seconds N] "
            + "[--latency MS] [--rate MBIT] [--megabytes N]";

    private static final AgentSettings DEFAULTS = new AgentSettings(250, 200, 1, true, LabSettings.DEFAULTS);

    /** @throws IllegalArgumentException with a sentence for whoever typed it */
    static AgentSettings parse(List<String> arguments) {
        AgentSettings settings = DEFAULTS;
        Iterator<String> words = arguments.iterator();
        while (words.hasNext()) {
            settings = settings.with(words.next(), words);
        }
        return settings;
    }

    private AgentSettings with(String option, Iterator<String> words) {
        return switch (option) {
            case "--clusters" -> new AgentSettings(number(option, words, 1, 2_500), steps, seed, withLab, lab);
            case "--steps" -> new AgentSettings(clusters, number(option, words, 1, 10_000), seed, withLab, lab);
            case "--seed" ->
                new AgentSettings(clusters, steps, number(option, words, 0, Integer.MAX_VALUE), withLab, lab);
            case "--no-lab" -> new AgentSettings(clusters, steps, seed, false, lab);
            case "--rounds" -> with(lab.withRounds(number(option, words, 1, 20)));
            case "--seconds" -> with(lab.withSeconds(number(option, words, 1, 60)));
            case "--latency" -> with(lab.withLatency(number(option, words, 0, 1_000)));
            case "--rate" -> with(lab.withRate(number(option, words, 1, 10_000)));
            case "--megabytes" -> with(lab.withMegabytes(number(option, words, 16, 1_000)));
            default ->
                throw new IllegalArgumentException("bench agent does not know \"" + option + "\"; it takes " + USAGE);
        };
    }

    private AgentSettings with(LabSettings other) {
        return new AgentSettings(clusters, steps, seed, withLab, other);
    }

    private static int number(String option, Iterator<String> words, int least, int most) {
        if (!words.hasNext()) {
            throw new IllegalArgumentException(option + " needs a number: ./vc bench agent " + USAGE);
        }
        return Numbers.read(option, words.next(), least, most);
    }
}
