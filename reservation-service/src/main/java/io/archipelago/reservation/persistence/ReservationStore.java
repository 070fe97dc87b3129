package io.archipelago.reservation.persistence;

import io.archipelago.bus.Tx;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.federation.ShareDigest.Range;
import io.archipelago.reservation.domain.Reservation;
import io.archipelago.wire.Json;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reservations as rows. */
@ApplicationScoped
public class ReservationStore {

    /**
     * A reservation as it was read.
     *
     * @param reservation its state
     * @param version rises with every change
     */
    public record Versioned(Reservation reservation, long version) {}

    /**
     * An earlier request of the same key.
     *
     * @param bodyHash of its body
     * @param reservation what it became
     */
    public record Earlier(String bodyHash, ReservationId reservation) {}

    /** Locks a reservation's row and reads it. */
    public Uni<Optional<Reservation>> lock(Tx tx, ReservationId id) {
        return tx.session()
                .find(ReservationRow.class, id.value(), LockModeType.PESSIMISTIC_WRITE)
                .map(row -> Optional.ofNullable(row).map(ReservationRow::reservation));
    }

    /** Locks the rows of some reservations, as far as there are any, in the order of their ids; to lock one of them again costs nothing. */
    public Uni<Void> lockAll(Tx tx, Collection<ReservationId> ids) {
        return ids.isEmpty()
                ? Uni.createFrom().voidItem()
                : tx.session()
                        .createQuery("from ReservationRow where id in ?1 order by id", ReservationRow.class)
                        .setParameter(1, ids.stream().map(ReservationId::value).toList())
                        .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                        .getResultList()
                        .replaceWithVoid();
    }

    public Uni<Optional<Versioned>> find(Tx tx, ReservationId id) {
        return tx.session()
                .find(ReservationRow.class, id.value())
                .map(row -> Optional.ofNullable(row).map(ReservationStore::versioned));
    }

    /**
     * Newest first.
     *
     * @param tenant whose; null: everybody's
     * @param before only those made before this one; null: from the newest on
     */
    public Uni<List<Versioned>> page(Tx tx, @Nullable TenantId tenant, @Nullable ReservationId before, int limit) {
        String query = "from ReservationRow where 1 = 1"
                + (tenant == null ? "" : " and tenant = :tenant")
                + (before == null ? "" : " and id < :before")
                + " order by id desc";
        var selection = tx.session().createQuery(query, ReservationRow.class).setMaxResults(limit);
        if (tenant != null) {
            selection.setParameter("tenant", tenant.value());
        }
        if (before != null) {
            selection.setParameter("before", before.value());
        }
        return selection
                .getResultList()
                .map(rows -> rows.stream().map(ReservationStore::versioned).toList());
    }

    /** Those about which something is still to be done; read without a lock, to be looked at only. */
    public Uni<List<Reservation>> lookAtOpen(Tx tx, Range range) {
        return tx.session()
                .<String>createNativeQuery("select cast(body as text) from reservation where due_at is not null"
                        + " and id >= cast(:first as uuid) and id < cast(:end as uuid) order by id")
                .setParameter("first", Ranges.first(range))
                .setParameter("end", Ranges.end(range))
                .getResultList()
                .map(bodies -> bodies.stream()
                        .map(body -> Json.read(body, Reservation.class))
                        .toList());
    }

    /** Writes a reservation whose row is locked, or that is new: then nobody else can know its id before this transaction commits. */
    public Uni<Void> save(Tx tx, Reservation reservation) {
        return tx.session().find(ReservationRow.class, reservation.id().value()).chain(found -> {
            ReservationRow row = found == null ? new ReservationRow() : found;
            row.take(reservation, tx.now());
            return found == null ? tx.session().persist(row) : Uni.createFrom().voidItem();
        });
    }

    /** The request that a tenant made with a key not longer ago than keys are remembered; whoever makes another with it meanwhile waits. */
    public Uni<Optional<Earlier>> byKey(Tx tx, TenantId tenant, String key, Duration memory) {
        return tx.session()
                .<Boolean>createNativeQuery("select pg_advisory_xact_lock(hashtextextended(:lock, 0)) is null")
                .setParameter("lock", tenant + " " + key)
                .getSingleResult()
                .chain(() -> tx.session()
                        .<String>createNativeQuery("select body_hash || ' ' || reservation from idempotency_key"
                                + " where tenant = :tenant and key = :key and at >= :old")
                        .setParameter("tenant", tenant.value())
                        .setParameter("key", key)
                        .setParameter("old", tx.now().minus(memory))
                        .getSingleResultOrNull())
                .map(found -> Optional.ofNullable(found).map(text -> {
                    int blank = text.indexOf(' ');
                    return new Earlier(text.substring(0, blank), ReservationId.parse(text.substring(blank + 1)));
                }));
    }

    /** Remembers a key, and forgets those that are too old; the same key may be among them. */
    public Uni<Void> rememberKey(
            Tx tx, TenantId tenant, String key, String bodyHash, ReservationId reservation, Duration memory) {
        return tx.session()
                .createNativeQuery("delete from idempotency_key where at < :old")
                .setParameter("old", tx.now().minus(memory))
                .executeUpdate()
                .chain(() -> tx.session()
                        .flush()
                        .chain(() -> tx.session()
                                .createNativeQuery(
                                        "insert into idempotency_key (tenant, key, body_hash, reservation, at)"
                                                + " values (:tenant, :key, :hash, :reservation, :now)")
                                .setParameter("tenant", tenant.value())
                                .setParameter("key", key)
                                .setParameter("hash", bodyHash)
                                .setParameter("reservation", reservation.value())
                                .setParameter("now", tx.now())
                                .executeUpdate()))
                .replaceWithVoid();
    }

    private static Versioned versioned(ReservationRow row) {
        return new Versioned(row.reservation(), row.version);
    }
}
