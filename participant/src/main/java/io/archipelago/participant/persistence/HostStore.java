package io.archipelago.participant.persistence;

import io.archipelago.bus.Tx;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.HostRecord;
import io.archipelago.bus.protocol.HostsDown;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec;
import io.archipelago.participant.persistence.HostsAtHand.Machine;
import io.archipelago.wire.Json;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The hosts of the site, what can be booked of them, and what is wanted on each. */
@ApplicationScoped
public class HostStore {

    private static final String CONCERN = """
            insert into host_change (host, allocation, news, due_at)
            select distinct cast(:host as text), allocation, cast(:news as boolean), cast(:now as timestamptz) from resource
            where host = :host and not (absent and phase = 'ABSENT')
            on conflict (host, allocation, news) %s
            """;

    private static final String WITNESSES = """
            select o.host, o.key, r.key is not null, h.machine_id, coalesce(h.dead, false)
            from jsonb_to_recordset(cast(cast(:observed as text) as jsonb)) as o (host text, key text)
            left join resource r on r.host = o.host and r.key = o.key
            left join host h on h.id = o.host
            """;

    /** Pools are written when all else is done, for the calendar that is locked for it is what others lock last. */
    static final String POOLS = "pools";

    private final PartStore parts;
    private final MaintenanceStore maintenance;

    HostStore(PartStore parts, MaintenanceStore maintenance) {
        this.parts = parts;
        this.maintenance = maintenance;
    }

    /** Locks the rows of some hosts, in the order of their names; to lock one of them again costs nothing. */
    public Uni<Void> lock(Tx tx, Collection<HostId> hosts) {
        HostsAtHand atHand = atHand(tx);
        List<HostId> unread = hosts.stream()
                .filter(host -> atHand.row(host).isEmpty())
                .distinct()
                .toList();
        return unread.isEmpty()
                ? Uni.createFrom().voidItem()
                : tx.session()
                        .createQuery("from HostRow where id in ?1 order by id", HostRow.class)
                        .setParameter(1, unread.stream().map(HostId::value).toList())
                        .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                        .getResultList()
                        .invoke(rows -> atHand.rows(unread, rows))
                        .replaceWithVoid();
    }

    /** What is known of a host, its row locked; empty if it was never heard of. */
    public Uni<Optional<HostRecord>> locked(Tx tx, HostId host) {
        return lock(tx, List.of(host))
                .map(none -> atHand(tx).row(host).orElseThrow().map(HostRow::record));
    }

    /** Writes a host whose row is locked, or that had none: if it has come meanwhile, this breaks the key, and the work is done again. */
    public Uni<Void> write(Tx tx, HostRecord host) {
        parts.hostChanged(tx);
        HostsAtHand atHand = atHand(tx);
        atHand.machine(host.host(), new Machine(host.inventory().machineId(), host.dead()));
        Optional<HostRow> known = atHand.row(host.host()).orElse(Optional.empty());
        HostRow row = known.orElseGet(HostRow::new);
        row.take(host);
        if (known.isPresent()) {
            return Uni.createFrom().voidItem();
        }
        atHand.rows(List.of(host.host()), List.of(row));
        return tx.session().persist(row);
    }

    /** Every host that was ever heard of. */
    public Uni<List<HostRecord>> all(Tx tx) {
        return tx.session()
                .createQuery("from HostRow order by id", HostRow.class)
                .getResultList()
                .map(rows -> rows.stream().map(HostRow::record).toList());
    }

    /**
     * The key that a host announced for secrets.
     *
     * @param epoch of the heartbeat that told it last
     * @param counter of that heartbeat
     * @param key the public key
     */
    public record Announced(long epoch, long counter, String key) {

        /** That of the two that was told later. */
        public Announced later(Announced other) {
            return other.epoch > epoch || other.epoch == epoch && other.counter > counter ? other : this;
        }
    }

    /** What every host has announced. */
    public Uni<Map<HostId, Announced>> announced(Tx tx) {
        return tx.session()
                .<Object[]>createNativeQuery("select id, epoch, counter, inventory ->> 'sealingKey' from host")
                .getResultList()
                .map(rows -> rows.stream()
                        .collect(Collectors.toMap(
                                row -> new HostId((String) row[0]),
                                row -> new Announced((Long) row[1], (Long) row[2], (String) row[3]))));
    }

