package io.archipelago.reservation.domain;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.Refusal;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where an attempt stands.
 *
 * @param number 1 for the first
 * @param excluded peers that refused or did not answer
 * @param refusals why earlier attempts failed, by site
 */
public record Attempt(int number, Set<SiteId> excluded, Map<SiteId, List<Refusal>> refusals) {
    public Attempt {
        excluded = Set.copyOf(excluded);
        refusals = Map.copyOf(refusals);
    }

    public static Attempt first() {
        return new Attempt(1, Set.of(), Map.of());
    }
}
