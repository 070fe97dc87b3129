package io.archipelago.agent.drivers;

import io.archipelago.contracts.host.ResourceKey;
import java.util.Map;
import java.util.Set;

/**
 * A resource that is there.
 *
 * @param condition how it stands to what is wanted
 * @param reason a sentence that says what is wrong or going on; empty if READY
 * @param details figures and names for operators; the same as long as nothing changed
 * @param uses the resources on the same host that it stands on, as written on the thing itself
 */
public record Observed(Condition condition, String reason, Map<String, String> details, Set<ResourceKey> uses) {

    public Observed {
        details = Map.copyOf(details);
        uses = Set.copyOf(uses);
    }

    /** How a resource stands to what is wanted. */
    public enum Condition {
        /** As wanted, or sound if nobody wants it. */
        READY,
        /** Still being made or changed. */
        MAKING,
        /** Still being removed. */
        REMOVING,
        /** Sound, but not as wanted. */
        DIFFERENT,
        /** Not working. */
        BROKEN
    }
}