    /** The names of every host that was ever heard of: a row that was read as an entity is not read again when it is locked. */
    public Uni<List<HostId>> names(Tx tx) {
        return tx.session()
                .createQuery("select h.id from HostRow h order by h.id", String.class)
                .getResultList()
                .map(ids -> ids.stream().map(HostId::new).toList());
    }

    /**
     * Has every part looked at that has something on a host.
     *
     * @param news whether something has happened to the host; a part is then looked at even if it is being looked at now
     */
    public Uni<Void> concern(Tx tx, HostId host, boolean news) {
        return tx.session()
                .createNativeQuery(CONCERN.formatted(news ? "do update set due_at = excluded.due_at" : "do nothing"))
                .setParameter("host", host.value())
                .setParameter("news", news)
                .setParameter("now", tx.now())
                .executeUpdate()
                .replaceWithVoid();
    }

    /** A part has been looked at. */
    public Uni<Void> looked(Tx tx, HostId host, AllocationId allocation, boolean news) {
        return tx.session()
                .createNativeQuery(
                        "delete from host_change where host = :host and allocation = :allocation and news = :news")
                .setParameter("host", host.value())
                .setParameter("allocation", allocation.toString())
                .setParameter("news", news)
                .executeUpdate()
                .replaceWithVoid();
    }

    /** The resources of every allocation that has something on a host. */
    public Uni<List<Resource>> around(Tx tx, HostId host) {
        return tx.session()
                .createQuery(
                        "from ResourceRow r where r.allocation in (select o.allocation from ResourceRow o where o.host = ?1"
                                + " and not (o.absent = true and o.phase = 'ABSENT'))",
                        ResourceRow.class)
                .setParameter(1, host.value())
                .getResultList()
                .map(rows -> rows.stream().map(ResourceRow::resource).toList());
    }

    /** The hosts that are not as they should be. */
    static Uni<HostsDown> down(Tx tx) {
        return tx.session()
                .createQuery(
                        "select h.id, h.state, h.dead from HostRow h where h.dead = true or h.state <> 'ALIVE'",
                        Object[].class)
                .getResultList()
                .map(rows -> {
                    Set<HostId> silent = new HashSet<>();
                    Set<HostId> lost = new HashSet<>();
                    Set<HostId> dead = new HashSet<>();
                    for (Object[] row : rows) {
                        HostId host = new HostId((String) row[0]);
                        boolean isDead = (Boolean) row[2];
                        silent.add(host);
                        if (isDead || HostRecord.State.LOST.name().equals(row[1])) {
                            lost.add(host);
                        }
                        if (isDead) {
                            dead.add(host);
                        }
                    }
                    return new HostsDown(silent, lost, dead);
                });
    }

    /** See {@link #down(Tx)}. */
    public Uni<Set<HostId>> dead(Tx tx) {
        return down(tx).map(HostsDown::dead);
    }

    /** Writes the site's own pools, those that stand already with what they are now. */
    public Uni<Void> pools(Tx tx, List<Pool> pools) {
        if (!pools.isEmpty()) {
            tx.atEnd(
                    POOLS,
                    () -> PartStore.lockCalendar(tx)
                            .chain(() -> write(tx, pools, null))
                            .replaceWithVoid());
        }
        return Uni.createFrom().voidItem();
    }

    /** The same of a host's pools, closed when it is maintained. */
    public Uni<Void> pools(Tx tx, HostId host, List<Pool> pools) {
        if (!pools.isEmpty()) {
            tx.atEnd(
                    POOLS,
                    () -> PartStore.lockCalendar(tx)
                            .chain(() -> maintenance.closures(tx, host))
                            .chain(closures -> write(
                                    tx,
                                    pools.stream()
                                            .map(p -> p.closedAt(closures))
                                            .toList(),
                                    host))
                            .chain(less -> less
                                    ? maintenance.displace(tx, host)
                                    : Uni.createFrom().voidItem()));
        }
        return Uni.createFrom().voidItem();
    }

