package io.archipelago.reservation.domain;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.HoldPurpose;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.placement.PlacementMessage.PlanRefused;
import io.archipelago.contracts.placement.PlacementMessage.SitesPlanned;
import io.archipelago.reservation.domain.Reservation.Closed;
import io.archipelago.reservation.domain.Reservation.Held;
import io.archipelago.reservation.domain.Reservation.Holding;
import io.archipelago.reservation.domain.Reservation.Offered;
import io.archipelago.reservation.domain.Reservation.Planning;
import io.archipelago.reservation.domain.Reservation.State;
import io.archipelago.reservation.domain.Share.Stage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The moves of a {@link Reservation} until all its sites hold: which are asked, what is made of their answers, and what is tried after an attempt that failed. */
final class PlanMoves {

    private final Sites sites;
    private final Pace pace;
    private final Plans plans;
    private final OfferMoves offers;
    private final Commands commands;

    PlanMoves(Sites sites, Pace pace, Plans plans, OfferMoves offers) {
        this.sites = sites;
        this.pace = pace;
        this.plans = plans;
        this.offers = offers;
        this.commands = new Commands(pace);
    }

    /** Takes placement's plan. */
    Optional<Decision<Reservation>> onPlanned(Reservation reservation, SitesPlanned plan, Instant now) {
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
    Optional<Decision<Reservation>> onPlanRefused(Reservation reservation, PlanRefused refused, Instant now) {
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

    Decision<Reservation> ask(Details details, Attempt attempt, Map<SiteId, Share> shares, int asked, Instant now) {
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

    Decision<Reservation> onHeld(Reservation reservation, Share held, Instant now) {
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
    Decision<Reservation> confirm(Details details, Attempt attempt, Map<SiteId, Share> held, Instant now) {
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

    /** Gives everything back and tries another plan, or refuses. */
    Decision<Reservation> retreat(
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
}
