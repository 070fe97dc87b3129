package io.archipelago.lab;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code vc lab wan [--latency 20ms] [--rate 160mbit] [--loss 0.1%] [--cut | --mend]}: what is not named stays as it is. */
final class WanCommand {

    private static final Pattern LATENCY = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?)(us|ms|s)");
    private static final Pattern RATE = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?)(kbit|mbit|gbit)");
    private static final Pattern LOSS = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,6})?)%");
    private static final Map<String, Long> NANOSECONDS = Map.of("us", 1_000L, "ms", 1_000_000L, "s", 1_000_000_000L);
    private static final Map<String, Long> BITS = Map.of("kbit", 1_000L, "mbit", 1_000_000L, "gbit", 1_000_000_000L);
    private static final String UNLIMITED = "unlimited";

    private WanCommand() {}

    static int run(Path directory, List<String> arguments, PrintStream out) throws IOException {
        Wan wan = Main.running(directory).wan();
        Wan.State before = wan.state();
        Wan.State wanted = changed(before, arguments);
        if (!wanted.equals(before)) {
            wan.set(wanted.latency(), wanted.bitsPerSecond(), wanted.lossPercent());
            if (wanted.cut()) {
                wan.cut();
            } else {
                wan.mend();
            }
        }
        out.println("WAN: " + sentence(wanted));
        return Main.OK;
    }

    static Wan.State changed(Wan.State state, List<String> arguments) {
        Wan.State wanted = state;
        Iterator<String> words = arguments.iterator();
        while (words.hasNext()) {
            String option = words.next();
            wanted = switch (option) {
                case "--cut" -> wanted.withCut(true);
                case "--mend" -> wanted.withCut(false);
                case "--latency" ->
                    new Wan.State(
                            latency(value(option, words)), wanted.bitsPerSecond(), wanted.lossPercent(), wanted.cut());
                case "--rate" ->
                    new Wan.State(wanted.latency(), rate(value(option, words)), wanted.lossPercent(), wanted.cut());
                case "--loss" ->
                    new Wan.State(wanted.latency(), wanted.bitsPerSecond(), loss(value(option, words)), wanted.cut());
                default ->
                    throw new IllegalArgumentException("vc lab wan does not know \"" + option
                            + "\"; it takes --latency 20ms, --rate 160mbit, --loss 0.1%, --cut and --mend");
            };
        }
        return wanted;
    }

    private static String value(String option, Iterator<String> words) {
        if (!words.hasNext()) {
            throw new IllegalArgumentException(option + " needs a value");
        }
        return words.next().toLowerCase(Locale.ROOT);
    }

    private static Duration latency(String text) {
        return Duration.ofNanos(scaled(text, LATENCY, NANOSECONDS, "a latency is 20ms, 0.5s or 500us"));
    }

    private static long rate(String text) {
        return text.equals(UNLIMITED)
                ? 0
                : scaled(text, RATE, BITS, "a rate is 160mbit, 1gbit, 500kbit or " + UNLIMITED);
    }

    private static double loss(String text) {
        Matcher loss = LOSS.matcher(text);
        if (!loss.matches()) {
            throw new IllegalArgumentException("a loss is a percentage, as 0.1%, not \"" + text + "\"");
        }
        return Double.parseDouble(loss.group(1));
    }

    private static long scaled(String text, Pattern pattern, Map<String, Long> units, String allowed) {
        Matcher value = pattern.matcher(text);
        Long unit = value.matches() ? units.get(value.group(2)) : null;
        if (unit == null) {
            throw new IllegalArgumentException(allowed + ", not \"" + text + "\"");
        }
        return Math.round(Double.parseDouble(value.group(1)) * unit);
    }

    static String sentence(Wan.State state) {
        String rate = state.bitsPerSecond() == 0
                ? "rate not limited"
                : "%s Mbit/s each way".formatted(state.bitsPerSecond() / 1e6);
        return "%s%s ms round trip, %s, %s %% lost"
                .formatted(
                        state.cut() ? "CUT; when mended: " : "",
                        state.latency().toNanos() / 1e6,
                        rate,
                        state.lossPercent());
    }
}