    /** Whether one of them has less than it had. */
    private static Uni<Boolean> write(Tx tx, List<Pool> pools, @Nullable HostId host) {
        Uni<Boolean> all = Uni.createFrom().item(false);
        for (Pool pool : pools) {
            all = all.chain(less -> tx.session()
                    .find(PoolRow.class, pool.id(), LockModeType.PESSIMISTIC_WRITE)
                    .chain(found -> {
                        PoolRow row = found == null ? new PoolRow() : found;
                        boolean lessNow = found != null && isLess(pool, found.pool());
                        row.take(pool, host);
                        return (found == null
                                        ? tx.session().persist(row)
                                        : Uni.createFrom().voidItem())
                                .replaceWith(less || lessNow);
                    }));
        }
        return all;
    }

    private static boolean isLess(Pool pool, Pool before) {
        return before.open() && !pool.open()
                || !before.capacity().fitsIn(pool.capacity())
                || !Objects.equals(before.units(), pool.units());
    }

    // Resources are read here column by column: as entities they would be remembered by the session, and a decision
    // that is taken under the
    // lock of their part later in the same transaction would see them as they were before it.

    /** The generations that an agent should know of a host. */
    public Uni<Map<ResourceKey, Long>> generations(Tx tx, HostId host) {
        HostsAtHand atHand = atHand(tx);
        return (atHand.generations(host).isPresent() ? Uni.createFrom().voidItem() : readGenerations(tx, List.of(host)))
                .map(none -> atHand.generations(host).orElseThrow());
    }

    /** Reads the generations of some hosts at once. */
    public Uni<Void> readGenerations(Tx tx, Collection<HostId> hosts) {
        return tx.session()
                .createQuery(
                        "select r.host, r.key, r.generation from ResourceRow r"
                                + " where r.host in ?1 and r.forgotten = false",
                        Object[].class)
                .setParameter(1, hosts.stream().map(HostId::value).toList())
                .getResultList()
                .invoke(rows -> {
                    Map<HostId, Map<ResourceKey, Long>> found = new HashMap<>();
                    rows.forEach(row -> found.computeIfAbsent(new HostId((String) row[0]), none -> new HashMap<>())
                            .put(ResourceKey.parse((String) row[1]), (Long) row[2]));
                    atHand(tx).generations(hosts, found);
                })
                .replaceWithVoid();
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

    /**
     * What is known of who says something, and of what it speaks.
     *
     * @param known whether there is a record of the resource
     * @param believed whether it is said by the host's own machine, as far as we know
     */
    public record Witness(boolean known, boolean believed) {}

    /** What is known before an observation is taken. */
    public Uni<Witness> witness(Tx tx, ResourceObserved observed) {
        return witnesses(tx, List.of(observed))
                .map(none -> atHand(tx).witness(observed).orElseThrow());
    }

    /** Reads what is known of some observations, unless this transaction knows it; gives those of which there is a record. */
    public Uni<List<ResourceObserved>> witnesses(Tx tx, Collection<ResourceObserved> observed) {
        HostsAtHand atHand = atHand(tx);
        var unread = Json.mapper().createArrayNode();
        observed.stream()
                .filter(seen -> atHand.witness(seen).isEmpty())
                .forEach(seen -> unread.addObject()
                        .put("host", seen.host().value())
                        .put("key", seen.key().toString()));
        Uni<Void> read = unread.isEmpty()
                ? Uni.createFrom().voidItem()
                : tx.session()
                        .<Object[]>createNativeQuery(WITNESSES)
                        .setParameter("observed", unread.toString())
                        .getResultList()
                        .invoke(rows -> rows.forEach(row -> take(atHand, row)))
                        .replaceWithVoid();
        return read.map(none -> observed.stream()
                .filter(seen -> atHand.witness(seen).orElseThrow().known())
                .toList());
    }

    private static void take(HostsAtHand atHand, Object[] row) {
        HostId host = new HostId((String) row[0]);
        atHand.known(host, ResourceKey.parse((String) row[1]), (Boolean) row[2]);
        atHand.machine(host, row[3] == null ? null : new Machine((String) row[3], (Boolean) row[4]));
    }

    private static HostsAtHand atHand(Tx tx) {
        return tx.atHand(HostsAtHand.class, HostsAtHand::new);
    }
}
