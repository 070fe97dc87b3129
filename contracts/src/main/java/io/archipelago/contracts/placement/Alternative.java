package io.archipelago.contracts.placement;

import io.archipelago.contracts.TimeWindow;

/**
 * What could be had instead of what a tenant asked for: the same but for one thing.
 *
 * @param change in what it differs
 * @param window when it could be used
 * @param computes how many compute machines of all sites together, 1 or more
 * @param policy how sites would be chosen
 */
public record Alternative(Change change, TimeWindow window, int computes, SitePolicy policy) {

    /** In what an alternative differs from what was asked for, the likest first. */
    public enum Change {
        /** At sites that the tenant did not name, or others than its policy wants. */
        OTHER_SITES,
        /** As long, from a later start on. */
        LATER,
        /** With fewer compute machines. */
        FEWER,
        /** From the same start to an earlier end. */
        SHORTER
    }
}
