package io.archipelago.reservation.domain;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.HoldPurpose;
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
import io.archipelago.reservation.domain.Reservation.Closed;
import io.archipelago.reservation.domain.Reservation.Held;
import io.archipelago.reservation.domain.Reservation.Holding;
import io.archipelago.reservation.domain.Reservation.Offered;
import io.archipelago.reservation.domain.Reservation.Offering;
import io.archipelago.reservation.domain.Reservation.Planning;
import io.archipelago.reservation.domain.Reservation.Releasing;
import io.archipelago.reservation.domain.Reservation.Running;
import io.archipelago.reservation.domain.Reservation.Scheduled;
import io.archipelago.reservation.domain.Reservation.State;
import io.archipelago.reservation.domain.Share.Stage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The moves of a {@link Reservation}: what is done on every message in every state, and at every deadline. */
public final class ReservationMoves {

    private final Sites sites;
    private final Pace pace;
    private final Plans plans;
    private final OfferMoves offers;
    private final Commands commands;
    private final ClusterMoves clusters;
    private final ClusterNews news;

    public ReservationMoves(Sites sites, Pace pace) {
        this.sites = sites;
        this.pace = pace;
        this.plans = new Plans(sites, pace);
        this.offers = new OfferMoves(sites, pace);
        this.commands = new Commands(pace);
        this.clusters = new ClusterMoves(pace);
        this.news = new ClusterNews(pace);
    }

    /** Accepts a request that has passed all checks. */
    public Decision<Reservation> request(Details details, Instant now) {
        return ask(details, Attempt.first(), Map.of(), 0, now);
    }

    /** Takes placement's plan. */
    public Optional<Decision<Reservation>> onPlanned(Reservation reservation, SitesPlanned plan, Instant now) {
        if (!(reservation instanceof Planning planning)
                || planning.attempt().number() != plan.attempt()
                || planning.asked() == 0) {
            return Optional.empty();
        }
        Map<SiteId, List<Refusal>> strangers = plans.strangers(plan.computes().keySet());
        if (!strangers.isEmpty()) {
            return Optional.of(retreat(planning, planning.attempt(), strangers, now));
        }
        Details details = planning.details();
        Map<SiteId, Share> shares = new TreeMap<>(planning.shares());
        List<Outgoing> messages = new ArrayList<>();
        for (Share share : plans.shares(details, plan.computes(), planning.shares(), now)) {
            shares.put(share.site(), share);
            messages.add(commands.of(details, share, null));
        }
        Instant giveUpAt = pace.silentAt(details.purpose(), now);
        return Optional.of(new Decision<>(new Holding(details, planning.attempt(), shares, giveUpAt), messages));
    }

    /** Takes placement's word that no plan fits. */
    public Optional<Decision<Reservation>> onPlanRefused(Reservation reservation, PlanRefused refused, Instant now) {
        if (!(reservation instanceof Planning planning)
                || planning.attempt().number() != refused.attempt()
                || planning.asked() == 0) {
            return Optional.empty();
        }
        Map<SiteId, List<Refusal>> refusals = new HashMap<>();
        refused.refusals().forEach((site, refusal) -> refusals.put(site, List.of(refusal)));
        return Optional.of(plans.again(planning, refusals, now)
                .map(again -> Decision.<Reservation>of(again))
                .orElseGet(() -> offers.refuse(
                        planning.details(),
                        planning.shares(),
                        plans.why(planning.attempt(), refusals),
                        planning.attempt().refusals(),
                        now)));
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
                ? Optional.of(confirm(offered.details().accepted(), offered.attempt(), offered.shares(), now))
                : Optional.empty();
    }

