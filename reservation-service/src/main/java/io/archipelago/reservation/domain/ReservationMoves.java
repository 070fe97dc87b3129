package io.archipelago.reservation.domain;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.federation.ShareDigest.Entry;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.federation.ShareMessage.ShareConfirmed;
import io.archipelago.contracts.federation.ShareMessage.ShareHeld;
import io.archipelago.contracts.federation.ShareMessage.ShareRefused;
import io.archipelago.contracts.federation.ShareMessage.ShareReleased;
import io.archipelago.contracts.federation.ShareMessage.ShareStatus;
import io.archipelago.contracts.placement.PlacementMessage.AlternativesFound;
import io.archipelago.contracts.placement.PlacementMessage.PlanRefused;
import io.archipelago.contracts.placement.PlacementMessage.SitesPlanned;
import io.archipelago.reservation.domain.Clustered.Running;
import io.archipelago.reservation.domain.Clustered.Scheduled;
import io.archipelago.reservation.domain.Reservation.Closed;
import io.archipelago.reservation.domain.Reservation.Held;
import io.archipelago.reservation.domain.Reservation.Holding;
import io.archipelago.reservation.domain.Reservation.Offered;
import io.archipelago.reservation.domain.Reservation.Offering;
import io.archipelago.reservation.domain.Reservation.Planning;
import io.archipelago.reservation.domain.Reservation.Releasing;
import io.archipelago.reservation.domain.Reservation.State;
import io.archipelago.reservation.domain.Share.Stage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The moves of a {@link Reservation}: what is done on every message in every state, and at every deadline. */
public final class ReservationMoves {

    private final Pace pace;
    private final Plans plans;
    private final PlanMoves planning;
    private final OfferMoves offers;
    private final Commands commands;
    private final ClusterMoves clusters;
    private final ChangeMoves changes;
    private final ClusterNews news;

    public ReservationMoves(Sites sites, Pace pace) {
        this.pace = pace;
        this.plans = new Plans(sites, pace);
        this.offers = new OfferMoves(sites, pace);
        this.planning = new PlanMoves(sites, pace, plans, offers);
        this.commands = new Commands(pace);
        this.clusters = new ClusterMoves(pace);
        this.changes = new ChangeMoves(pace);
        this.news = new ClusterNews(pace);
    }

    /** Accepts a request that has passed all checks. */
    public Decision<Reservation> request(Details details, Instant now) {
        return planning.ask(details, Attempt.first(), Map.of(), 0, now);
    }

    /** Takes placement's plan. */
    public Optional<Decision<Reservation>> onPlanned(Reservation reservation, SitesPlanned plan, Instant now) {
        return planning.onPlanned(reservation, plan, now);
    }

    /** Takes placement's word that no plan fits. */
    public Optional<Decision<Reservation>> onPlanRefused(Reservation reservation, PlanRefused refused, Instant now) {
        return planning.onPlanRefused(reservation, refused, now);
    }

    /**
     * Takes what could be had instead of what is refused.
     *
     * @return first the refusal, then the reservations that the offers are; empty if nobody waits for it
     */
    public List<Decision<Reservation>> onAlternatives(Reservation reservation, AlternativesFound found, Instant now) {
        if (!(reservation instanceof Offering offering)) {
            return List.of();
        }
        OfferMoves.Offers made = offers.offer(offering, found);
        return Stream.concat(
                        Stream.of(Decision.<Reservation>of(made.refused())),
                        made.begun().stream().map(details -> request(details, now)))
                .toList();
    }

    /**
     * Takes the tenant's word that it wants a counter-offer.
     *
     * @param refused what was asked for
     * @param found the reservations that its offers are, as far as there is anything known of them
     */
    public Acceptance accept(Reservation refused, int number, Map<ReservationId, Reservation> found, Instant now) {
        return OfferMoves.accept(refused, number, found, offer -> take(offer, now), offer -> cancel(offer, now));
    }

    /** Empty if its time is over. */
    private Optional<Decision<Reservation>> take(Reservation offer, Instant now) {
        return offer instanceof Offered offered && offered.isHeld() && now.isBefore(offered.deadline())
                ? Optional.of(planning.confirm(offered.details().accepted(), offered.attempt(), offered.shares(), now))
                : Optional.empty();
    }

    /** Takes the tenant's word that a cluster is to be otherwise. */
    public Proposal change(Reservation reservation, Proposal.Wish wish, Instant now) {
        return reservation instanceof Clustered cluster
                ? changes.begin(cluster, wish, now)
                : new Proposal.Declined(
                        ErrorCode.CONFLICT,
                        "",
                        "only what is scheduled or runs can be changed; it is " + reservation.state());
    }

