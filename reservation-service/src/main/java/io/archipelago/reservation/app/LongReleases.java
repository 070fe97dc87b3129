package io.archipelago.reservation.app;

import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.reservation.ReservationConfig;
import io.archipelago.reservation.ReservationMetrics;
import io.archipelago.reservation.persistence.AllocationStore;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** Calls an operator for shares that are not gone long after they were to be: a release is repeated for ever, and says nothing of that by itself. */
@ApplicationScoped
class LongReleases {

    private static final Logger LOG = Logger.getLogger(LongReleases.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(30);

    private final Vertx vertx;
    private final UnitOfWork unitOfWork;
    private final AllocationStore store;
    private final ReservationMetrics metrics;
    private final Duration longAfter;
    private final Set<AllocationId> told = ConcurrentHashMap.newKeySet();
    private long looking;

    LongReleases(
            Vertx vertx,
            UnitOfWork unitOfWork,
            AllocationStore store,
            ReservationMetrics metrics,
            ReservationConfig config) {
        this.vertx = vertx;
        this.unitOfWork = unitOfWork;
        this.store = store;
        this.metrics = metrics;
        this.longAfter = config.releaseLongAfter();
    }

    void onStart(@Observes StartupEvent event) {
        looking = vertx.setPeriodic(LOOK_EVERY.toMillis(), ignored -> look());
    }

    void onStop(@Observes ShutdownEvent event) {
        vertx.cancelTimer(looking);
    }

    private void look() {
        unitOfWork
                .inTransaction(tx -> store.longReleases(tx, longAfter))
                .subscribe()
                .with(
                        found -> {
                            metrics.longReleases(found.size());
                            news(told, found)
                                    .forEach(id -> LOG.warnf(
                                            "share %s has been given back for more than %s and is not yet gone",
                                            id, longAfter));
                        },
                        failure -> LOG.debugf("long releases are not known: %s", failure.getMessage()));
    }

    /** Those of which nobody was told yet; who is told of one is told once, and again only if it comes back after it was gone. */
    static List<AllocationId> news(Set<AllocationId> told, Collection<AllocationId> found) {
        told.retainAll(new HashSet<>(found));
        return found.stream().filter(told::add).toList();
    }
}
