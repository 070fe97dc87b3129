package io.archipelago.agent.drivers.link;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What came of a few echo requests, as {@code ping} (iputils) tells it.
 *
 * @param sent how many were sent
 * @param received how many were answered
 * @param duplicates how many answers came once too often
 * @param tookMillis how long it all took
 * @param roundTripMillis the quickest answer; 0 if there was none
 * @param pathMtu what somebody on the way said that it carries at most; nothing if nobody said so
 */
record Pings(int sent, int received, int duplicates, long tookMillis, double roundTripMillis, OptionalInt pathMtu) {

    private static final Pattern COUNTS = Pattern.compile(
            "(\\d+) packets transmitted, (\\d+) received,(?: \\+(\\d+) duplicates,)?.*?(?:time (\\d+)ms)?$",
            Pattern.MULTILINE);
    private static final Pattern QUICKEST = Pattern.compile("^rtt min/[a-z/]+ = ([0-9.]+)/", Pattern.MULTILINE);
    private static final Pattern MTU = Pattern.compile("mtu ?[=:] ?(\\d+)");

    static final Pings NONE = new Pings(0, 0, 0, 0, 0, OptionalInt.empty());

    /** Reads all that it wrote; of what it did not write nothing is known. */
    static Pings parse(String told) {
        Matcher counts = COUNTS.matcher(told);
        if (!counts.find()) {
            return NONE;
        }
        Matcher quickest = QUICKEST.matcher(told);
        Matcher mtu = MTU.matcher(told);
        return new Pings(
                Integer.parseInt(counts.group(1)),
                Integer.parseInt(counts.group(2)),
                counts.group(3) == null ? 0 : Integer.parseInt(counts.group(3)),
                counts.group(4) == null ? 0 : Long.parseLong(counts.group(4)),
                quickest.find() ? Double.parseDouble(quickest.group(1)) : 0,
                mtu.find() ? OptionalInt.of(Integer.parseInt(mtu.group(1))) : OptionalInt.empty());
    }

    boolean isAnswered() {
        return received > 0;
    }
}
