package io.archipelago.participant.persistence;

import com.fasterxml.jackson.core.type.TypeReference;
import io.archipelago.bus.Tx;
import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.host.HostMaintenance;
import io.archipelago.contracts.host.HostMaintenance.Maintenance;
import io.archipelago.participant.ParticipantConfig;
import io.archipelago.participant.ParticipantMetrics;
import io.archipelago.wire.Json;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** When hosts are maintained, and what is booked of hosts that can not stay there. */
@ApplicationScoped
public class MaintenanceStore {

    private static final Logger LOG = Logger.getLogger(MaintenanceStore.class);

    private static final String KEEP = """
            insert into maintenance (host, version, windows)
            values (:host, :version, cast(cast(:windows as text) as jsonb))
            on conflict (host) do update set version = excluded.version, windows = excluded.windows
            where maintenance.version < excluded.version
            """;

    private static final String NEXT = "update maintenance set due_at = :due where host = :host";

    private static final String POOLS = """
            select id, cast(capacity as text), first_unit, last_unit, open, cast(closures as text), cast(labels as text)
            from pool where host = :host order by id
            """;

    private static final String CLOSE = """
            update pool set closures = cast(cast(:closures as text) as jsonb) where host = :host
            """;

    // Whoever has locked a row waits for the calendar, which is locked here, and then decides by what there is now.
    private static final String DISPLACE = """
            with fresh as (
                select allocation, min(due_at) as due_at
                from jsonb_to_recordset(cast(cast(:rows as text) as jsonb)) as row (allocation text, due_at timestamptz)
                group by allocation
            ), waiting as (
                select allocation from displaced where allocation in (select allocation from fresh) for update skip locked
            ), sooner as (
                update displaced set due_at = least(displaced.due_at, fresh.due_at) from fresh
                where displaced.allocation = fresh.allocation and fresh.allocation in (select allocation from waiting)
            )
            insert into displaced (allocation, due_at) select allocation, due_at from fresh on conflict do nothing
            """;

    private final PartStore parts;
    private final ParticipantConfig config;
    private final ParticipantMetrics metrics;

    MaintenanceStore(PartStore parts, ParticipantConfig config, ParticipantMetrics metrics) {
        this.parts = parts;
        this.config = config;
        this.metrics = metrics;
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
        List<TimeWindow> closures = closures(said, tx.now());
        var next = tx.session()
                .createNativeQuery(NEXT)
                .setParameter("host", said.host().value())
                .setParameter(
                        "due",
                        closures.stream()
                                .map(TimeWindow::end)
                                .min(Comparator.naturalOrder())
                                .orElse(null));
        return tx.session()
                .createNativeQuery(CLOSE)
                .setParameter("host", said.host().value())
                .setParameter("closures", PoolRow.closures(closures))
                .executeUpdate()
                .chain(next::executeUpdate)
                .chain(() -> displace(tx, said.host()));
    }

    /** A maintenance of a host is over: it is in nobody's way any more, not even of what has begun before it. */
    public void open(Tx tx, HostId host) {
        tx.atEnd(
                HostStore.POOLS,
                () -> PartStore.lockCalendar(tx)
                        .chain(() -> of(tx, host))
                        .chain(known -> close(tx, known.orElseThrow())));
    }

    /** When a host takes no bookings. */
    Uni<List<TimeWindow>> closures(Tx tx, HostId host) {
        return of(tx, host)
                .map(known -> known.map(said -> closures(said, tx.now())).orElse(List.of()));
    }

    private static List<TimeWindow> closures(HostMaintenance said, Instant now) {
        return said.closures().stream()
                .filter(closure -> closure.end().isAfter(now))
                .toList();
    }

