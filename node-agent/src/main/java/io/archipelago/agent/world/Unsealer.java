package io.archipelago.agent.world;

import java.util.Optional;

/** Opens secrets with a host's own key. */
@FunctionalInterface
public interface Unsealer {

    /** The secret; empty if it was not sealed to this host. */
    Optional<String> unseal(String sealed);
}
