package io.archipelago.reservation.app;

import io.archipelago.bus.Tx;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.federation.ShareDigest;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.placement.PlacementMessage;
import io.archipelago.contracts.placement.PlacementMessage.AlternativesFound;
import io.archipelago.contracts.placement.PlacementMessage.CapacityAdvertised;
import io.archipelago.contracts.placement.PlacementMessage.PathMeasured;
import io.archipelago.contracts.placement.PlacementMessage.PlanRefused;
import io.archipelago.contracts.placement.PlacementMessage.Question;
import io.archipelago.contracts.placement.PlacementMessage.SitesPlanned;
import io.archipelago.reservation.ReservationMetrics;
import io.archipelago.reservation.domain.Acceptance;
import io.archipelago.reservation.domain.Acceptance.Accepted;
import io.archipelago.reservation.domain.Decision;
import io.archipelago.reservation.domain.Details;
import io.archipelago.reservation.domain.Offer;
import io.archipelago.reservation.domain.Proposal;
import io.archipelago.reservation.domain.Quota;
import io.archipelago.reservation.domain.Reservation;
import io.archipelago.reservation.domain.Reservation.Closed;
import io.archipelago.reservation.domain.ReservationMoves;
import io.archipelago.reservation.persistence.ReservationStore;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What the master does about its reservations. */
@ApplicationScoped
public class ReservationService {

    private static final Logger LOG = Logger.getLogger(ReservationService.class);

    private final ReservationMoves moves;
    private final ReservationStore store;
    private final Dispatch dispatch;
    private final Quotas quotas;
    private final ReservationMetrics metrics;

    ReservationService(
            ReservationMoves moves,
            ReservationStore store,
            Dispatch dispatch,
            Quotas quotas,
            ReservationMetrics metrics) {
        this.moves = moves;
        this.store = store;
        this.dispatch = dispatch;
        this.quotas = quotas;
        this.metrics = metrics;
    }

    /** Locks reservations of which a batch of messages speaks. */
    public Uni<Void> prepare(Tx tx, Collection<ReservationId> ids) {
        return store.lockAll(tx, ids).replaceWithVoid();
    }

    /**
     * The same, with some that are refused.
     *
     * @param refused those for which counter-offers were found
     */
    public Uni<Void> prepare(Tx tx, Collection<ReservationId> ids, Collection<ReservationId> refused) {
        return store.openOffers(tx, refused)
                .chain(offers -> store.lockAll(
                        tx,
                        Stream.of(ids, refused, offers)
                                .flatMap(Collection::stream)
                                .distinct()
                                .toList()))
                .replaceWithVoid();
    }

    /** Accepts a request that has passed all checks. */
    public Uni<Reservation> request(Tx tx, Details details) {
        return carryOut(tx, null, moves.request(details, tx.now()));
    }

    /**
     * Takes the tenant's word that a reservation is no longer wanted, nor what is offered instead of it; the reservation as it is then.
     *
     * @param seen as it was, not locked: what is offered instead of it never changes
     */
    public Uni<Reservation> cancel(Tx tx, Reservation seen) {
        List<ReservationId> all = new ArrayList<>(offers(seen));
        all.add(seen.id());
        return store.lockAll(tx, all).chain(found -> {
            Reservation now = found.getOrDefault(seen.id(), seen);
            List<Reservation> open = Offer.open(
                    found.values().stream().filter(each -> each != now).toList());
            return cancelAll(tx, open).chain(() -> giveUp(tx, now));
        });
    }

    /**
     * Takes a tenant's word that a cluster is to be otherwise.
     *
     * @param wish what is wanted of it, as it is once it is locked
     * @return what became of it, the quota of its tenant looked at
     */
    public Uni<Proposal> change(Tx tx, Reservation seen, Function<Reservation, Proposal.Wish> wish) {
        return quotas.lock(tx, seen.details().tenant())
                .chain(() -> store.lock(tx, seen.id()))
                .map(found -> found.orElse(seen))
                .chain(now -> switch (moves.change(now, wish.apply(now), tx.now())) {
                    case Proposal.Declined declined -> Uni.createFrom().item(declined);
                    case Proposal.Made made -> carryOut(tx, now, made);
                });
    }

    private Uni<Proposal> carryOut(Tx tx, Reservation before, Proposal.Made made) {
        return quotas.excess(tx, before, made.decision().next())
                .chain(excess -> excess.isPresent()
                        ? Uni.createFrom().<Proposal>item(declined(excess.get()))
                        : carryOut(tx, before, made.decision()).replaceWith(made));
    }

    /** The size of disks can not be changed, only how many there are. */
    private static Proposal.Declined declined(Quota.Excess excess) {
        boolean disks = excess.field().equals("machines.compute.disk");
        return new Proposal.Declined(
                ErrorCode.LIMIT_EXCEEDED, disks ? "machines.compute.count" : excess.field(), excess.detail());
    }

    private Uni<Reservation> giveUp(Tx tx, Reservation reservation) {
        return moves.cancel(reservation, tx.now())
                .map(decision -> carryOut(tx, reservation, decision))
                .orElseGet(() -> Uni.createFrom().item(reservation));
    }

