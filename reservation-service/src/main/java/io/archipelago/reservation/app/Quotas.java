package io.archipelago.reservation.app;

import io.archipelago.bus.Tx;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.reservation.ReservationConfig;
import io.archipelago.reservation.domain.Details;
import io.archipelago.reservation.domain.Quota;
import io.archipelago.reservation.domain.Quota.Excess;
import io.archipelago.reservation.domain.Quota.Use;
import io.archipelago.reservation.domain.Reservation;
import io.archipelago.reservation.domain.Reservation.Closed;
import io.archipelago.reservation.domain.Reservation.Releasing;
import io.archipelago.reservation.domain.Reservation.State;
import io.archipelago.reservation.persistence.QuotaStore;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Counts reservations against their tenants' quotas, in the transactions that make and end them. */
@ApplicationScoped
public class Quotas {

    private static final long GIB = 1L << 30;

    private final ReservationConfig.Quotas config;
    private final Duration farthest;
    private final QuotaStore store;

    Quotas(ReservationConfig config, QuotaStore store) {
        this.config = config.quotas();
        this.farthest = config.limits().ahead();
        this.store = store;
    }

    /** Has whoever asks for the same tenant, or is to be offered something for it, wait for this transaction. */
    Uni<Void> lock(Tx tx, TenantId tenant) {
        return store.lock(tx, tenant);
    }

    /** Whether a reservation would be too much for its tenant; whoever asks for the same tenant waits until this transaction ends. */
    public Uni<Optional<Excess>> excess(Tx tx, Details details) {
        return store.lock(tx, details.tenant()).chain(() -> excess(tx, details.tenant(), Use.of(details)));
    }

    /** Whether what a reservation may become would be too much for its tenant, whose quota is locked; it may always have less. */
    Uni<Optional<Excess>> excess(Tx tx, Reservation before, Reservation next) {
        Use wanted = Use.of(next);
        return wanted.isWithin(Use.of(before))
                ? Uni.createFrom().item(Optional.empty())
                : excess(tx, next.details().tenant(), wanted);
    }

    private Uni<Optional<Excess>> excess(Tx tx, TenantId tenant, Use wanted) {
        return store.of(tx, tenant, Quota.beginOfMonth(wanted.during().start()))
                .map(uses -> of(tenant).excess(uses, wanted, tx.now()));
    }

    /** What a tenant may have, and what it has. */
    public Uni<Standing> standing(Tx tx, TenantId tenant) {
        return store.of(tx, tenant, Quota.beginOfMonth(tx.now()))
                .map(uses -> new Standing(of(tenant), Quota.used(uses, tx.now())));
    }

    /**
     * What a tenant may have, and what it has.
     *
     * @param limits what it may have
     * @param used what it has
     */
    public record Standing(Quota limits, Quota.Used used) {}

    /** Keeps count of a reservation that has become another. */
    Uni<Void> keep(Tx tx, @Nullable Reservation before, Reservation next) {
        boolean accepted = before != null
                && before.details().offerTo() != null
                && next.details().offerTo() == null;
        if (next instanceof Closed closed) {
            return before instanceof Closed
                    ? Uni.createFrom().voidItem()
                    : closed.state() == State.ENDED
                            ? store.end(tx, closed.id(), Quota.beginOfMonth(tx.now()))
                            : store.forget(tx, closed.id());
        }
        // What is given up before its time has nothing, though its sites may still have to be told.
        if (next instanceof Releasing leaving && leaving.outcome() == State.CANCELLED) {
            return before instanceof Releasing ? Uni.createFrom().voidItem() : store.forget(tx, next.id());
        }
        Use use = Use.of(next);
        return before == null || accepted || !use.equals(Use.of(before))
                ? store.count(tx, next.details().tenant(), use)
                : Uni.createFrom().voidItem();
    }

    private Quota of(TenantId tenant) {
        Optional<ReservationConfig.Quotas.OfTenant> own =
                Optional.ofNullable(config.tenants().get(tenant.value()));
        return new Quota(
                own.flatMap(ReservationConfig.Quotas.OfTenant::machines).orElse(config.machines()),
                own.flatMap(ReservationConfig.Quotas.OfTenant::machineHours).orElse(config.machineHours()),
                own.flatMap(ReservationConfig.Quotas.OfTenant::volumeGib).orElse(config.volumeGib()) * GIB,
                own.flatMap(ReservationConfig.Quotas.OfTenant::reservations).orElse(config.reservations()),
                own.flatMap(ReservationConfig.Quotas.OfTenant::ahead)
                        .filter(ahead -> ahead.compareTo(farthest) < 0)
                        .orElse(farthest));
    }
}
