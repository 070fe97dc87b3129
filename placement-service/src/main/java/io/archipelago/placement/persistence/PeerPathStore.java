package io.archipelago.placement.persistence;

import io.archipelago.bus.Tx;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.placement.PlacementMessage.PathMeasured;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.HashMap;
import java.util.Map;

/** How far peers are, by what links have measured last; of peers to which none is open now the last word stays, for nobody moves a site. */
@ApplicationScoped
public class PeerPathStore {

    /** The round trips to peers, in milliseconds. */
    public Uni<Map<SiteId, Double>> roundTrips(Tx tx) {
        return tx.session()
                .createQuery("from PeerPathRow", PeerPathRow.class)
                .getResultList()
                .map(rows -> {
                    Map<SiteId, Double> all = new HashMap<>();
                    rows.forEach(row -> all.put(new SiteId(row.site), row.roundTripMillis));
                    return all;
                });
    }

    /** Keeps what was measured, unless something newer is kept. */
    public Uni<Void> keep(Tx tx, PathMeasured path) {
        return tx.session()
                .find(PeerPathRow.class, path.peer().value(), LockModeType.PESSIMISTIC_WRITE)
                .chain(found -> {
                    if (found != null && !found.at.isBefore(path.at())) {
                        return Uni.createFrom().voidItem();
                    }
                    PeerPathRow row = found == null ? new PeerPathRow() : found;
                    row.site = path.peer().value();
                    row.at = path.at();
                    row.roundTripMillis = path.roundTripMillis();
                    return found == null
                            ? tx.session().persist(row)
                            : Uni.createFrom().voidItem();
                });
    }
}
