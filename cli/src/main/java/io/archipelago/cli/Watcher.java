package io.archipelago.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hears of every change of a reservation until it is over, over as many connections as it takes. */
final class Watcher {
    /** Between two connections: a site ends each after a while, and may be about to stop. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final ReservationClient client;
    private final Environment environment;
    private final Patience patience;

    Watcher(ReservationClient client, Environment environment) {
        this.client = client;
        this.environment = environment;
        this.patience = new Patience(environment);
    }

    /** Answers with the reservation as last heard of: over, or as it was at the deadline. */
    Reservation watch(String id, Instant deadline, Consumer<Reservation> changed) {
        @Nullable Reservation seen = null;
        String known = "";
        while (seen == null || !isOver(seen) && now().isBefore(deadline)) {
            if (seen != null) {
                environment.sleep(shorter(PAUSE, left(deadline)));
            }
            String heard = known;
            try (EventStream stream = patience.untilAnswered(() -> client.events(id, heard), deadline)) {
                Optional<EventStream.Event> event = stream.next(left(deadline));
                while (event.isPresent()) {
                    known = event.get().id();
                    var told = new Reservation(Wire.json(event.get().data(), stream.from()), Optional.empty());
                    if (seen == null || !told.body().equals(seen.body())) {
                        changed.accept(told);
                    }
                    seen = told;
                    event = isOver(seen) ? Optional.empty() : stream.next(left(deadline));
                }
            }
            if (seen == null) {
                // A connection that ended before it told anything: the reservation is there all the same.
                seen = patience.untilAnswered(() -> client.show(id), deadline);
                changed.accept(seen);
            }
        }
        return seen;
    }

    private static boolean isOver(Reservation reservation) {
        return reservation.isTerminal() && !reservation.awaitsOffers();
    }

    private Instant now() {
        return environment.clock().instant();
    }

    private Duration left(Instant deadline) {
        return Duration.between(now(), deadline);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
