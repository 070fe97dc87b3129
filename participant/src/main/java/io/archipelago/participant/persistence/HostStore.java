package io.archipelago.participant.persistence;

import io.archipelago.bus.Tx;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.wire.Json;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.time.Duration;
import java.util.List;
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

    /** What an agent should know of a host, and when that last changed. */
    public Uni<List<ResourceRow>> published(Tx tx, HostId host) {
        return tx.session()
                .createQuery("from ResourceRow where host = ?1 and forgotten = false", ResourceRow.class)
                .setParameter(1, host.value())
                .getResultList();
    }

    public Uni<Optional<Resource>> resource(Tx tx, HostId host, String key) {
        return tx.session()
                .find(ResourceRow.class, new ResourceRow.Ref(host.value(), key))
                .map(row -> Optional.ofNullable(row).map(ResourceRow::resource));
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
