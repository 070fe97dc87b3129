package io.archipelago.contracts.allocation;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKind;
import org.jspecify.annotations.Nullable;

/**
 * One resource of an allocation.
 *
 * @param kind what it is
 * @param name the machine's host name; for a link the peer site; else the site
 * @param phase what was last observed
 * @param reason a sentence if it is not ready, else empty; names no host
 * @param host the host that it is on, for operators' eyes only; null if it is on none yet, or the sender did not say
 */
public record ResourceStatus(
        ResourceKind kind,
        String name,
        Phase phase,
        String reason,
        @Nullable HostId host) {}