    /** Takes what a site says of its share. */
    public Optional<Decision<Reservation>> onAnswer(Reservation reservation, ShareMessage.Answer answer, Instant now) {
        Share share = reservation.shares().get(answer.allocation().site());
        if (share == null
                || answer.sequence() != share.sequence()
                || !share.stage().open()) {
            return Optional.empty();
        }
        Optional<Decision<Reservation>> change = changes.onAnswer(reservation, share, answer, now);
        if (change.isPresent()) {
            return change;
        }
        return switch (answer) {
            case ShareHeld held ->
                share.stage() == Stage.HOLDING
                        ? Optional.of(planning.onHeld(
                                reservation,
                                share.held(held.facts(), reservation.details().purpose()),
                                now))
                        : Optional.empty();
            case ShareConfirmed confirmed ->
                share.awaitsConfirmation() || share.stage() == Stage.LOST
                        ? Optional.of(clusters.onProgress(reservation, share.confirmed(), now))
                        : Optional.empty();
            case ShareStatus status -> onStatus(reservation, share, status, now);
            case ShareRefused refused ->
                share.stage() == Stage.RELEASING || share.stage() == Stage.LOST
                        ? Optional.empty()
                        : Optional.of(onRefused(reservation, share, refused.refusals(), now));
            case ShareReleased released ->
                Optional.of(
                        lost(reservation, share, now)
                                ? onRefused(reservation, share, List.of(Plans.gaveBack()), now)
                                : onReleased(reservation, share.released(), now));
        };
    }

    /** Takes what a site says in a digest of one of its shares; what is done about it stands in docs/settlement.md. */
    public Optional<Decision<Reservation>> onDigest(Reservation reservation, Entry site, Instant now) {
        Share share = reservation.shares().get(site.allocation().site());
        if (share == null) {
            return Optional.empty();
        }
        Details details = reservation.details();
        return switch (Remedy.of(share, site)) {
            case NOTHING -> Optional.empty();
            case REPEAT -> Optional.of(Decision.of(reservation, commands.of(details, share, reservation.facts())));
            case REPEAT_ABOVE -> {
                Share above = share.above(site.sequence(), now.plus(pace.again(1)));
                yield Optional.of(
                        Decision.of(reservation.with(above), commands.of(details, above, reservation.facts())));
            }
            case LOSE -> Optional.of(onLost(reservation, share.lost(List.of()), now));
        };
    }

    /** Takes the tenant's word that it is no longer wanted; nothing changes if it is over or ending. */
    public Optional<Decision<Reservation>> cancel(Reservation reservation, Instant now) {
        return switch (reservation) {
            case Planning planning -> Optional.of(release(planning, State.CANCELLED, now));
            case Holding holding -> Optional.of(release(holding, State.CANCELLED, now));
            case Offered offered -> Optional.of(release(offered, State.CANCELLED, now));
            case Held held -> Optional.of(release(held, State.CANCELLED, now));
            case Offering offering -> Optional.of(release(offering, State.CANCELLED, now));
            case Scheduled scheduled -> Optional.of(release(scheduled, State.CANCELLED, now));
            case Running running -> Optional.of(release(running, State.ENDED, now));
            case Releasing releasing -> Optional.empty();
            case Closed closed -> Optional.empty();
        };
    }

    /** Does what {@link Reservation#due()} announced; nothing if it is not due yet. */
    public Optional<Decision<Reservation>> onDue(Reservation reservation, Instant now) {
        Instant due = reservation.due();
        if (due == null || now.isBefore(due)) {
            return Optional.empty();
        }
        Instant deadline = reservation.deadline();
        if (deadline == null || now.isBefore(deadline)) {
            return Optional.of(commands.askAgain(reservation, now));
        }
        return Optional.of(
                switch (reservation) {
                    case Planning planning ->
                        this.planning.ask(
                                planning.details(), planning.attempt(), planning.shares(), planning.asked(), now);
                    case Holding holding ->
                        planning.retreat(
                                holding, holding.attempt(), plans.silent(holding.shares(), Stage.HOLDING), now);
                    case Offered offered -> release(offered, State.CANCELLED, now);
                    case Held held ->
                        planning.retreat(held, held.attempt(), plans.silent(held.shares(), Stage.CONFIRMING), now);
                    case Clustered over
                    when !now.isBefore(over.details().request().window().end()) -> release(over, State.ENDED, now);
                    case Clustered cluster
                    when cluster.change() instanceof Change.Asked asked && !now.isBefore(asked.giveUpAt()) ->
                        changes.giveUp(cluster, asked, now);
                    case Running running ->
                        Decision.of(clusters.running(running.details(), running.shares(), running, true, now));
                    case Scheduled scheduled -> throw new IllegalStateException("Scheduled has no other deadline");
                    case Offering offering -> offers.ask(offering, now);
                    case Releasing releasing -> throw new IllegalStateException("Releasing has no deadline");
                    case Closed closed -> throw new IllegalStateException("Closed has no deadline");
                });
    }

