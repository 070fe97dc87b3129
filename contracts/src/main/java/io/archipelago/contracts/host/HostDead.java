package io.archipelago.contracts.host;

import io.archipelago.contracts.Ids.HostId;
import java.time.Instant;

/**
 * A host is known to run nothing any more: what lay on it counts as gone, and it takes no bookings before its agent is back and has cleaned
 * up. On {@code host.events.v1}, keyed by host; repeated as long as the host is silent. Whoever has heard a later heartbeat than the one
 * named here ignores it: a host that speaks is not dead.
 *
 * @param host which
 * @param epoch of the last heartbeat that was heard of it
 * @param counter of the last heartbeat that was heard of it
 * @param cause how this is known
 * @param at since when, by the clock of who says it
 * @param by who says it: {@code storage}, or the operator's name
 */
public record HostDead(HostId host, long epoch, long counter, Cause cause, Instant at, String by) implements HostEvent {

    /** How it is known that a host runs nothing any more. */
    public enum Cause {
        /** It was seen to be cut off from every volume that was exported to it. It may still be switched on. */
        FENCED,
        /** An operator says so, having looked. */
        OPERATOR
    }
}
