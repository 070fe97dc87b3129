package io.archipelago.contracts.allocation;

import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKind;

/**
 * One resource of an allocation, without the host it is on.
 *
 * @param kind what it is
 * @param name the machine's host name; for a link the peer site; else the site
 * @param phase what was last observed
 * @param reason a sentence if it is not ready, else empty
 */
public record ResourceStatus(ResourceKind kind, String name, Phase phase, String reason) {}
