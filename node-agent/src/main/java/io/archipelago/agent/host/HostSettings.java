package io.archipelago.agent.host;

import java.time.Duration;

/**
 * How often an agent does what. Every duration is at least a millisecond.
 *
 * @param heartbeatEvery between two heartbeats, which come at its multiples since the epoch
 * @param reconcileEvery between two looks at the host when nothing is going on: how long a drift goes unnoticed, give or take a tenth
 * @param settleEvery between two looks when something has begun to be made or removed; doubles, up to tenfold, while the same things go on
 * @param repeatEvery between two full repeats of everything observed, give or take a quarter
 * @param waitFirst the first pause before something is tried again that waits for another thing; doubles with each try
 * @param waitMost where that doubling ends
 * @param retryFirst the first pause after a failure; doubles with each failure
 * @param retryMost where that doubling ends
 */
public record HostSettings(
        Duration heartbeatEvery,
        Duration reconcileEvery,
        Duration settleEvery,
        Duration repeatEvery,
        Duration waitFirst,
        Duration waitMost,
        Duration retryFirst,
        Duration retryMost) {

    /** What a site uses unless it is told otherwise. */
    public static final HostSettings DEFAULT = new HostSettings(
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Duration.ofMillis(100),
            Duration.ofSeconds(60),
            Duration.ofMillis(50),
            Duration.ofSeconds(2),
            Duration.ofMillis(200),
            Duration.ofSeconds(30));

    public HostSettings {
        for (Duration each : new Duration[] {
            heartbeatEvery, reconcileEvery, settleEvery, repeatEvery, waitFirst, waitMost, retryFirst, retryMost
        }) {
            if (each.toMillis() < 1) {
                throw new IllegalArgumentException("an agent's intervals last at least a millisecond, not " + each);
            }
        }
    }
}
