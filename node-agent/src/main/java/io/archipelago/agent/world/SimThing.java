package io.archipelago.agent.world;

import io.archipelago.contracts.host.ResourceSpec;
import java.time.Instant;

/**
 * A resource that a simulated host has.
 *
 * @param spec what it is like
 * @param settlesAt until when it is being made, or being removed
 * @param removing whether it will be gone then
 * @param working false if a power cut took what served it, and left its data
 * @param dirty whether a tenant may have written to it: a volume that was exported and not wiped since
 */
public record SimThing(ResourceSpec spec, Instant settlesAt, boolean removing, boolean working, boolean dirty) {

    /** Whether nothing is going on with it. */
    public boolean isSettled(Instant now) {
        return !now.isBefore(settlesAt);
    }

    boolean isGone(Instant now) {
        return removing && isSettled(now);
    }
}
