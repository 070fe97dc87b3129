package io.archipelago.agent.drivers;

import io.archipelago.contracts.host.ResourceKey;
import java.time.Duration;
import java.time.Instant;

/**
 * When what is looked at every so often is looked at again. Each resource has a moment of its own, so that not all of a host are looked at
 * in the same step.
 */
public record Beat(Duration every) {

    /** Whether a resource's moment has come since the last look, or the clock was set over it. */
    public boolean isDue(ResourceKey key, Instant last, Instant now) {
        return count(key, last) != count(key, now);
    }

    /** How long after others a resource has its turn, less than {@link #every}. */
    public Duration phase(ResourceKey key) {
        return Duration.ofMillis(Math.floorMod(key.toString().hashCode(), every.toMillis()));
    }

    private long count(ResourceKey key, Instant at) {
        return Math.floorDiv(at.minus(phase(key)).toEpochMilli(), every.toMillis());
    }
}
