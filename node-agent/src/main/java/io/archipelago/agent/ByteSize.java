package io.archipelago.agent;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes in the configuration.
 *
 * @param bytes zero or more
 */
public record ByteSize(long bytes) {

    private static final Pattern FORM =
            Pattern.compile("(\\d{1,18})\\s*(|B|KiB|MiB|GiB|TiB)", Pattern.CASE_INSENSITIVE);
    private static final Map<String, Integer> SHIFTS =
            Map.of("", 0, "b", 0, "kib", 10, "mib", 20, "gib", 30, "tib", 40);

    /**
     * Reads {@code 64GiB}.
     *
     * @throws IllegalArgumentException if it is not a whole number with B, KiB, MiB, GiB, TiB or nothing behind it
     */
    public static ByteSize valueOf(String text) {
        Matcher matcher = FORM.matcher(text.trim());
        Integer shift = matcher.matches() ? SHIFTS.get(matcher.group(2).toLowerCase(Locale.ROOT)) : null;
        if (shift == null) {
            throw new IllegalArgumentException(
                    "a size is a whole number with B, KiB, MiB, GiB or TiB behind it, such as 64GiB, not '" + text
                            + "'");
        }
        try {
            return new ByteSize(Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("a size is less than 8 EiB, not '" + text + "'", e);
        }
    }
}
