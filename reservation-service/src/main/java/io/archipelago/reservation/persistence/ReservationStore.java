package io.archipelago.reservation.persistence;

import io.archipelago.bus.Tx;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.federation.ShareDigest.Range;
import io.archipelago.reservation.domain.Offer;
import io.archipelago.reservation.domain.Reservation;
import io.archipelago.wire.Json;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reservations as rows. */
@ApplicationScoped
public class ReservationStore {

    private static final String OPEN_OFFER =
            "offerTo is not null and not preview and dueAt is not null and state in ('REQUESTED', 'HELD')";

    private static final String FORGET_PREVIEWS =
            "delete from reservation where preview and due_at is null and changed_at < :old";

    /**
     * A reservation as it was read.
     *
     * @param reservation its state
     * @param version rises with every change of it and of what is offered instead of it
     * @param offers what is offered instead of it, as far as there is anything known of that
     */
    public record Versioned(Reservation reservation, long version, Map<ReservationId, Reservation> offers) {
        public Versioned {
            offers = Map.copyOf(offers);
        }
    }

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
    public Uni<Map<ReservationId, Reservation>> lockAll(Tx tx, Collection<ReservationId> ids) {
        return ids.isEmpty()
                ? Uni.createFrom().item(Map.of())
                : tx.session()
                        .createQuery("from ReservationRow where id in ?1 order by id", ReservationRow.class)
                        .setParameter(1, ids.stream().map(ReservationId::value).toList())
                        .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                        .getResultList()
                        .map(rows -> rows.stream()
                                .map(ReservationRow::reservation)
                                .collect(Collectors.toMap(Reservation::id, Function.identity())));
    }

    /** The ids of the counter-offers that tenants of some reservations have open; nothing is locked. */
    public Uni<List<ReservationId>> openOffers(Tx tx, Collection<ReservationId> ids) {
        return ids.isEmpty()
                ? Uni.createFrom().item(List.of())
                : tx.session()
                        .createQuery(
                                "select id from ReservationRow where " + OPEN_OFFER
                                        + " and tenant in (select r.tenant from ReservationRow r where r.id in ?1 and not r.preview)",
                                UUID.class)
                        .setParameter(1, ids.stream().map(ReservationId::value).toList())
                        .getResultList()
                        .map(found -> found.stream().map(ReservationId::new).toList());
    }

    /** The counter-offers of a tenant that are still open; they are locked. */
    public Uni<List<Reservation>> lockOffers(Tx tx, TenantId tenant) {
        return tx.session()
                .createQuery(
                        "from ReservationRow where tenant = ?1 and " + OPEN_OFFER + " order by id",
                        ReservationRow.class)
                .setParameter(1, tenant.value())
                .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                .getResultList()
                .map(rows -> rows.stream().map(ReservationRow::reservation).toList());
    }

    /** A reservation that is no preview, without a lock, to be looked at only: who locks it later in the same transaction sees what it is then. */
    public Uni<Optional<Reservation>> lookAt(Tx tx, ReservationId id) {
        return tx.session()
                .<String>createNativeQuery("select cast(body as text) from reservation where id = :id and not preview")
                .setParameter("id", id.value())
                .getSingleResultOrNull()
                .map(body -> Optional.ofNullable(body).map(text -> Json.read(text, Reservation.class)));
    }

    /** A reservation; nothing if it is a preview. */
    public Uni<Optional<Versioned>> find(Tx tx, ReservationId id) {
        return find(tx, id, false);
    }

    /** What is known so far of what was only asked about. */
    public Uni<Optional<Versioned>> preview(Tx tx, ReservationId id) {
        return find(tx, id, true);
    }

    private static Uni<Optional<Versioned>> find(Tx tx, ReservationId id, boolean preview) {
        return tx.session()
                .find(ReservationRow.class, id.value())
                .chain(row -> versioned(tx, row == null || row.preview != preview ? List.of() : List.of(row)))
                .map(found -> found.stream().findFirst());
    }

    /** How many of a tenant's questions are not answered yet. */
    public Uni<Long> openPreviews(Tx tx, TenantId tenant) {
        return tx.session()
                .createQuery(
                        "select count(*) from ReservationRow where preview and offerTo is null and dueAt is not null"
                                + " and tenant = ?1",
                        Long.class)
                .setParameter(1, tenant.value())
                .getSingleResult();
    }

    /** Forgets the previews that have not changed for so long and of which nothing more will be heard. */
    public Uni<Void> forgetPreviews(Tx tx, Duration unchanged) {
        return tx.session()
                .createNativeQuery(FORGET_PREVIEWS)
                .setParameter("old", tx.now().minus(unchanged))
                .executeUpdate()
                .replaceWithVoid();
    }

    /**
     * Newest first, without counter-offers that nobody has accepted: what is refused shows them.
     *
     * @param tenant whose; null: everybody's
     * @param before only those made before this one; null: from the newest on
     */
    public Uni<List<Versioned>> page(Tx tx, @Nullable TenantId tenant, @Nullable ReservationId before, int limit) {
        String query = "from ReservationRow where offerTo is null and not preview"
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
        return selection.getResultList().chain(rows -> versioned(tx, rows));
    }

    /** The occurrences of a series, without counter-offers to them. */
    public Uni<List<Versioned>> series(Tx tx, ReservationId series) {
        return tx.session()
                .createQuery(
                        "from ReservationRow where series = ?1 and offerTo is null order by id", ReservationRow.class)
                .setParameter(1, series.value())
                .getResultList()
                .chain(rows -> versioned(tx, rows));
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

    private static Uni<List<Versioned>> versioned(Tx tx, List<ReservationRow> rows) {
        List<UUID> offers = rows.stream()
                .flatMap(row -> offers(row.reservation()))
                .map(ReservationId::value)
                .toList();
        return (offers.isEmpty()
                        ? Uni.createFrom().<List<ReservationRow>>item(List.of())
                        : tx.session()
                                .createQuery("from ReservationRow where id in ?1", ReservationRow.class)
                                .setParameter(1, offers)
                                .getResultList())
                .map(found -> rows.stream().map(row -> versioned(row, found)).toList());
    }

    private static Versioned versioned(ReservationRow row, List<ReservationRow> offers) {
        Reservation reservation = row.reservation();
        List<ReservationRow> its = offers(reservation)
                .flatMap(id -> offers.stream().filter(offer -> offer.id.equals(id.value())))
                .toList();
        long versions = its.stream().mapToLong(offer -> offer.version).sum();
        return new Versioned(
                reservation,
                row.version + versions,
                its.stream()
                        .map(ReservationRow::reservation)
                        .collect(Collectors.toMap(Reservation::id, Function.identity())));
    }

    private static Stream<ReservationId> offers(Reservation reservation) {
        return reservation instanceof Reservation.Closed closed
                ? closed.offers().stream().map(Offer::reservation)
                : Stream.empty();
    }
}
