package io.archipelago.reservation.rest;

import io.archipelago.contracts.TimeWindow;
import io.archipelago.reservation.ReservationConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The time that a tenant asks for. */
final class WindowReader {

    private final ReservationConfig config;

    WindowReader(ReservationConfig config) {
        this.config = config;
    }

    /** A window with an end or a duration; any window if it is wrong, which the fields remember. */
    TimeWindow read(Fields window, Instant now) {
        window.allowOnly("start", "end", "duration");
        Optional<Instant> start = start(window, now);
        if (window.has("end") == window.has("duration")) {
            window.error("end", "either 'end', an instant with an offset, or 'duration', such as PT4H");
            return anyWindow(now);
        }
        if (window.has("duration")) {
            return lasting(window, start, now);
        }
        Optional<Instant> end = window.instant("end", now);
        if (start.isEmpty() || end.isEmpty() || !fits(window, start.get(), end.get())) {
            return anyWindow(now);
        }
        return new TimeWindow(start.get(), end.get());
    }

    /**
     * What is to become of a window: whatever is not written stays. Any window if it is wrong, which the fields remember.
     *
     * @param agreed as it is
     */
    TimeWindow readChange(Fields window, TimeWindow agreed, Instant now) {
        window.allowOnly("start", "end", "duration");
        Optional<Instant> start = window.has("start") ? window.instant("start", now) : Optional.of(agreed.start());
        if (start.filter(agreed.start()::equals).isEmpty()) {
            start = start.flatMap(from -> checked(window, from, now));
        }
        if (window.has("end") && window.has("duration")) {
            window.error("end", "either 'end' or 'duration', not both");
            return agreed;
        }
        if (window.has("duration")) {
            return lasting(window, start, now);
        }
        Optional<Instant> end = window.has("end") ? window.instant("end", now) : Optional.of(agreed.end());
        return start.isPresent() && end.isPresent() && fits(window, start.get(), end.get())
                ? new TimeWindow(start.get(), end.get())
                : agreed;
    }

    /** A window with a duration; any window if it is wrong, which the fields remember. */
    TimeWindow readLasting(Fields window, Instant now) {
        return lasting(window, start(window, now), now);
    }

    private TimeWindow lasting(Fields window, Optional<Instant> start, Instant now) {
        Duration duration = duration(window);
        return start.map(from -> new TimeWindow(from, from.plus(duration))).orElse(anyWindow(now));
    }

    /** Where something is wrong with what was written: nobody looks at it. */
    private static TimeWindow anyWindow(Instant now) {
        return new TimeWindow(now, now.plusSeconds(1));
    }

    /** Empty if it is wrong. Nothing else is then said to be wrong only because it does not go with it. */
    private Optional<Instant> start(Fields window, Instant now) {
        return window.instant("start", now).flatMap(start -> checked(window, start, now));
    }

    private Optional<Instant> checked(Fields window, Instant start, Instant now) {
        if (start.isBefore(now.minus(config.startTolerance()))) {
            window.error("start", "not in the past; it is now " + now);
            return Optional.empty();
        }
        if (start.isAfter(now.plus(config.limits().ahead()))) {
            window.error("start", "at most " + config.limits().ahead() + " from now");
            return Optional.empty();
        }
        return Optional.of(start);
    }

    private boolean fits(Fields window, Instant start, Instant end) {
        if (!end.isAfter(start)) {
            window.error("end", "later than start, " + start);
            return false;
        }
        if (Duration.between(start, end).compareTo(config.limits().duration()) > 0) {
            window.error("end", "at most " + config.limits().duration() + " after start");
            return false;
        }
        return true;
    }

    /** It is looked at before it is added to anything: the sum may be later than any instant. */
    private Duration duration(Fields window) {
        Duration otherwise = Duration.ofSeconds(1);
        Duration duration = window.duration("duration").orElse(otherwise);
        if (!duration.isPositive() || duration.compareTo(config.limits().duration()) > 0) {
            window.error(
                    "duration",
                    "longer than nothing and at most " + config.limits().duration());
            return otherwise;
        }
        return duration;
    }
}