    /** Takes what placement says. */
    public Uni<Void> onPlacement(Tx tx, PlacementMessage message) {
        return switch (message) {
            case SitesPlanned plan -> move(tx, plan.reservation(), r -> moves.onPlanned(r, plan, tx.now()));
            case PlanRefused no -> move(tx, no.reservation(), r -> moves.onPlanRefused(r, no, tx.now()));
            case AlternativesFound found -> offer(tx, found);
            case CapacityAdvertised capacity -> Uni.createFrom().voidItem();
            case PathMeasured path -> Uni.createFrom().voidItem();
            case Question own -> Uni.createFrom().voidItem();
        };
    }

    /** Takes what a site says of its share. */
    public Uni<Void> onAnswer(Tx tx, ShareMessage.Answer answer) {
        return move(tx, answer.allocation().reservation(), r -> moves.onAnswer(r, answer, tx.now()));
    }

    /** Takes what a site believes of its share. */
    Uni<Void> onDigest(Tx tx, ShareDigest.Entry entry) {
        return move(tx, entry.allocation().reservation(), r -> moves.onDigest(r, entry, tx.now()));
    }

    /** Does what is due for a reservation. */
    public Uni<Void> onDue(Tx tx, ReservationId id) {
        return move(tx, id, r -> moves.onDue(r, tx.now()));
    }

    /** A tenant has one set of counter-offers at a time: those to what was refused earlier make way for others, if there are any. */
    private Uni<Void> offer(Tx tx, AlternativesFound found) {
        return store.lock(tx, found.reservation())
                .chain(locked -> locked.map(refused -> offer(tx, refused, found))
                        .orElseGet(() -> Uni.createFrom().voidItem()));
    }

    private Uni<Void> offer(Tx tx, Reservation refused, AlternativesFound found) {
        TenantId tenant = refused.details().tenant();
        List<Decision<Reservation>> decisions = moves.onAlternatives(refused, found, tx.now());
        if (decisions.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        List<Decision<Reservation>> offers = decisions.subList(1, decisions.size());
        return (offers.isEmpty() || refused.details().preview()
                        ? Uni.createFrom().voidItem()
                        : quotas.lock(tx, tenant)
                                .chain(() -> store.lockOffers(tx, tenant))
                                .chain(earlier -> cancelAll(tx, earlier)))
                .chain(() -> carryOut(tx, refused, decisions.getFirst()))
                .chain(() -> Multi.createFrom()
                        .iterable(offers)
                        .onItem()
                        .transformToUniAndConcatenate(offer -> begin(tx, offer))
                        .collect()
                        .last());
    }

    /** What would be too much for the tenant is not offered. */
    private Uni<Void> begin(Tx tx, Decision<Reservation> offer) {
        return quotas.excess(tx, offer.next().details())
                .chain(excess -> excess.isPresent()
                        ? Uni.createFrom().voidItem()
                        : carryOut(tx, null, offer).replaceWithVoid());
    }

    private Uni<Void> cancelAll(Tx tx, Collection<Reservation> reservations) {
        return Multi.createFrom()
                .iterable(reservations)
                .onItem()
                .transformToUniAndConcatenate(reservation -> giveUp(tx, reservation))
                .collect()
                .last()
                .replaceWithVoid();
    }

    /**
     * Takes the tenant's word that it wants a counter-offer. To say so again changes nothing.
     *
     * @param refused what was asked for: what is offered instead of it never changes
     */
    public Uni<Acceptance> accept(Tx tx, Reservation refused, int number) {
        List<ReservationId> offers = offers(refused);
        return store.lockAll(tx, offers)
                .chain(found -> carryOut(tx, found, moves.accept(refused, number, found, tx.now())));
    }

    private static List<ReservationId> offers(Reservation reservation) {
        return reservation instanceof Closed closed
                ? closed.offers().stream().map(Offer::reservation).toList()
                : List.of();
    }

    private Uni<Acceptance> carryOut(Tx tx, Map<ReservationId, Reservation> before, Acceptance acceptance) {
        List<Decision<Reservation>> decisions =
                acceptance instanceof Accepted accepted ? accepted.decisions() : List.of();
        return Multi.createFrom()
                .iterable(decisions)
                .onItem()
                .transformToUniAndConcatenate(
                        decision -> carryOut(tx, before.get(decision.next().id()), decision))
                .collect()
                .last()
                .replaceWith(acceptance);
    }

    private Uni<Void> move(Tx tx, ReservationId id, Function<Reservation, Optional<Decision<Reservation>>> decide) {
        return store.lock(tx, id)
                .chain(found -> found.flatMap(
                                before -> decide.apply(before).map(decision -> carryOut(tx, before, decision)))
                        .orElseGet(() -> Uni.createFrom().nullItem()))
                .replaceWithVoid();
    }

    private Uni<Reservation> carryOut(Tx tx, @Nullable Reservation before, Decision<Reservation> decision) {
        Reservation next = decision.next();
        LOG.logf(
                level(before, next),
                "%s %s is %s",
                next.details().preview() ? "preview" : "reservation",
                next.id(),
                next.state());
        boolean preview = next.details().preview();
        boolean asked = next.details().offerTo() == null && !preview;
        if (asked && (before == null || before.state() != next.state())) {
            metrics.transition(before == null ? null : before.state(), next.state());
        }
        dispatch.send(tx, decision.messages());
        return store.save(tx, next)
                .chain(() -> preview ? Uni.createFrom().voidItem() : quotas.keep(tx, before, next))
                .replaceWith(next);
    }

    /** Who only asks again, or hears more of a share, says so to those who look closely. */
    static Logger.Level level(@Nullable Reservation before, Reservation next) {
        return before != null && before.state() == next.state() ? Logger.Level.DEBUG : Logger.Level.INFO;
    }
}
