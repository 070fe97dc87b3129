package io.archipelago.reservation.domain;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.Facts;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All sites of it have confirmed: it may be changed. */
public sealed interface Clustered extends Reservation {

    /** The merged facts. */
    Facts.OfCluster cluster();

    /** That it is to be otherwise; null: it is not. */
    @Nullable
    Change change();

    /** The same of another request. */
    Clustered with(Details others, @Nullable Change other);

    /**
     * Every participant of every site has confirmed.
     *
     * @param details see {@link Details}
     * @param shares see {@link Holding}
     * @param cluster the merged facts
     * @param change that it is to be otherwise; null: it is not
     */
    record Scheduled(
            Details details,
            Map<SiteId, Share> shares,
            Facts.OfCluster cluster,
            @Nullable Change change) implements Clustered {
        public Scheduled {
            shares = Reservation.ordered(shares);
        }

        /** As it was agreed on. */
        public Scheduled(Details details, Map<SiteId, Share> shares, Facts.OfCluster cluster) {
            this(details, shares, cluster, null);
        }

        @Override
        public Scheduled with(Details others, @Nullable Change other) {
            return new Scheduled(others, shares, cluster, other);
        }

        @Override
        public State state() {
            return State.SCHEDULED;
        }

        @Override
        public Instant deadline() {
            return earlier(details.request().window().end(), change);
        }
    }

    /**
     * The leases have begun at some site at least.
     *
     * @param details see {@link Details}
     * @param shares see {@link Holding}
     * @param cluster the merged facts
     * @param state DEPLOYING, ACTIVE or DEGRADED
     * @param completeBy when a cluster that is not complete is called degraded; null once that is past or it was complete
     * @param change that it is to be otherwise; null: it is not
     */
    record Running(
            Details details,
            Map<SiteId, Share> shares,
            Facts.OfCluster cluster,
            State state,
            @Nullable Instant completeBy,
            @Nullable Change change)
            implements Clustered {
        public Running {
            shares = Reservation.ordered(shares);
        }

        /** As it was agreed on. */
        public Running(
                Details details,
                Map<SiteId, Share> shares,
                Facts.OfCluster cluster,
                State state,
                @Nullable Instant completeBy) {
            this(details, shares, cluster, state, completeBy, null);
        }

        @Override
        public Running with(Details others, @Nullable Change other) {
            return new Running(others, shares, cluster, state, completeBy, other);
        }

        @Override
        public Instant deadline() {
            Instant end = earlier(details.request().window().end(), change);
            return completeBy != null && completeBy.isBefore(end) ? completeBy : end;
        }
    }

    private static Instant earlier(Instant end, @Nullable Change change) {
        return change instanceof Change.Asked asked && asked.giveUpAt().isBefore(end) ? asked.giveUpAt() : end;
    }
}
