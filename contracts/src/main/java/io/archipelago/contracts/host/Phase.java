package io.archipelago.contracts.host;

/** What an agent sees of a resource, with respect to the generation that it speaks of. */
public enum Phase {
    /** Being made, changed or removed. */
    PENDING,
    /** There, as the specification says. */
    READY,
    /** Not there or not right; the agent goes on trying. */
    FAILED,
    /** Seen to be gone. */
    ABSENT
}
