package io.archipelago.agent.drivers.link;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.contracts.host.ResourceKey;
import java.util.Optional;

/** Knows the gateway's side of each segment. */
@FunctionalInterface
public interface Places {

    /** Where a segment is; nothing as long as it is not there. */
    Optional<Place> of(ResourceKey segment) throws DriverFault;
}
