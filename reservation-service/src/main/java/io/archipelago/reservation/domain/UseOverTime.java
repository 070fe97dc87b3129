package io.archipelago.reservation.domain;

import io.archipelago.contracts.TimeWindow;
import io.archipelago.reservation.domain.Quota.Use;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** What a reservation counts for that becomes another while it runs: one after the other, and only the last is open. */
public final class UseOverTime {

    private UseOverTime() {}

    /**
     * What it counts for then. What it has counted for until now stays; what it counted for only because it was asked to become another does not.
     *
     * @param known what it counts for so far, in order of time; empty if it is new
     * @param next what it is from now on, with all of its time
     */
    public static List<Use> becoming(List<Use> known, Use next, Instant now) {
        List<Use> all = new ArrayList<>(known);
        if (all.isEmpty()) {
            return List.of(next);
        }
        Use was = all.removeLast();
        Instant from = was.during().start();
        if (!was.asked()) {
            Instant until = earlier(now, was.during().end());
            boolean begun = from.isBefore(until);
            if (begun) {
                all.add(was.during(new TimeWindow(from, until), false));
            }
            from = begun ? later(now, until) : from;
        }
        if (all.isEmpty()) {
            return List.of(next);
        }
        Use before = all.getLast();
        boolean same = !next.asked()
                && before.during().end().equals(from)
                && next.during(before.during(), false).equals(before);
        if (next.during().end().isAfter(from) && !same) {
            Instant start = later(from, next.during().start());
            all.add(next.during(new TimeWindow(start, next.during().end()), true));
            return all;
        }
        // It is what it was before, for another time; or it is over by what it becomes, and stays open until it is
        // given back.
        Instant start = all.removeLast().during().start();
        Instant end = later(start.plus(1, ChronoUnit.MICROS), next.during().end());
        all.add(before.during(new TimeWindow(start, end), true));
        return all;
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }
}
