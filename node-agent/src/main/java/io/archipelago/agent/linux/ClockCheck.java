package io.archipelago.agent.linux;

import java.time.Duration;
import java.util.Optional;

/** How the host's clock stands to the broker's. */
public interface ClockCheck {

    /** How far it is ahead; negative: behind. Nothing as long as that is not known. */
    Optional<Duration> offset();

    /** Whether it can not become known: the host's topic bears the times of whoever writes to it. */
    boolean isBlind();
}