    private Optional<Decision<Reservation>> onStatus(
            Reservation reservation, Share share, ShareStatus status, Instant now) {
        boolean leaving = status.progress() == Progress.RELEASING;
        if (share.stage() == Stage.RELEASING && leaving) {
            return Optional.of(Decision.of(reservation.with(share.leaving(status.resources()))));
        }
        return !leaving && share.stage().confirmable()
                ? Optional.of(
                        news.spread(clusters.onProgress(reservation, share.running(status), now), share.site(), now))
                : Optional.empty();
    }

    /** A site has forgotten what it had confirmed. It is not undone: the site may still have it, and an operator must look. */
    private Decision<Reservation> onLost(Reservation reservation, Share lost, Instant now) {
        Reservation next = reservation.with(lost);
        return switch (next) {
            case Held held -> planning.retreat(held, held.attempt(), Map.of(lost.site(), List.of(Plans.forgot())), now);
            case Clustered cluster -> {
                Decision<Reservation> unchanged = changes.onLost(cluster, lost, now);
                Reservation after = unchanged.next();
                yield new Decision<>(
                        clusters.running(after.details(), after.shares(), after, false, now), unchanged.messages());
            }
            case Planning planning -> Decision.of(planning);
            case Holding holding -> Decision.of(holding);
            case Offered offered -> Decision.of(offered);
            case Releasing releasing -> Decision.of(releasing);
            case Offering offering -> Decision.of(offering);
            case Closed closed -> Decision.of(closed);
        };
    }

    private Decision<Reservation> onRefused(Reservation reservation, Share share, List<Refusal> refusals, Instant now) {
        // What still stands there from an earlier attempt is the site's to remove and ours to ask for until it is gone.
        Share refused = Plans.stillThere(refusals) ? share : share.refused(refusals);
        Map<SiteId, Share> shares = reservation.with(refused).shares();
        Map<SiteId, List<Refusal>> why = Map.of(share.site(), refusals);
        return switch (reservation) {
            case Holding holding -> planning.retreat(holding.with(shares), holding.attempt(), why, now);
            case Offered offered -> release(offered.with(shares), State.CANCELLED, now);
            case Held held -> planning.retreat(held.with(shares), held.attempt(), why, now);
            // A lease that its site no longer has, or says so: it is not undone silently, and given back at the end.
            case Scheduled scheduled -> onLost(scheduled, share.lost(refusals), now);
            case Running running -> onLost(running, share.lost(refusals), now);
            case Planning planning -> Decision.of(planning);
            case Releasing releasing -> Decision.of(releasing);
            case Offering offering -> Decision.of(offering);
            case Closed closed -> Decision.of(closed);
        };
    }

    /** Whether a share that is needed and not yet confirmed by all was given back unasked. */
    private static boolean lost(Reservation reservation, Share share, Instant now) {
        return share.stage() != Stage.RELEASING
                && (reservation instanceof Holding || reservation instanceof Offered || reservation instanceof Held)
                && now.isBefore(reservation.details().request().window().end());
    }

    private Decision<Reservation> onReleased(Reservation reservation, Share released, Instant now) {
        Map<SiteId, Share> shares = reservation.with(released).shares();
        boolean over = !now.isBefore(reservation.details().request().window().end());
        if (over && (reservation instanceof Scheduled || reservation instanceof Running)) {
            // The site ended its lease by its own clock, a moment before this one.
            return release(reservation.with(shares), State.ENDED, now);
        }
        return Decision.of(
                switch (reservation) {
                    case Scheduled s -> clusters.running(s.details(), shares, s, false, now);
                    case Running r -> clusters.running(r.details(), shares, r, false, now);
                    case Releasing r -> closedIfDone(r.details(), shares, r.outcome());
                    case Planning p -> p.with(shares);
                    case Holding h -> h.with(shares);
                    case Offered o -> o.with(shares);
                    case Held h -> h.with(shares);
                    case Offering o -> o.with(shares);
                    case Closed c -> c.with(shares);
                });
    }

    private Decision<Reservation> release(Reservation reservation, State outcome, Instant now) {
        List<Outgoing> messages = new ArrayList<>();
        Map<SiteId, Share> shares = commands.releaseAll(reservation, messages, now);
        return new Decision<>(closedIfDone(reservation.details(), shares, outcome), messages);
    }

    private static Reservation closedIfDone(Details details, Map<SiteId, Share> shares, State outcome) {
        boolean open = shares.values().stream().anyMatch(s -> s.stage().open());
        return open ? new Releasing(details, shares, outcome) : new Closed(details, shares, outcome, Map.of());
    }
}
