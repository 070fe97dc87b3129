package io.archipelago.reservation.persistence;

import io.archipelago.bus.Tx;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.reservation.domain.Allocation;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.Optional;

/** This site's shares as rows. */
@ApplicationScoped
public class AllocationStore {

    /** Locks an allocation's row and reads it. */
    public Uni<Optional<Allocation>> lock(Tx tx, AllocationId id) {
        return tx.session()
                .find(AllocationRow.class, id.toString(), LockModeType.PESSIMISTIC_WRITE)
                .map(row -> Optional.ofNullable(row).map(AllocationRow::allocation));
    }

    public Uni<Void> save(Tx tx, Allocation allocation) {
        return tx.session()
                .find(AllocationRow.class, allocation.id().toString())
                .chain(found -> {
                    AllocationRow row = found == null ? new AllocationRow() : found;
                    row.take(allocation, tx.now());
                    return found == null
                            ? tx.session().persist(row)
                            : Uni.createFrom().voidItem();
                });
    }
}
