package io.archipelago.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Locale;

/** Lengths of time as people write and read them. */
final class Durations {
    private Durations() {}

    /**
     * Reads {@code 90s}, {@code 5m}, {@code 2h}, {@code 1h30m} or an ISO-8601 duration such as {@code PT5M}.
     *
     * @throws IllegalArgumentException if it is none of these, or not more than zero
     */
    static Duration parse(String text) {
        String upper = text.strip().toUpperCase(Locale.ROOT);
        Duration duration;
        try {
            duration = Duration.parse(upper.startsWith("P") ? upper : "PT" + upper);
        } catch (DateTimeException malformed) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not a length of time such as 90s, 5m or PT1H", malformed);
        }
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException("\"" + text + "\" must be more than zero");
        }
        return duration;
    }

    /** Two units are enough: {@code 4d 9h}, {@code 1h}, {@code 2m 5s}, {@code 30s}. */
    static String words(Duration duration) {
        if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
            return duration.toMillis() + "ms";
        }
        long[] amounts = {duration.toDays(), duration.toHoursPart(), duration.toMinutesPart(), duration.toSecondsPart()
        };
        String[] units = {"d", "h", "m", "s"};
        int first = 0;
        while (amounts[first] == 0) {
            first++;
        }
        String words = amounts[first] + units[first];
        boolean hasMore = first + 1 < units.length && amounts[first + 1] > 0;
        return hasMore ? words + " " + amounts[first + 1] + units[first + 1] : words;
    }
}
