package io.archipelago.participant.persistence;

import io.archipelago.bus.Tx;
import io.archipelago.bus.booking.Pool;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec;
import io.archipelago.wire.Json;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The hosts of the site, what can be booked of them, and what is wanted on each. */
@ApplicationScoped
public class HostStore {

    /**
     * Takes a heartbeat.
     *
     * @return the host's row if its pools may have changed by it; empty if they have not, or the heartbeat is an old one
     */
    public Uni<Optional<HostRow>> hear(Tx tx, HostHeartbeat heartbeat) {
        return tx.session()
                .find(HostRow.class, heartbeat.host().value(), LockModeType.PESSIMISTIC_WRITE)
                .chain(found -> {
                    if (found != null && !found.olderThan(heartbeat)) {
                        return Uni.createFrom().item(Optional.<HostRow>empty());
                    }
                    boolean same = found != null
                            && found.state() == HostRow.State.ALIVE
                            && found.inventory().equals(heartbeat.inventory());
                    HostRow row = found == null ? new HostRow() : found;
                    row.take(heartbeat, tx.now());
                    Uni<Void> stored = found == null
                            ? tx.session().persist(row)
                            : Uni.createFrom().voidItem();
                    return stored.replaceWith(same ? Optional.empty() : Optional.of(row));
                });
    }

    /** Every host that was ever heard of. */
    public Uni<List<HostRow>> all(Tx tx) {
        return tx.session()
                .createQuery("from HostRow order by id", HostRow.class)
                .getResultList();
    }

    /** Writes pools, those that stand already with what they are now. */
    public Uni<Void> pools(Tx tx, List<Pool> pools) {
        Uni<Void> all = Uni.createFrom().voidItem();
        for (Pool pool : pools) {
            all = all.chain(() -> tx.session()
                    .find(PoolRow.class, pool.id(), LockModeType.PESSIMISTIC_WRITE)
                    .chain(found -> {
                        PoolRow row = found == null ? new PoolRow() : found;
                        row.take(pool);
                        return found == null
                                ? tx.session().persist(row)
                                : Uni.createFrom().voidItem();
                    }));
        }
        return all;
    }

    /** Moves a host that has been silent for too long on to the next worse state. */
    public Uni<HostRow> fallSilent(Tx tx, HostId host, Duration lostAfter) {
        return tx.session()
                .find(HostRow.class, host.value(), LockModeType.PESSIMISTIC_WRITE)
                .invoke(row -> row.fallSilent(tx.now(), lostAfter));
    }

    // Resources are read here column by column: as entities they would be remembered by the session, and a decision
    // that is taken under the
    // lock of their part later in the same transaction would see them as they were before it.

    /** The generations that an agent should know of a host. */
    public Uni<Map<ResourceKey, Long>> generations(Tx tx, HostId host) {
        return tx.session()
                .createQuery(
                        "select r.key, r.generation from ResourceRow r where r.host = ?1 and r.forgotten = false",
                        Object[].class)
                .setParameter(1, host.value())
                .getResultList()
                .map(rows -> {
                    Map<ResourceKey, Long> generations = new HashMap<>();
                    rows.forEach(row -> generations.put(ResourceKey.parse((String) row[0]), (Long) row[1]));
                    return generations;
                });
    }

    /** Everything that an agent should know of a host; empty if some of it changed since an instant, and may be on its way. */
    public Uni<List<DesiredResource>> settledSince(Tx tx, HostId host, Instant since) {
        return tx.session()
                .createQuery(
                        "select r.key, r.generation, r.absent, r.notAfter, r.spec, r.changedAt from ResourceRow r"
                                + " where r.host = ?1 and r.forgotten = false order by r.key",
                        Object[].class)
                .setParameter(1, host.value())
                .getResultList()
                .map(rows -> rows.stream().anyMatch(row -> ((Instant) row[5]).isAfter(since))
                        ? List.<DesiredResource>of()
                        : rows.stream().map(HostStore::desired).toList());
    }

    private static DesiredResource desired(Object[] row) {
        return new DesiredResource(
                ResourceKey.parse((String) row[0]),
                (Long) row[1],
                (Boolean) row[2],
                (Instant) row[3],
                Json.read((String) row[4], ResourceSpec.class));
    }

    /** Whether there is a record of a resource. */
    public Uni<Boolean> knows(Tx tx, HostId host, ResourceKey key) {
        return tx.session()
                .createQuery("select count(*) from ResourceRow r where r.host = ?1 and r.key = ?2", Long.class)
                .setParameter(1, host.value())
                .setParameter(2, key.toString())
                .getSingleResult()
                .map(count -> count > 0);
    }

    /** Remembers, or forgets, a thing of ours that nobody has a record of. */
    public Uni<Void> stranger(Tx tx, ResourceObserved observed, boolean there) {
        String statement = there ? """
                  insert into stranger (host, key, seen_at, details)
                  values (:host, :key, :now, cast(cast(:details as text) as jsonb))
                  on conflict (host, key) do update set seen_at = excluded.seen_at, details = excluded.details
                  """ : "delete from stranger where host = :host and key = :key";
        var query = tx.session()
                .createNativeQuery(statement)
                .setParameter("host", observed.host().value())
                .setParameter("key", observed.key().toString());
        if (there) {
            query.setParameter("now", tx.now()).setParameter("details", Json.write(observed.details()));
        }
        return query.executeUpdate().replaceWithVoid();
    }
}
