package io.archipelago.bench;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * How much the benchmark of booking does.
 *
 * @param most how many bookings the fullest pool has: 1,000 to 1,000,000. Pools of 1,000, 10,000 and so on up to that are measured
 * @param hosts of each of ten sites, with ten bookings each, at which a cluster of as many machines is held: 10 to 1,000
 * @param seconds for which each figure is measured, after one second that does not count: 1 to 60
 * @param stored how many small clusters are held through PostgreSQL and the broker of two sites that are started for it: 0 to 100,000; 0: none, and no
 *     site is started
 * @param seed of whatever is drawn by lot, 0 and more
 * @param withPeer whether OpenStack Placement is measured too, where this is root on Debian
 * @param picture a file for the curves, SVG, which needs {@code most} of 10,000 or more; empty: none is drawn
 */
record BookingSettings(
        int most, int hosts, int seconds, int stored, int seed, boolean withPeer, Optional<Path> picture) {

    static final String USAGE =
            "[--most N] [--hosts N] [--seconds N] [--stored N] [--seed N] [--no-peer] [--picture FILE]";

    private static final int LEAST_FOR_CURVES = 10_000;
    private static final BookingSettings DEFAULTS =
            new BookingSettings(1_000_000, 1_000, 3, 5_000, 1, true, Optional.empty());

    /** @throws IllegalArgumentException with a sentence for whoever typed it */
    static BookingSettings parse(List<String> arguments) {
        BookingSettings settings = DEFAULTS;
        Iterator<String> words = arguments.iterator();
        while (words.hasNext()) {
            settings = settings.with(words.next(), words);
        }
        if (settings.picture.isPresent() && settings.most < LEAST_FOR_CURVES) {
            throw new IllegalArgumentException(
                    "--picture needs pools of two sizes: --most " + LEAST_FOR_CURVES + " or more");
        }
        return settings;
    }

    private BookingSettings with(String option, Iterator<String> words) {
        return switch (option) {
            case "--most" ->
                new BookingSettings(
                        number(option, words, 1_000, 1_000_000), hosts, seconds, stored, seed, withPeer, picture);
            case "--hosts" ->
                new BookingSettings(most, number(option, words, 10, 1_000), seconds, stored, seed, withPeer, picture);
            case "--seconds" ->
                new BookingSettings(most, hosts, number(option, words, 1, 60), stored, seed, withPeer, picture);
            case "--stored" ->
                new BookingSettings(most, hosts, seconds, number(option, words, 0, 100_000), seed, withPeer, picture);
            case "--seed" ->
                new BookingSettings(
                        most, hosts, seconds, stored, number(option, words, 0, Integer.MAX_VALUE), withPeer, picture);
            case "--no-peer" -> new BookingSettings(most, hosts, seconds, stored, seed, false, picture);
            case "--picture" ->
                new BookingSettings(
                        most,
                        hosts,
                        seconds,
                        stored,
                        seed,
                        withPeer,
                        Optional.of(Path.of(value(option, words, "a file"))));
            default ->
                throw new IllegalArgumentException("bench booking does not know \"" + option + "\"; it takes " + USAGE);
        };
    }

    private static int number(String option, Iterator<String> words, int least, int most) {
        return Numbers.read(option, value(option, words, "a number"), least, most);
    }

    private static String value(String option, Iterator<String> words, String what) {
        if (!words.hasNext()) {
            throw new IllegalArgumentException(option + " needs " + what + ": ./vc bench booking " + USAGE);
        }
        return words.next();
    }
}
