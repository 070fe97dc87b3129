package io.archipelago.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Looks at a reservation again and again until it is as wished, and reports every change. */
final class Follower {
    /** After a change another one is likely; a reservation that rests is looked at less often. */
    private static final Duration BRISK = Duration.ofMillis(500);

    private static final Duration RESTING = Duration.ofSeconds(3);
    private static final Duration RESTS_AFTER = Duration.ofMinutes(1);

    private final ReservationClient client;
    private final Environment environment;
    private final Patience patience;

    Follower(ReservationClient client, Environment environment) {
        this.client = client;
        this.environment = environment;
        this.patience = new Patience(environment);
    }

    /** Answers with the reservation as last seen: as wished, or as it was at the deadline. */
    Reservation follow(
            Reservation first, Instant deadline, Predicate<Reservation> wished, Consumer<Reservation> changed) {
        Reservation seen = first;
        Instant lastChange = now();
        changed.accept(seen);
        while (!wished.test(seen) && now().isBefore(deadline)) {
            boolean resting = now().isAfter(lastChange.plus(RESTS_AFTER));
            environment.sleep(shorter(resting ? RESTING : BRISK, Duration.between(now(), deadline)));
            Reservation before = seen;
            Optional<Reservation> next = patience.untilAnswered(() -> client.showIfChanged(before), deadline);
            if (next.isPresent() && !next.get().body().equals(before.body())) {
                seen = next.get();
                lastChange = now();
                changed.accept(seen);
            }
        }
        return seen;
    }

    private Instant now() {
        return environment.clock().instant();
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
