package io.archipelago.participant.persistence;

import com.fasterxml.jackson.core.type.TypeReference;
import io.archipelago.bus.Tx;
import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.host.HostMaintenance;
import io.archipelago.contracts.host.HostMaintenance.Maintenance;
import io.archipelago.wire.Json;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** When hosts are maintained, and what is booked of them that does not fit any more. */
@ApplicationScoped
public class MaintenanceStore {

    private static final Logger LOG = Logger.getLogger(MaintenanceStore.class);

    private static final String KEEP = """
            insert into maintenance (host, version, windows)
            values (:host, :version, cast(cast(:windows as text) as jsonb))
            on conflict (host) do update set version = excluded.version, windows = excluded.windows
            where maintenance.version < excluded.version
            """;

    private static final String CLOSE = """
            update pool set closures = cast(cast(:closures as text) as jsonb) where host = :host
            """;

    private final PartStore parts;

    MaintenanceStore(PartStore parts) {
        this.parts = parts;
    }

    /** What is known of when a host is maintained; empty: nothing was ever said of it. */
    public Uni<Optional<HostMaintenance>> of(Tx tx, HostId host) {
        return tx.session()
                .<Object[]>createNativeQuery(
                        "select version, cast(windows as text) from maintenance where host = :host")
                .setParameter("host", host.value())
                .getSingleResultOrNull()
                .map(row -> Optional.ofNullable(row)
                        .map(known -> new HostMaintenance(
                                host,
                                (Long) known[0],
                                Json.read((String) known[1], new TypeReference<List<Maintenance>>() {}))));
    }

    /**
     * Keeps what is said, unless later is known, and closes the host's pools accordingly: when all else is done, like all that writes pools. Who hears the
     * host for the first time meanwhile waits for the calendar, and then finds it here.
     */
    public void keep(Tx tx, HostMaintenance said) {
        tx.atEnd(
                HostStore.POOLS,
                () -> PartStore.lockCalendar(tx)
                        .chain(() -> tx.session()
                                .createNativeQuery(KEEP)
                                .setParameter("host", said.host().value())
                                .setParameter("version", said.version())
                                .setParameter("windows", Json.write(said.windows()))
                                .executeUpdate())
                        .chain(kept -> kept == 0 ? Uni.createFrom().voidItem() : close(tx, said)));
    }

    private Uni<Void> close(Tx tx, HostMaintenance said) {
        return tx.session()
                .createNativeQuery(CLOSE)
                .setParameter("host", said.host().value())
                .setParameter("closures", PoolRow.closures(said.closures()))
                .executeUpdate()
                .chain(() -> tell(tx, said.host()));
    }

    /** When a host takes no bookings. */
    Uni<List<TimeWindow>> closures(Tx tx, HostId host) {
        return of(tx, host).map(known -> known.map(HostMaintenance::closures).orElse(List.of()));
    }

    /** Tells operators what of a host does not fit any more; to be asked when its pools have become less. */
    Uni<Void> tell(Tx tx, HostId host) {
        return displaced(tx, host)
                .invoke(displaced -> {
                    if (!displaced.isEmpty()) {
                        LOG.warnf(
                                "host %s: %d bookings fit no longer, see GET /api/v1/bookings/displaced; the first is of %s",
                                host,
                                displaced.size(),
                                displaced.getFirst().booking().allocation());
                    }
                })
                .replaceWithVoid();
    }

    /**
     * A booking that does not fit into its pool any more. It stays: nothing is stopped for it.
     *
     * @param booking which
     * @param because why, a sentence
     */
    public record Displaced(Booking booking, String because) {}

    /** Everything that does not fit any more. */
    public Uni<List<Displaced>> displaced(Tx tx) {
        return parts.calendar(tx).map(calendar -> displaced(calendar, calendar.displaced()));
    }

    /** What of a host does not fit any more. */
    public Uni<List<Displaced>> displaced(Tx tx, HostId host) {
        return tx.session()
                .<String>createNativeQuery("select id from pool where host = :host")
                .setParameter("host", host.value())
                .getResultList()
                .chain(pools -> displaced(tx)
                        .map(all -> all.stream()
                                .filter(one -> pools.contains(one.booking().pool()))
                                .toList()));
    }

    private static List<Displaced> displaced(Calendar calendar, List<Booking> bookings) {
        Map<String, Pool> pools = calendar.pools().stream().collect(Collectors.toMap(Pool::id, pool -> pool));
        return bookings.stream()
                .map(booking -> new Displaced(booking, because(booking, pools)))
                .toList();
    }

    private static String because(Booking booking, Map<String, Pool> pools) {
        return Optional.ofNullable(pools.get(booking.pool())).stream()
                .flatMap(pool -> pool.closures().stream())
                .filter(booking.during()::overlaps)
                .findFirst()
                .map(closure -> "its host is maintained from " + closure.start() + " to " + closure.end())
                .orElse("its host has less than it had when this was booked");
    }
}
