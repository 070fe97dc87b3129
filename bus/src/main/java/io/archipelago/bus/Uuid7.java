package io.archipelago.bus;

import java.time.Instant;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Gives the ids of {@link io.archipelago.contracts.Uuid7} to who does not import it. */
final class Uuid7 {

    private Uuid7() {}

    static UUID next(Instant now, RandomGenerator random) {
        return io.archipelago.contracts.Uuid7.next(now, random);
    }
}