    /** Has another place found for what can not stay on a host; to be asked when its pools have become less. */
    Uni<Void> displace(Tx tx, HostId host) {
        return displaced(tx, host).chain(displaced -> {
            if (displaced.isEmpty()) {
                return Uni.createFrom().voidItem();
            }
            LOG.warnf("host %s: %d bookings can not stay, see GET /api/v1/bookings/displaced", host, displaced.size());
            var rows = Json.mapper().createArrayNode();
            displaced.forEach(one -> rows.addObject()
                    .put("allocation", one.booking().allocation().toString())
                    .put("due_at", due(tx, one).toString()));
            return tx.session()
                    .createNativeQuery(DISPLACE)
                    .setParameter("rows", rows.toString())
                    .executeUpdate()
                    .chain(() -> count(tx));
        });
    }

    /** A host that is lost may be back before it is needed. */
    private Instant due(Tx tx, Displaced displaced) {
        Instant near = displaced.booking().during().start().minus(config.moveBefore());
        return displaced.lost() && near.isAfter(tx.now()) ? near : tx.now();
    }

    /**
     * Another place is looked for again.
     *
     * @param soon whether it is decided in a moment what it is to have
     */
    public Uni<Void> again(Tx tx, AllocationId allocation, boolean soon) {
        return tx.session()
                .createNativeQuery("update displaced set due_at = :due where allocation = :allocation")
                .setParameter("due", tx.now().plus(soon ? config.lookAgain() : config.moveAgain()))
                .setParameter("allocation", allocation.toString())
                .executeUpdate()
                .replaceWithVoid();
    }

    /** What it has can stay. */
    public Uni<Void> settled(Tx tx, AllocationId allocation) {
        return tx.session()
                .createNativeQuery("delete from displaced where allocation = :allocation")
                .setParameter("allocation", allocation.toString())
                .executeUpdate()
                .chain(() -> count(tx));
    }

    /** Counts for how many another place is looked for. */
    public Uni<Void> count(Tx tx) {
        return tx.session()
                .<Long>createNativeQuery("select count(*) from displaced")
                .getSingleResult()
                .invoke(metrics::displaced)
                .replaceWithVoid();
    }

    /**
     * A booking that can not stay in its pool. It does until another place is found for it: nothing is stopped for it.
     *
     * @param booking which
     * @param lost whether it is for its host being lost
     * @param because why, a sentence
     */
    public record Displaced(Booking booking, boolean lost, String because) {}

    /** Everything that can not stay where it is. */
    public Uni<List<Displaced>> displaced(Tx tx) {
        return parts.calendar(tx).map(calendar -> displaced(calendar, calendar.displaced()));
    }

    /** What of a host can not stay there. Its pools are read by columns: as entities they would be what this transaction has read of them before. */
    public Uni<List<Displaced>> displaced(Tx tx, HostId host) {
        return tx.session()
                .<Object[]>createNativeQuery(POOLS)
                .setParameter("host", host.value())
                .getResultList()
                .map(rows -> rows.stream().map(PoolRow::pool).toList())
                .chain(pools -> BookingStore.ofPools(
                                tx, pools.stream().map(Pool::id).toList())
                        .map(bookings -> new Calendar(pools, bookings.values(), tx.now())))
                .map(calendar -> displaced(calendar, calendar.displaced()));
    }

    private static List<Displaced> displaced(Calendar calendar, List<Booking> bookings) {
        Map<String, Pool> pools = calendar.pools().stream().collect(Collectors.toMap(Pool::id, pool -> pool));
        return bookings.stream()
                .map(booking -> displaced(booking, Objects.requireNonNull(pools.get(booking.pool()))))
                .toList();
    }

    private static Displaced displaced(Booking booking, Pool pool) {
        return pool.closures().stream()
                .filter(booking.during()::overlaps)
                .findFirst()
                .map(closure -> new Displaced(
                        booking, false, "its host is maintained from " + closure.start() + " to " + closure.end()))
                .orElseGet(() -> pool.open()
                        ? new Displaced(booking, false, "its host has less than it had when this was booked")
                        : new Displaced(booking, true, "its host is lost, or has nothing of the kind any more"));
    }
}
