package io.archipelago.agent.drivers;

import io.archipelago.contracts.host.ResourceKey;
import java.util.Optional;

/**
 * Where a resource is on this host, for the driver of another kind that builds on it.
 *
 * @param <T> what that driver needs to know
 */
@FunctionalInterface
public interface Lookup<T> {

    /** Nothing as long as it is not there. */
    Optional<T> find(ResourceKey key) throws DriverFault;
}
