package io.archipelago.reservation.app;

import io.archipelago.bus.UnitOfWork;
import io.archipelago.reservation.ReservationConfig;
import io.archipelago.reservation.persistence.AllocationStore;
import io.archipelago.reservation.persistence.ReservationStore;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import org.jboss.logging.Logger;

/** Forgets what was only asked about. */
@ApplicationScoped
public class OldPreviews {

    private static final Logger LOG = Logger.getLogger(OldPreviews.class);
    private static final Duration FORGET_EVERY = Duration.ofMinutes(1);

    private final Vertx vertx;
    private final UnitOfWork unitOfWork;
    private final ReservationStore reservations;
    private final AllocationStore allocations;
    private final Duration keepFor;
    private long forgetting;

    OldPreviews(
            Vertx vertx,
            UnitOfWork unitOfWork,
            ReservationStore reservations,
            AllocationStore allocations,
            ReservationConfig config) {
        this.vertx = vertx;
        this.unitOfWork = unitOfWork;
        this.reservations = reservations;
        this.allocations = allocations;
        this.keepFor = config.previews().keepFor();
    }

    void onStart(@Observes StartupEvent event) {
        forgetting = vertx.setPeriodic(
                FORGET_EVERY.toMillis(),
                ignored -> forget().subscribe()
                        .with(
                                done -> {},
                                failure -> LOG.warnf("old previews are not forgotten yet: %s", failure.getMessage())));
    }

    void onStop(@Observes ShutdownEvent event) {
        vertx.cancelTimer(forgetting);
    }

    /** Forgets those that are old enough: this site's own, and what other sites have asked it. */
    public Uni<Void> forget() {
        return unitOfWork.inTransaction(
                tx -> reservations.forgetPreviews(tx, keepFor).chain(() -> allocations.forgetProbes(tx, keepFor)));
    }
}
