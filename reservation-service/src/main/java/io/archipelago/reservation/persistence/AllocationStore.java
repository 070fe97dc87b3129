package io.archipelago.reservation.persistence;

import io.archipelago.bus.Tx;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.federation.ShareDigest.Range;
import io.archipelago.reservation.domain.Allocation;
import io.archipelago.wire.Json;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** This site's shares as rows. */
@ApplicationScoped
public class AllocationStore {

    private static final String LOOK = """
            select cast(body as text) from allocation
            where master = :master and state not in ('Released', 'Forgotten')
              and id collate "C" >= :first and id collate "C" < :end
               or master = :master and id in (select jsonb_array_elements_text(cast(cast(:ids as text) as jsonb)))
            order by id
            """;

    /** Locks an allocation's row and reads it. */
    public Uni<Optional<Allocation>> lock(Tx tx, AllocationId id) {
        return tx.session()
                .find(AllocationRow.class, id.toString(), LockModeType.PESSIMISTIC_WRITE)
                .map(row -> Optional.ofNullable(row).map(AllocationRow::allocation));
    }

    /** Locks and reads all. */
    public Uni<List<Allocation>> lockAll(Tx tx) {
        return tx.session()
                .createQuery("from AllocationRow order by id", AllocationRow.class)
                .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                .getResultList()
                .map(rows -> rows.stream().map(AllocationRow::allocation).toList());
    }

    /** Those of a master in a range that are not over, and those of some ids; read without a lock, to be looked at only. */
    public Uni<List<Allocation>> look(Tx tx, SiteId master, Range range, Collection<AllocationId> others) {
        return tx.session()
                .<String>createNativeQuery(LOOK)
                .setParameter("master", master.value())
                .setParameter("first", Ranges.first(range))
                .setParameter("end", Ranges.end(range))
                .setParameter("ids", Json.write(others))
                .getResultList()
                .map(bodies -> bodies.stream()
                        .map(body -> Json.read(body, Allocation.class))
                        .toList());
    }

    /**
     * Writes an allocation whose row is locked, or that had none. Where there is no row there is nothing to lock: of two transactions that begin
     * one share (two masters, or a master and an operator) the primary key lets one through, and the other is done again and finds the row.
     */
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
