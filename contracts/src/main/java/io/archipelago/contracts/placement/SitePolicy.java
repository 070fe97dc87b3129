package io.archipelago.contracts.placement;

import io.archipelago.contracts.Ids.SiteId;
import java.util.Map;

/** How the sites of a cluster are chosen. */
public sealed interface SitePolicy {

    /** As few sites as possible; the master site first, then those with most room. */
    record FewestSites() implements SitePolicy {}

    /** Over all sites as evenly as they have room: no site gives more machines than it must. */
    record Spread() implements SitePolicy {}

    /** Where a machine costs least first, by what sites say an hour of one costs; those that say nothing last. */
    record Cheapest() implements SitePolicy {}

    /** Where a machine is nearest to the master first, by the round trips that links have measured; those to which none was ever open last. */
    record Nearest() implements SitePolicy {}

    /**
     * The tenant names the sites.
     *
     * @param machines how many compute machines each gives, at least 1
     */
    record Named(Map<SiteId, Integer> machines) implements SitePolicy {
        public Named {
            machines = Map.copyOf(machines);
        }
    }
}
