package io.archipelago.reservation.app;

import io.archipelago.bus.DueRows;
import io.archipelago.bus.DueWork;
import io.archipelago.bus.Gate;
import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.federation.StreamPosition;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Lets the service begin. */
@ApplicationScoped
public class ReservationStart implements Gate {

    private final DueWork due;
    private final UnitOfWork unitOfWork;
    private final ReservationService reservations;
    private final AllocationService allocations;
    private final SettlementService settlement;
    private final CompletableFuture<Void> begun = new CompletableFuture<>();

    ReservationStart(
            DueWork due,
            UnitOfWork unitOfWork,
            ReservationService reservations,
            AllocationService allocations,
            SettlementService settlement) {
        this.due = due;
        this.unitOfWork = unitOfWork;
        this.reservations = reservations;
        this.allocations = allocations;
        this.settlement = settlement;
    }

    /**
     * Does what is due from now on; not before it is known whether the database was set back, for then much of what it calls due was done.
     *
     * @param found the last place in each topic that this site writes to a site
     */
    public Uni<Void> begin(Map<SiteId, StreamPosition> found) {
        return unitOfWork
                .inTransaction(tx -> settlement.begin(tx, found))
                .invoke(this::register)
                .invoke(() -> begun.complete(null));
    }

    /** Completes when it has begun; nothing that is read takes effect before. */
    public Uni<Void> begun() {
        return Uni.createFrom().emitter(emitter -> begun.thenRun(() -> emitter.complete(null)));
    }

    /** What was to be sent when the database was copied was sent then, or is overtaken: it is forgotten first. */
    @Override
    public CompletionStage<Void> opened() {
        return begun;
    }

    private void register() {
        due.register(
                "a reservation's deadline",
                new DueRows("reservation", "id", "due_at"),
                (tx, id) -> reservations.onDue(tx, ReservationId.parse(id)));
        due.register(
                "an allocation's deadline",
                new DueRows("allocation", "id", "due_at"),
                (tx, id) -> allocations.onDue(tx, AllocationId.parse(id)));
        due.register(
                "a digest",
                new DueRows("exchange", "site", "due_at"),
                (tx, site) -> settlement.onDue(tx, new SiteId(site)));
    }
}
