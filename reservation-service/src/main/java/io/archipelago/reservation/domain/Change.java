package io.archipelago.reservation.domain;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.Refusal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** That a cluster is to be other than was agreed on. Once it is, there is none. */
public sealed interface Change {

    /** What the cluster was to be. */
    Request wanted();

    /**
     * Its sites are asked to hold what it takes.
     *
     * @param wanted see {@link Change#wanted()}
     * @param leaving the compute machines that go, by site and ordinal
     * @param most how many machines more a site can have that has refused others, from 0; a site that has not is not named
     * @param refusals what was refused so far, by site
     * @param giveUpAt when silence counts as a refusal
     */
    record Asked(
            Request wanted,
            Map<SiteId, Set<Integer>> leaving,
            Map<SiteId, Integer> most,
            Map<SiteId, List<Refusal>> refusals,
            Instant giveUpAt)
            implements Change {
        public Asked {
            leaving = Map.copyOf(leaving);
            most = Map.copyOf(most);
            refusals = Map.copyOf(refusals);
        }
    }

    /**
     * It can not be had: the cluster is as it was.
     *
     * @param wanted see {@link Change#wanted()}
     * @param refusals why, by site
     */
    record Refused(Request wanted, Map<SiteId, List<Refusal>> refusals) implements Change {
        public Refused {
            refusals = Map.copyOf(refusals);
        }
    }
}
