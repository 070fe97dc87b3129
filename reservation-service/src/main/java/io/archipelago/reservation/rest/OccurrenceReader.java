package io.archipelago.reservation.rest;

import io.archipelago.contracts.TimeWindow;
import io.archipelago.reservation.ReservationConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TimeZone;
import org.dmfs.rfc5545.DateTime;
import org.dmfs.rfc5545.recur.InvalidRecurrenceRuleException;
import org.dmfs.rfc5545.recur.RecurrenceRule;
import org.dmfs.rfc5545.recur.RecurrenceRule.RfcMode;
import org.dmfs.rfc5545.recur.RecurrenceRuleIterator;

/**
 * Reads a window that repeats by a rule of RFC 5545, section 3.3.10, as instants. The rule counts in the days and hours of its zone; each occurrence
 * lasts as long as the first, whatever the clocks there do meanwhile. A time of day that a change of the clocks passes over is taken by the clock of
 * before it; one that comes twice is the first.
 */
final class OccurrenceReader {

    private static final String REPEAT = "repeat";
    private static final String RULE =
            "a rule as in RFC 5545 with COUNT or UNTIL, such as FREQ=WEEKLY;BYDAY=MO,TH;COUNT=8";

    private final ReservationConfig.Limits limits;
    private final WindowReader windows;

    OccurrenceReader(ReservationConfig.Limits limits, WindowReader windows) {
        this.limits = limits;
        this.windows = windows;
    }

    /** The windows in their order; something of no meaning if it is wrong, which the fields remember. */
    List<TimeWindow> read(Fields window, Instant now) {
        window.allowOnly("start", "duration", REPEAT, "zone");
        TimeWindow first = windows.readLasting(window, now);
        Optional<ZoneId> zone = zone(window);
        Optional<RecurrenceRule> rule = rule(window);
        if (zone.isEmpty() || rule.isEmpty() || !window.clean()) {
            return List.of(first);
        }
        List<TimeWindow> all = expand(window, rule.get(), first, zone.get());
        check(window, all, now);
        return all.isEmpty() ? List.of(first) : all;
    }

    private static Optional<ZoneId> zone(Fields window) {
        String zone = window.text("zone", "");
        if (!ZoneId.getAvailableZoneIds().contains(zone)) {
            window.error(
                    "zone", "the name of a time zone by whose clock the window repeats, such as Asia/Tokyo or UTC");
            return Optional.empty();
        }
        return Optional.of(ZoneId.of(zone));
    }

    private static Optional<RecurrenceRule> rule(Fields window) {
        try {
            RecurrenceRule rule = new RecurrenceRule(window.text(REPEAT, ""), RfcMode.RFC5545_STRICT);
            if (!rule.isInfinite()) {
                return Optional.of(rule);
            }
        } catch (InvalidRecurrenceRuleException e) {
            // What is allowed says more than where the reader gave up.
        }
        window.error(REPEAT, RULE);
        return Optional.empty();
    }

    /** One more than are allowed is enough to know. */
    private List<TimeWindow> expand(Fields window, RecurrenceRule rule, TimeWindow first, ZoneId zone) {
        Duration length = Duration.between(first.start(), first.end());
        // A relative start has fractions of a second, which no rule has.
        Instant from = first.start().truncatedTo(ChronoUnit.SECONDS);
        List<TimeWindow> all = new ArrayList<>();
        try {
            RecurrenceRuleIterator times = rule.iterator(new DateTime(TimeZone.getTimeZone(zone), from.toEpochMilli()));
            while (times.hasNext() && all.size() <= limits.occurrences()) {
                Instant start = instant(times.nextDateTime(), zone);
                all.add(new TimeWindow(start, start.plus(length)));
            }
            return all;
        } catch (IllegalArgumentException e) {
            // An UNTIL that is a date beside a time of day, or a day that never comes.
            window.error(REPEAT, RULE + "; " + e.getMessage());
            return List.of(first);
        }
    }

    /** By the rules of java.time, which takes the first of a time that comes twice, as RFC 5545 does; java.util takes the second. */
    private static Instant instant(DateTime time, ZoneId zone) {
        return LocalDateTime.of(
                        time.getYear(),
                        time.getMonth() + 1,
                        time.getDayOfMonth(),
                        time.getHours(),
                        time.getMinutes(),
                        time.getSeconds())
                .atZone(zone)
                .toInstant();
    }

    private void check(Fields window, List<TimeWindow> all, Instant now) {
        if (all.size() > limits.occurrences()) {
            window.error(REPEAT, "a rule for at most " + limits.occurrences() + " windows");
        } else if (all.isEmpty()) {
            window.error(REPEAT, "a rule by which the window comes at least once");
        } else if (all.getLast().start().isAfter(now.plus(limits.ahead()))) {
            window.error(REPEAT, "a rule by which the last window starts at most " + limits.ahead() + " from now");
        }
        for (int i = 1; i < all.size(); i++) {
            if (all.get(i).start().isBefore(all.get(i - 1).end())) {
                window.error(
                        "duration",
                        "no longer than until the next window, at " + all.get(i).start());
                return;
            }
        }
    }
}
