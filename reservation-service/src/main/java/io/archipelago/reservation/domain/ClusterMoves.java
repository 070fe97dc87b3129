package io.archipelago.reservation.domain;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.reservation.domain.Clustered.Running;
import io.archipelago.reservation.domain.Clustered.Scheduled;
import io.archipelago.reservation.domain.Reservation.Closed;
import io.archipelago.reservation.domain.Reservation.Held;
import io.archipelago.reservation.domain.Reservation.Holding;
import io.archipelago.reservation.domain.Reservation.Offered;
import io.archipelago.reservation.domain.Reservation.Offering;
import io.archipelago.reservation.domain.Reservation.Planning;
import io.archipelago.reservation.domain.Reservation.Releasing;
import io.archipelago.reservation.domain.Reservation.State;
import io.archipelago.reservation.domain.Share.Stage;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** How far a cluster is, by what its sites say of their shares. */
final class ClusterMoves {

    private final Pace pace;

    ClusterMoves(Pace pace) {
        this.pace = pace;
    }

    /** Takes what a site says of its share, which it has confirmed. */
    Decision<Reservation> onProgress(Reservation reservation, Share share, Instant now) {
        Map<SiteId, Share> shares = reservation.with(share).shares();
        return switch (reservation) {
            case Held held -> {
                if (shares.values().stream().anyMatch(s -> s.stage() == Stage.CONFIRMING)) {
                    yield Decision.of(held.with(shares));
                }
                Scheduled scheduled = new Scheduled(held.details(), shares, held.cluster());
                yield Decision.of(onceBegun(scheduled, now));
            }
            // A site that was told of a change says that it is confirmed once more.
            case Scheduled scheduled -> Decision.of(onceBegun(scheduled.with(shares), now));
            case Running running -> Decision.of(running(running.details(), shares, running, false, now));
            case Planning planning -> Decision.of(planning);
            case Holding holding -> Decision.of(holding);
            case Offered offered -> Decision.of(offered);
            case Releasing releasing -> Decision.of(releasing);
            case Offering offering -> Decision.of(offering);
            case Closed closed -> Decision.of(closed);
        };
    }

    /** It runs once the lease of a site has begun. */
    private Reservation onceBegun(Reservation scheduled, Instant now) {
        boolean begun = scheduled.shares().values().stream()
                .anyMatch(s -> s.progress() != null && s.stage().open());
        return begun ? running(scheduled.details(), scheduled.shares(), scheduled, false, now) : scheduled;
    }

    /**
     * A cluster whose leases have begun, by what is known of its shares.
     *
     * @param before it, with the facts of the cluster
     * @param late whether it should be complete by now
     */
    Reservation running(Details details, Map<SiteId, Share> shares, Reservation before, boolean late, Instant now) {
        Facts.OfCluster cluster = Objects.requireNonNull(before.facts(), "only what is scheduled runs");
        List<Share> own = shares.values().stream()
                .filter(s -> s.facts() != null && cluster.at(s.site()).isPresent())
                .toList();
        State state = stateOf(own, before.state(), late);
        Instant completeBy = switch (before) {
            case Running running when late -> null;
            case Running running -> running.completeBy();
            default -> later(now, details.request().window().start()).plus(pace.deployWithin());
        };
        Change change = before instanceof Clustered clustered ? clustered.change() : null;
        return new Running(details, shares, cluster, state, state == State.ACTIVE ? null : completeBy, change);
    }

    /** How far the shares of a cluster are together. */
    private static State stateOf(Collection<Share> shares, State before, boolean late) {
        boolean ready = shares.stream().allMatch(s -> s.progress() == Progress.READY);
        if (ready) {
            return State.ACTIVE;
        }
        boolean failed = shares.stream()
                .anyMatch(s -> s.progress() == Progress.DEGRADED
                        || s.stage() == Stage.LOST
                        || !s.stage().open());
        boolean wasComplete = before == State.ACTIVE || before == State.DEGRADED;
        return failed || late || wasComplete ? State.DEGRADED : State.DEPLOYING;
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
