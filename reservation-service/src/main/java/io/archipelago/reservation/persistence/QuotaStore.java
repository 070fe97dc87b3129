package io.archipelago.reservation.persistence;

import io.archipelago.bus.Tx;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.reservation.domain.Quota.Use;
import io.archipelago.reservation.domain.UseOverTime;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

/** What the reservations of tenants count for, as rows. */
@ApplicationScoped
public class QuotaStore {

    private static final String COLUMNS =
            "reservation, offer_to, starts_at, ends_at, machines, volume_bytes, open, asked";

    /** Has whoever counts for the same tenant wait for this transaction. */
    public Uni<Void> lock(Tx tx, TenantId tenant) {
        return tx.session()
                .<Boolean>createNativeQuery("select pg_advisory_xact_lock(hashtextextended(:lock, 1)) is null")
                .setParameter("lock", tenant.value())
                .getSingleResult()
                .replaceWithVoid();
    }

    /**
     * What counts for a tenant.
     *
     * @param since what was over before is of no interest any more
     */
    public Uni<List<Use>> of(Tx tx, TenantId tenant, Instant since) {
        return tx.session()
                .<Object[]>createNativeQuery(
                        "select " + COLUMNS
                                + " from quota_use where tenant = :tenant and (open or ends_at > :since) order by reservation, starts_at")
                .setParameter("tenant", tenant.value())
                .setParameter("since", since)
                .getResultList()
                .map(rows -> rows.stream().map(QuotaStore::use).toList());
    }

    private static Use use(Object[] row) {
        return new Use(
                new ReservationId((UUID) row[0]),
                row[1] == null ? null : new ReservationId((UUID) row[1]),
                new TimeWindow(((OffsetDateTime) row[2]).toInstant(), ((OffsetDateTime) row[3]).toInstant()),
                (Integer) row[4],
                (Long) row[5],
                (Boolean) row[6],
                (Boolean) row[7]);
    }

    /** Counts a reservation from now on. One that counts already and has begun counts until now for what it was. */
    public Uni<Void> count(Tx tx, TenantId tenant, Use use) {
        return tx.session()
                .<Object[]>createNativeQuery(
                        "select " + COLUMNS + " from quota_use where reservation = :reservation order by starts_at")
                .setParameter("reservation", use.reservation().value())
                .getResultList()
                .map(rows -> rows.stream().map(QuotaStore::use).toList())
                .chain(known -> replace(tx, tenant, known, UseOverTime.becoming(known, use, tx.now())));
    }

    private static Uni<Void> replace(Tx tx, TenantId tenant, List<Use> known, List<Use> next) {
        Uni<Void> all = Uni.createFrom().voidItem();
        for (Use gone : known) {
            all = next.contains(gone) ? all : all.chain(() -> delete(tx, gone));
        }
        for (Use more : next) {
            all = known.contains(more) ? all : all.chain(() -> insert(tx, tenant, more));
        }
        return all;
    }

    private static Uni<Void> delete(Tx tx, Use use) {
        return tx.session()
                .createNativeQuery("delete from quota_use where reservation = :reservation and starts_at = :starts")
                .setParameter("reservation", use.reservation().value())
                .setParameter("starts", use.during().start())
                .executeUpdate()
                .replaceWithVoid();
    }

    private static Uni<Void> insert(Tx tx, TenantId tenant, Use use) {
        ReservationId refused = use.offerTo();
        return tx.session()
                .createNativeQuery("insert into quota_use (tenant, " + COLUMNS + ") values (:tenant, :reservation,"
                        + " cast(:refused as uuid), :starts, :ends, :machines, :bytes, :open, :asked)")
                .setParameter("reservation", use.reservation().value())
                .setParameter("tenant", tenant.value())
                .setParameter("refused", refused == null ? null : refused.toString())
                .setParameter("starts", use.during().start())
                .setParameter("ends", use.during().end())
                .setParameter("machines", use.machines())
                .setParameter("bytes", use.volumeBytes())
                .setParameter("open", use.open())
                .setParameter("asked", use.asked())
                .executeUpdate()
                .replaceWithVoid();
    }

    /** A reservation came to nothing, and counts no more. */
    public Uni<Void> forget(Tx tx, ReservationId reservation) {
        return tx.session()
                .createNativeQuery("delete from quota_use where reservation = :reservation")
                .setParameter("reservation", reservation.value())
                .executeUpdate()
                .replaceWithVoid();
    }

    /**
     * A reservation is over: it counts for the time that it had. What was over before its month began is deleted with it, for all tenants.
     *
     * @param month when that began in which it is now
     */
    public Uni<Void> end(Tx tx, ReservationId reservation, Instant month) {
        return tx.session()
                .createNativeQuery(
                        "update quota_use set open = false, asked = false, ends_at = greatest(starts_at + interval '1 microsecond',"
                                + " least(ends_at, :now)) where reservation = :reservation and open")
                .setParameter("now", tx.now())
                .setParameter("reservation", reservation.value())
                .executeUpdate()
                .chain(() -> tx.session()
                        .createNativeQuery("delete from quota_use where not open and ends_at < :month")
                        .setParameter("month", month)
                        .executeUpdate())
                .replaceWithVoid();
    }
}
