package io.archipelago.agent.drivers.machine;

import io.archipelago.contracts.host.ResourceKey;
import java.util.Map;
import java.util.UUID;

/**
 * All domains of a host.
 *
 * @param ours by their keys
 * @param foreign the names of those of others
 */
record Listing(Map<ResourceKey, Domain> ours, Map<UUID, String> foreign) {

    Listing {
        ours = Map.copyOf(ours);
        foreign = Map.copyOf(foreign);
    }
}