    /** Takes what a site says of its share. */
    public Optional<Decision<Reservation>> onAnswer(Reservation reservation, ShareMessage.Answer answer, Instant now) {
        Share share = reservation.shares().get(answer.allocation().site());
        if (share == null
                || answer.sequence() != share.sequence()
                || !share.stage().open()) {
            return Optional.empty();
        }
        return switch (answer) {
            case ShareHeld held ->
                share.stage() == Stage.HOLDING
                        ? Optional.of(onHeld(
                                reservation,
                                share.held(held.facts(), reservation.details().purpose()),
                                now))
                        : Optional.empty();
            case ShareConfirmed confirmed ->
                share.askAgainAt() != null && share.stage().confirmable() || share.stage() == Stage.LOST
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
                        ask(planning.details(), planning.attempt(), planning.shares(), planning.asked(), now);
                    case Holding holding ->
                        retreat(holding, holding.attempt(), plans.silent(holding.shares(), Stage.HOLDING), now);
                    case Offered offered -> release(offered, State.CANCELLED, now);
                    case Held held -> retreat(held, held.attempt(), plans.silent(held.shares(), Stage.CONFIRMING), now);
                    case Scheduled scheduled -> release(scheduled, State.ENDED, now);
                    case Running running ->
                        now.isBefore(running.details().request().window().end())
                                ? Decision.of(clusters.running(running.details(), running.shares(), running, true, now))
                                : release(running, State.ENDED, now);
                    case Offering offering -> offers.ask(offering, now);
                    case Releasing releasing -> throw new IllegalStateException("Releasing has no deadline");
                    case Closed closed -> throw new IllegalStateException("Closed has no deadline");
                });
    }

    private Decision<Reservation> ask(
            Details details, Attempt attempt, Map<SiteId, Share> shares, int asked, Instant now) {
        if (!now.isBefore(details.request().window().end())) {
            Refusal late = Refusal.of(ErrorCode.NO_CAPACITY, "window", "the window was over before sites were found");
            return offers.refuse(details, shares, Map.of(sites.own(), List.of(late)), Map.of(), now);
        }
        if (details.preview() && !now.isBefore(details.requestedAt().plus(pace.previewFor()))) {
            return Decision.of(new Closed(
                    details, shares, State.REFUSED, Map.of(sites.own(), List.of(Plans.placementIsSilent()))));
        }
        Planning planning = new Planning(details, attempt, shares, asked + 1, now.plus(pace.again(asked + 1)));
        return Decision.of(planning, new Outgoing.ToPlacement(plans.question(details, attempt)));
    }

    private Decision<Reservation> onHeld(Reservation reservation, Share held, Instant now) {
        Map<SiteId, Share> shares = reservation.with(held).shares();
        if (!(reservation instanceof Holding holding)) {
            // A site of an offer whose database was set back holds anew.
            return Decision.of(reservation instanceof Offered offered ? offered.with(shares) : reservation);
        }
        if (shares.values().stream().anyMatch(s -> s.stage() == Stage.HOLDING)) {
            return Decision.of(new Holding(holding.details(), holding.attempt(), shares, holding.deadline()));
        }
        Map<SiteId, List<Refusal>> unlinkable = plans.unlinkable(shares);
        if (!unlinkable.isEmpty()) {
            return retreat(holding.with(shares), holding.attempt(), unlinkable, now);
        }
        Details details = holding.details();
        return switch (details.purpose()) {
            case FIRM -> confirm(details, holding.attempt(), shares, now);
            case OFFER -> Decision.of(new Offered(details, holding.attempt(), shares, offers.until(details, now)));
            case PROBE -> Decision.of(new Closed(details, shares, State.FITS, Map.of()));
        };
    }

    /** All sites hold, and the tenant wants it. */
    private Decision<Reservation> confirm(Details details, Attempt attempt, Map<SiteId, Share> held, Instant now) {
        Map<SiteId, Share> shares = new TreeMap<>(held);
        Facts.OfCluster cluster = plans.merge(shares.values());
        List<Outgoing> messages = new ArrayList<>();
        shares.replaceAll((site, share) -> {
            if (share.stage() != Stage.HELD) {
                return share;
            }
            Share confirming = share.confirming(now.plus(pace.again(1)));
            messages.add(commands.of(details, confirming, cluster));
            return confirming;
        });
        Instant giveUpAt = pace.silentAt(HoldPurpose.FIRM, now);
        return new Decision<>(new Held(details, attempt, shares, cluster, giveUpAt), messages);
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
            case Held held -> retreat(held, held.attempt(), Map.of(lost.site(), List.of(Plans.forgot())), now);
            case Scheduled scheduled ->
                Decision.of(clusters.running(scheduled.details(), next.shares(), scheduled, false, now));
            case Running running ->
                Decision.of(clusters.running(running.details(), next.shares(), running, false, now));
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
            case Holding holding -> retreat(holding.with(shares), holding.attempt(), why, now);
            case Offered offered -> release(offered.with(shares), State.CANCELLED, now);
            case Held held -> retreat(held.with(shares), held.attempt(), why, now);
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

    /** Gives everything back and tries another plan, or refuses. */
    private Decision<Reservation> retreat(
            Reservation reservation, Attempt attempt, Map<SiteId, List<Refusal>> failed, Instant now) {
        List<Outgoing> messages = new ArrayList<>();
        Map<SiteId, Share> shares = commands.releaseAll(reservation, messages, now);
        Details details = reservation.details();
        Decision<Reservation> next = plans.next(attempt, failed)
                .map(again -> {
                    Instant at = now.plus(plans.pause(
                            details.id(), again, failed, reservation.shares().values()));
                    return at.isAfter(now)
                            ? Decision.<Reservation>of(new Planning(details, again, shares, 0, at))
                            : ask(details, again, shares, 0, now);
                })
                .orElseGet(() -> {
                    Map<SiteId, List<Refusal>> refusals = new HashMap<>(attempt.refusals());
                    refusals.putAll(failed);
                    return offers.refuse(details, shares, refusals, refusals, now);
                });
        messages.addAll(next.messages());
        return new Decision<>(next.next(), messages);
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
