package io.archipelago.agent.host;

import io.archipelago.contracts.host.ResourceKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/** When to look again at what is on its way: soon, but the longer the same things take, the less often. A volume is wiped for hours. */
final class Settling {

    /** How many times its first length the pause between two looks may become. */
    private static final int GROWTH = 10;

    private final Duration first;
    private Set<ResourceKey> moving = Set.of();
    private Duration pause = Duration.ZERO;

    Settling(Duration first) {
        this.first = first;
    }

    /** When the next look is due. */
    Instant next(Instant now, Set<ResourceKey> nowMoving) {
        Duration most = first.multipliedBy(GROWTH);
        Duration doubled = pause.multipliedBy(2);
        boolean same = nowMoving.equals(moving);
        pause = !same ? first : doubled.compareTo(most) < 0 ? doubled : most;
        moving = nowMoving;
        return nowMoving.isEmpty() ? Instant.MAX : now.plus(pause);
    }
}
