package io.archipelago.participant.persistence;

import io.archipelago.bus.Tx;
import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.HostRecord;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a participant knows of its site, to be looked at; nothing is locked. */
@ApplicationScoped
public class SiteStore {

    /**
     * A host as it was last heard of.
     *
     * @param host which
     * @param state ALIVE, SUSPECT or LOST
     * @param dead whether it is known to run nothing any more, or was and is not yet clean: it takes no bookings
     * @param note what to know or to do, a sentence; empty: nothing
     * @param heardAt when it was last heard of
     * @param second another machine that claims its name, and is not believed; null: none
     * @param inventory what it has
     */
    public record HostSeen(
            HostId host,
            HostRecord.State state,
            boolean dead,
            String note,
            Instant heardAt,
            HostRecord.@Nullable Second second,
            Inventory inventory) {

        /** How a host is shown. */
        public static HostSeen of(HostRecord host) {
            return new HostSeen(
                    host.host(),
                    host.state(),
                    host.dead(),
                    host.note(),
                    host.heardAt(),
                    host.second(),
                    host.inventory());
        }
    }

    /**
     * A resource that is not as it should be.
     *
     * @param host where
     * @param key what
     * @param wanted PRESENT, ABSENT, or UNKNOWN if there is no record of it
     * @param seen what its agent sees
     * @param reason why, as far as the agent knows
     */
    public record Difference(HostId host, ResourceKey key, String wanted, Phase seen, String reason) {}

    public Uni<List<Pool>> pools(Tx tx) {
        return tx.session()
                .createQuery("from PoolRow order by id", PoolRow.class)
                .getResultList()
                .map(rows -> rows.stream().map(PoolRow::pool).toList());
    }

    public Uni<List<Booking>> bookings(Tx tx) {
        return BookingStore.all(tx).map(rows -> List.copyOf(rows.values()));
    }

    public Uni<List<HostSeen>> hosts(Tx tx) {
        return tx.session()
                .createQuery("from HostRow order by id", HostRow.class)
                .getResultList()
                .map(rows -> rows.stream().map(row -> HostSeen.of(row.record())).toList());
    }

    /** Where wanted and seen differ. */
    public Uni<List<Difference>> drift(Tx tx) {
        return tx.session()
                .createQuery(
                        "from ResourceRow where absent = true and phase <> 'ABSENT' or absent = false and phase <> 'READY'"
                                + " order by host, key",
                        ResourceRow.class)
                .getResultList()
                .chain(rows -> strangers(tx).map(strangers -> {
                    List<Difference> drift = new ArrayList<>();
                    rows.forEach(row -> drift.add(difference(row.resource())));
                    drift.addAll(strangers);
                    return drift;
                }));
    }

    private static Uni<List<Difference>> strangers(Tx tx) {
        return tx.session()
                .<String>createNativeQuery("select host || ' ' || key from stranger order by host, key")
                .getResultList()
                .map(texts -> texts.stream().map(SiteStore::stranger).toList());
    }

    private static Difference stranger(String hostAndKey) {
        int blank = hostAndKey.indexOf(' ');
        return new Difference(
                new HostId(hostAndKey.substring(0, blank)),
                ResourceKey.parse(hostAndKey.substring(blank + 1)),
                "UNKNOWN",
                Phase.READY,
                "ours by its name, but there is no record of it: have it removed, or leave it");
    }

    private static Difference difference(Resource resource) {
        return new Difference(
                resource.host(),
                resource.key(),
                resource.absent() ? "ABSENT" : "PRESENT",
                resource.phase(),
                resource.reason());
    }
}
