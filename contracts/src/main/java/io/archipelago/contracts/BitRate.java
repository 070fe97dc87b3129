package io.archipelago.contracts;

import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Bits per second as people write them: {@code 100Mbit/s}, with the decimal units that networks are measured in. */
public enum BitRate {
    GBIT(1_000_000_000),
    MBIT(1_000_000),
    KBIT(1_000);

    private static final Pattern FORM = Pattern.compile("(\\d{1,9})([GMk]bit)/s");

    private final long bits;

    BitRate(long bits) {
        this.bits = bits;
    }

    /** The bits per second; empty if it is not a whole number from 0 to 999999999 with {@code kbit/s}, {@code Mbit/s} or {@code Gbit/s} behind it. */
    public static OptionalLong parse(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? OptionalLong.of(Long.parseLong(matcher.group(1))
                        * valueOf(matcher.group(2).toUpperCase(Locale.ROOT)).bits)
                : OptionalLong.empty();
    }

    /** In the largest unit of which it is a whole number; what is no whole number of any is rounded down to {@code kbit/s}. */
    public static String written(long bitsPerSecond) {
        for (BitRate unit : values()) {
            if (bitsPerSecond != 0 && bitsPerSecond % unit.bits == 0) {
                return unit.text(bitsPerSecond / unit.bits);
            }
        }
        return KBIT.text(bitsPerSecond / KBIT.bits);
    }

    private String text(long number) {
        return number + (this == KBIT ? "k" : name().substring(0, 1)) + "bit/s";
    }
}
