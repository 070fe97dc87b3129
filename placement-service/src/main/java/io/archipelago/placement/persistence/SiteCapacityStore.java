package io.archipelago.placement.persistence;

import io.archipelago.bus.Tx;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.placement.PlacementMessage.CapacityAdvertised;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What sites last advertised. */
@ApplicationScoped
public class SiteCapacityStore {

    /** Every site's last word. */
    public Uni<Map<SiteId, CapacityAdvertised>> all(Tx tx) {
        return tx.session()
                .createQuery("from SiteCapacityRow", SiteCapacityRow.class)
                .getResultList()
                .map(rows -> {
                    Map<SiteId, CapacityAdvertised> all = new TreeMap<>();
                    rows.forEach(row -> all.put(new SiteId(row.site), row.advertised()));
                    return all;
                });
    }

    /** Keeps a site's word, unless a newer one is kept. */
    public Uni<Void> keep(Tx tx, CapacityAdvertised capacity) {
        return locked(tx, capacity.site()).chain(found -> {
            if (found.isPresent() && !found.get().at.isBefore(capacity.at())) {
                return Uni.createFrom().voidItem();
            }
            SiteCapacityRow row = found.orElseGet(SiteCapacityRow::new);
            row.take(capacity);
            return found.isPresent()
                    ? Uni.createFrom().voidItem()
                    : tx.session().persist(row);
        });
    }

    /** What this site last advertised; empty if it never did. */
    public Uni<Optional<CapacityAdvertised>> own(Tx tx, SiteId own) {
        return locked(tx, own).map(row -> row.map(SiteCapacityRow::advertised));
    }

    /** When this site is to look at its capacity again. */
    public Uni<Void> lookAgainAt(Tx tx, SiteId own, Instant at) {
        return locked(tx, own)
                .invoke(row -> row.ifPresent(r -> r.advertiseAt = at))
                .replaceWithVoid();
    }

    private static Uni<Optional<SiteCapacityRow>> locked(Tx tx, SiteId site) {
        return tx.session()
                .find(SiteCapacityRow.class, site.value(), LockModeType.PESSIMISTIC_WRITE)
                .map(Optional::ofNullable);
    }
}
