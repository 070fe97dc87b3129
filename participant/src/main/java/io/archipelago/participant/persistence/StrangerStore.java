package io.archipelago.participant.persistence;

import io.archipelago.bus.Tx;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.wire.Json;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Things of ours on hosts that nobody has a record of. */
@ApplicationScoped
public class StrangerStore {

    /** Remembers, or forgets, a thing of ours that nobody has a record of; answers how many there are then, or -1 if it was known. */
    public Uni<Long> stranger(Tx tx, ResourceObserved observed, boolean there) {
        String statement = there ? """
                  insert into stranger (host, key, seen_at, details)
                  values (:host, :key, :now, cast(cast(:details as text) as jsonb))
                  on conflict (host, key) do nothing
                  """ : "delete from stranger where host = :host and key = :key";
        var query = tx.session()
                .createNativeQuery(statement)
                .setParameter("host", observed.host().value())
                .setParameter("key", observed.key().toString());
        if (there) {
            query.setParameter("now", tx.now()).setParameter("details", Json.write(observed.details()));
        }
        return query.executeUpdate()
                .chain(changed -> changed == 0 ? Uni.createFrom().item(-1L) : strangers(tx));
    }

    /** How many things of ours are on hosts of which there is no record. */
    public Uni<Long> strangers(Tx tx) {
        return tx.session()
                .<Long>createNativeQuery("select count(*) from stranger")
                .getSingleResult();
    }

    /** The highest generation that an agent knew of a stranger; empty if there is no such stranger. */
    public Uni<Optional<Long>> generationOfStranger(Tx tx, HostId host, ResourceKey key) {
        return tx.session()
                .<String>createNativeQuery("select coalesce(details ->> 'generation', '0') from stranger"
                        + " where host = :host and key = :key for update")
                .setParameter("host", host.value())
                .setParameter("key", key.toString())
                .getSingleResultOrNull()
                .map(generation -> Optional.ofNullable(generation).map(Long::parseLong));
    }

    /** Takes a stranger for ours; from now on there is a record of it. */
    public Uni<Void> adopt(Tx tx, Resource stranger) {
        ResourceRow row = new ResourceRow();
        row.take(stranger, tx.now());
        return tx.session()
                .createNativeQuery("delete from stranger where host = :host and key = :key")
                .setParameter("host", stranger.host().value())
                .setParameter("key", stranger.key().toString())
                .executeUpdate()
                .chain(() -> tx.session().persist(row));
    }
}
