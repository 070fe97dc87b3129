package io.archipelago.reservation.persistence;

import io.archipelago.bus.Tx;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.federation.ShareDigest.Range;
import io.archipelago.reservation.domain.Allocation;
import io.archipelago.reservation.domain.PeerLimit;
import io.archipelago.wire.Json;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** This site's shares as rows. */
@ApplicationScoped
public class AllocationStore {

    /** Both halves are found by an index: the first by a partial one, with the same condition; the second only because it is an array. */
    private static final String LOOK = """
            select cast(body as text) from allocation
            where master = :master and state not in ('Released', 'Forgotten')
              and id collate "C" >= :first and id collate "C" < :end
               or master = :master and id = any (array(select jsonb_array_elements_text(cast(cast(:ids as text) as jsonb))))
            order by id
            """;

    private static final String USES = """
            select starts_at, ends_at, machines, volume_bytes, held_until from allocation
            where master = :master and counted and id <> :id and starts_at < :end and ends_at > :start
              and (held_until is null or held_until > :now) and (:offers or not offered)
            """;

    private static final String FORGET_PROBES = "delete from allocation where probed and changed_at < :old";

    private static final String LONG_RELEASES = "select id from allocation where releasing_since <= :since order by id";

    /** The rows that a transaction has locked; empty: there was none. */
    private static final class Locked {
        private final Map<AllocationId, Optional<AllocationRow>> rows = new HashMap<>();
    }

    /** Locks an allocation's row and reads it. */
    public Uni<Optional<Allocation>> lock(Tx tx, AllocationId id) {
        return lockAll(tx, List.of(id)).map(none -> locked(tx, id).map(AllocationRow::allocation));
    }

    /** Locks the rows of some allocations, as far as there are any, in the order of their ids; to lock one of them again costs nothing. */
    public Uni<Void> lockAll(Tx tx, Collection<AllocationId> ids) {
        Map<AllocationId, Optional<AllocationRow>> locked = locked(tx);
        List<String> others = ids.stream()
                .filter(id -> !locked.containsKey(id))
                .map(AllocationId::toString)
                .toList();
        return others.isEmpty()
                ? Uni.createFrom().voidItem()
                : tx.session()
                        .createQuery("from AllocationRow where id in ?1 order by id", AllocationRow.class)
                        .setParameter(1, others)
                        .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                        .getResultList()
                        .invoke(rows -> {
                            ids.forEach(id -> locked.putIfAbsent(id, Optional.empty()));
                            rows.forEach(row -> locked.put(AllocationId.parse(row.id), Optional.of(row)));
                        })
                        .replaceWithVoid();
    }

    /** Locks and reads all. */
    public Uni<List<Allocation>> lockAll(Tx tx) {
        return tx.session()
                .createQuery("from AllocationRow order by id", AllocationRow.class)
                .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                .getResultList()
                .invoke(rows -> rows.forEach(row -> locked(tx).put(AllocationId.parse(row.id), Optional.of(row))))
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
     * What a master has here at any time of a window, without one of its shares.
     *
     * @param offers whether what is held for offers counts
     */
    public Uni<List<PeerLimit.Use>> uses(
            Tx tx, SiteId master, AllocationId without, TimeWindow window, boolean offers) {
        // What the same transaction has decided before counts.
        return tx.session()
                .flush()
                .chain(() -> tx.session()
                        .<Object[]>createNativeQuery(USES)
                        .setParameter("master", master.value())
                        .setParameter("id", without.toString())
                        .setParameter("start", window.start())
                        .setParameter("end", window.end())
                        .setParameter("now", tx.now())
                        .setParameter("offers", offers)
                        .getResultList())
                .map(rows -> rows.stream().map(AllocationStore::use).toList());
    }

    private static PeerLimit.Use use(Object[] row) {
        return new PeerLimit.Use(
                new TimeWindow(((OffsetDateTime) row[0]).toInstant(), ((OffsetDateTime) row[1]).toInstant()),
                (Integer) row[2],
                (Long) row[3],
                row[4] == null ? null : ((OffsetDateTime) row[4]).toInstant());
    }

    /** Forgets the shares that were only probed, after so long. */
    public Uni<Void> forgetProbes(Tx tx, Duration unchanged) {
        return tx.session()
                .createNativeQuery(FORGET_PROBES)
                .setParameter("old", tx.now().minus(unchanged))
                .executeUpdate()
                .replaceWithVoid();
    }

    /** The shares that have been given back for at least so long and are not yet gone. */
    public Uni<List<AllocationId>> longReleases(Tx tx, Duration atLeast) {
        return tx.session()
                .<String>createNativeQuery(LONG_RELEASES)
                .setParameter("since", tx.now().minus(atLeast))
                .getResultList()
                .map(ids -> ids.stream().map(AllocationId::parse).toList());
    }

    /**
     * Writes an allocation whose row is locked, or that had none. Where there is no row there is nothing to lock: of two transactions that begin
     * one share (two masters, or a master and an operator) the primary key lets one through, and the other is done again and finds the row.
     */
    public Uni<Void> save(Tx tx, Allocation allocation) {
        Optional<AllocationRow> known = locked(tx, allocation.id());
        AllocationRow row = known.orElseGet(AllocationRow::new);
        row.take(allocation, tx.now());
        if (known.isPresent()) {
            return Uni.createFrom().voidItem();
        }
        // Never looked for again: what has come meanwhile must break the key, not be written over.
        locked(tx).put(allocation.id(), Optional.of(row));
        return tx.session().persist(row);
    }

    private static Optional<AllocationRow> locked(Tx tx, AllocationId id) {
        return locked(tx).getOrDefault(id, Optional.empty());
    }

    private static Map<AllocationId, Optional<AllocationRow>> locked(Tx tx) {
        return tx.atHand(Locked.class, Locked::new).rows;
    }
}
