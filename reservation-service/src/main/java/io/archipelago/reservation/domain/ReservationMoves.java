package io.archipelago.reservation.domain;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.federation.ShareDigest.Entry;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.federation.ShareMessage.ShareConfirmed;
import io.archipelago.contracts.federation.ShareMessage.ShareHeld;
import io.archipelago.contracts.federation.ShareMessage.ShareRefused;
import io.archipelago.contracts.federation.ShareMessage.ShareReleased;
import io.archipelago.contracts.federation.ShareMessage.ShareStatus;
import io.archipelago.contracts.placement.PlacementMessage.PlanRefused;
import io.archipelago.contracts.placement.PlacementMessage.SitesPlanned;
import io.archipelago.reservation.domain.Outgoing.ToSite;
import io.archipelago.reservation.domain.Reservation.Attempt;
import io.archipelago.reservation.domain.Reservation.Closed;
import io.archipelago.reservation.domain.Reservation.Details;
import io.archipelago.reservation.domain.Reservation.Held;
import io.archipelago.reservation.domain.Reservation.Holding;
import io.archipelago.reservation.domain.Reservation.Planning;
import io.archipelago.reservation.domain.Reservation.Releasing;
import io.archipelago.reservation.domain.Reservation.Running;
import io.archipelago.reservation.domain.Reservation.Scheduled;
import io.archipelago.reservation.domain.Reservation.State;
import io.archipelago.reservation.domain.Share.Stage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The moves of a {@link Reservation}: what is done on every message in every state, and at every deadline. */
public final class ReservationMoves {

    private final Sites sites;
    private final Pace pace;
    private final Plans plans;
    private final ClusterNews news;

    public ReservationMoves(Sites sites, Pace pace) {
        this.sites = sites;
        this.pace = pace;
        this.plans = new Plans(sites, pace);
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
            messages.add(command(share, null));
        }
        Instant giveUpAt = now.plus(pace.holdFor()).minus(pace.margin());
        return Optional.of(new Decision<>(new Holding(details, planning.attempt(), shares, giveUpAt), messages));
    }

    /** Takes placement's word that no plan fits. */
    public Optional<Decision<Reservation>> onPlanRefused(Reservation reservation, PlanRefused refused, Instant now) {
        if (!(reservation instanceof Planning planning)
                || planning.attempt().number() != refused.attempt()
                || planning.asked() == 0) {
            return Optional.empty();
        }
        return Optional.of(Decision.of(plans.afterRefusal(planning, refused, now)));
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
                        ? Optional.of(onHeld(reservation, share.held(held.facts()), now))
                        : Optional.empty();
            case ShareConfirmed confirmed ->
                share.askAgainAt() != null && share.stage().confirmable() || share.stage() == Stage.LOST
                        ? Optional.of(onProgress(reservation, share.confirmed(), now))
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
        return switch (Remedy.of(share, site)) {
            case NOTHING -> Optional.empty();
            case REPEAT -> Optional.of(Decision.of(reservation, command(share, reservation.facts())));
            case REPEAT_ABOVE -> {
                Share above = share.above(site.sequence(), now.plus(pace.again(1)));
                yield Optional.of(Decision.of(reservation.with(above), command(above, reservation.facts())));
            }
            case LOSE -> Optional.of(onLost(reservation, share.lost(List.of()), now));
        };
    }

    /** Takes the tenant's word that it is no longer wanted; nothing changes if it is over or ending. */
    public Optional<Decision<Reservation>> cancel(Reservation reservation, Instant now) {
        return switch (reservation) {
            case Planning planning -> Optional.of(release(planning, State.CANCELLED, now));
            case Holding holding -> Optional.of(release(holding, State.CANCELLED, now));
            case Held held -> Optional.of(release(held, State.CANCELLED, now));
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
            return Optional.of(askAgain(reservation, now));
        }
        return Optional.of(
                switch (reservation) {
                    case Planning planning ->
                        ask(planning.details(), planning.attempt(), planning.shares(), planning.asked(), now);
                    case Holding holding ->
                        retreat(holding, holding.attempt(), plans.silent(holding.shares(), Stage.HOLDING), now);
                    case Held held -> retreat(held, held.attempt(), plans.silent(held.shares(), Stage.CONFIRMING), now);
                    case Scheduled scheduled -> release(scheduled, State.ENDED, now);
                    case Running running ->
                        now.isBefore(running.details().request().window().end())
                                ? Decision.of(running(running.details(), running.shares(), running, true, now))
                                : release(running, State.ENDED, now);
                    case Releasing releasing -> throw new IllegalStateException("Releasing has no deadline");
                    case Closed closed -> throw new IllegalStateException("Closed has no deadline");
                });
    }

    private Decision<Reservation> ask(
            Details details, Attempt attempt, Map<SiteId, Share> shares, int asked, Instant now) {
        if (!now.isBefore(details.request().window().end())) {
            Refusal late = Refusal.of(ErrorCode.NO_CAPACITY, "window", "the window was over before sites were found");
            return Decision.of(new Closed(details, shares, State.REFUSED, Map.of(sites.own(), List.of(late))));
        }
        Planning planning = new Planning(details, attempt, shares, asked + 1, now.plus(pace.again(asked + 1)));
        return Decision.of(planning, new Outgoing.ToPlacement(plans.question(details, attempt)));
    }

    private Decision<Reservation> onHeld(Reservation reservation, Share held, Instant now) {
        Map<SiteId, Share> shares = with(reservation.shares(), held);
        if (!(reservation instanceof Holding holding)) {
            return Decision.of(reservation);
        }
        if (shares.values().stream().anyMatch(s -> s.stage() == Stage.HOLDING)) {
            return Decision.of(new Holding(holding.details(), holding.attempt(), shares, holding.deadline()));
        }
        Map<SiteId, List<Refusal>> unlinkable = plans.unlinkable(shares);
        if (!unlinkable.isEmpty()) {
            return retreat(holding.with(shares), holding.attempt(), unlinkable, now);
        }
        Facts.OfCluster cluster = plans.merge(shares.values());
        List<Outgoing> messages = new ArrayList<>();
        shares.replaceAll((site, share) -> {
            if (share.stage() != Stage.HELD) {
                return share;
            }
            Share confirming = share.confirming(now.plus(pace.again(1)));
            messages.add(command(confirming, cluster));
            return confirming;
        });
        Instant giveUpAt = now.plus(pace.holdFor()).minus(pace.margin());
        return new Decision<>(new Held(holding.details(), holding.attempt(), shares, cluster, giveUpAt), messages);
    }

    private Optional<Decision<Reservation>> onStatus(
            Reservation reservation, Share share, ShareStatus status, Instant now) {
        boolean leaving = status.progress() == Progress.RELEASING;
        if (share.stage() == Stage.RELEASING && leaving) {
            return Optional.of(Decision.of(reservation.with(share.leaving(status.resources()))));
        }
        return !leaving && share.stage().confirmable()
                ? Optional.of(news.spread(onProgress(reservation, share.running(status), now), share.site(), now))
                : Optional.empty();
    }

    /** A site has forgotten what it had confirmed. It is not undone: the site may still have it, and an operator must look. */
    private Decision<Reservation> onLost(Reservation reservation, Share lost, Instant now) {
        Reservation next = reservation.with(lost);
        return switch (next) {
            case Held held -> retreat(held, held.attempt(), Map.of(lost.site(), List.of(Plans.forgot())), now);
            case Scheduled scheduled -> Decision.of(running(scheduled.details(), next.shares(), scheduled, false, now));
            case Running running -> Decision.of(running(running.details(), next.shares(), running, false, now));
            case Planning planning -> Decision.of(planning);
            case Holding holding -> Decision.of(holding);
            case Releasing releasing -> Decision.of(releasing);
            case Closed closed -> Decision.of(closed);
        };
    }

    private Decision<Reservation> onProgress(Reservation reservation, Share share, Instant now) {
        Map<SiteId, Share> shares = with(reservation.shares(), share);
        return switch (reservation) {
            case Held held -> {
                if (shares.values().stream().anyMatch(s -> s.stage() == Stage.CONFIRMING)) {
                    yield Decision.of(held.with(shares));
                }
                Scheduled scheduled = new Scheduled(held.details(), shares, held.cluster());
                boolean begun = shares.values().stream()
                        .anyMatch(s -> s.progress() != null && s.stage().open());
                yield Decision.of(begun ? running(held.details(), shares, scheduled, false, now) : scheduled);
            }
            case Scheduled scheduled -> Decision.of(running(scheduled.details(), shares, scheduled, false, now));
            case Running running -> Decision.of(running(running.details(), shares, running, false, now));
            case Planning planning -> Decision.of(planning);
            case Holding holding -> Decision.of(holding);
            case Releasing releasing -> Decision.of(releasing);
            case Closed closed -> Decision.of(closed);
        };
    }

    private Reservation running(
            Details details, Map<SiteId, Share> shares, Reservation before, boolean late, Instant now) {
        Facts.OfCluster cluster = Objects.requireNonNull(before.facts(), "only what is scheduled runs");
        List<Share> own = shares.values().stream()
                .filter(s -> s.facts() != null && inCluster(cluster, s))
                .toList();
        State state = Reservation.stateOf(own, before.state(), late);
        Instant completeBy = switch (before) {
            case Running running when late -> null;
            case Running running -> running.completeBy();
            default -> later(now, details.request().window().start()).plus(pace.deployWithin());
        };
        return new Running(details, shares, cluster, state, state == State.ACTIVE ? null : completeBy);
    }

    private Decision<Reservation> onRefused(Reservation reservation, Share share, List<Refusal> refusals, Instant now) {
        // What still stands there from an earlier attempt is the site's to remove and ours to ask for until it is gone.
        Share refused = Plans.stillThere(refusals) ? share : share.refused(refusals);
        Map<SiteId, Share> shares = with(reservation.shares(), refused);
        Map<SiteId, List<Refusal>> why = Map.of(share.site(), refusals);
        return switch (reservation) {
            case Holding holding -> retreat(holding.with(shares), holding.attempt(), why, now);
            case Held held -> retreat(held.with(shares), held.attempt(), why, now);
            // A lease that its site no longer has, or says so: it is not undone silently, and given back at the end.
            case Scheduled scheduled -> onLost(scheduled, share.lost(refusals), now);
            case Running running -> onLost(running, share.lost(refusals), now);
            case Planning planning -> Decision.of(planning);
            case Releasing releasing -> Decision.of(releasing);
            case Closed closed -> Decision.of(closed);
        };
    }

    /** Whether a share that is needed and not yet confirmed by all was given back unasked. */
    private static boolean lost(Reservation reservation, Share share, Instant now) {
        return share.stage() != Stage.RELEASING
                && (reservation instanceof Holding || reservation instanceof Held)
                && now.isBefore(reservation.details().request().window().end());
    }

    private Decision<Reservation> onReleased(Reservation reservation, Share released, Instant now) {
        Map<SiteId, Share> shares = with(reservation.shares(), released);
        boolean over = !now.isBefore(reservation.details().request().window().end());
        if (over && (reservation instanceof Scheduled || reservation instanceof Running)) {
            // The site ended its lease by its own clock, a moment before this one.
            return release(reservation.with(shares), State.ENDED, now);
        }
        return Decision.of(
                switch (reservation) {
                    case Scheduled s -> running(s.details(), shares, s, false, now);
                    case Running r -> running(r.details(), shares, r, false, now);
                    case Releasing r -> closedIfDone(r.details(), shares, r.outcome());
                    case Planning p -> p.with(shares);
                    case Holding h -> h.with(shares);
                    case Held h -> h.with(shares);
                    case Closed c -> c.with(shares);
                });
    }

    /** Gives everything back and tries another plan, or refuses. */
    private Decision<Reservation> retreat(
            Reservation reservation, Attempt attempt, Map<SiteId, List<Refusal>> failed, Instant now) {
        List<Outgoing> messages = new ArrayList<>();
        Map<SiteId, Share> shares = releaseAll(reservation.shares(), messages, now);
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
                    return Decision.of(new Closed(details, shares, State.REFUSED, refusals));
                });
        messages.addAll(next.messages());
        return new Decision<>(next.next(), messages);
    }

    private Decision<Reservation> release(Reservation reservation, State outcome, Instant now) {
        List<Outgoing> messages = new ArrayList<>();
        Map<SiteId, Share> shares = releaseAll(reservation.shares(), messages, now);
        return new Decision<>(closedIfDone(reservation.details(), shares, outcome), messages);
    }

    private static Reservation closedIfDone(Details details, Map<SiteId, Share> shares, State outcome) {
        boolean open = shares.values().stream().anyMatch(s -> s.stage().open());
        return open ? new Releasing(details, shares, outcome) : new Closed(details, shares, outcome, Map.of());
    }

    private Map<SiteId, Share> releaseAll(Map<SiteId, Share> shares, List<Outgoing> messages, Instant now) {
        Map<SiteId, Share> after = new LinkedHashMap<>();
        shares.forEach((site, share) -> {
            if (!share.stage().open() || share.stage() == Stage.RELEASING) {
                after.put(site, share);
                return;
            }
            Share releasing = share.releasing(now.plus(pace.again(1)));
            messages.add(command(releasing, null));
            after.put(site, releasing);
        });
        return after;
    }

    private Decision<Reservation> askAgain(Reservation reservation, Instant now) {
        List<Outgoing> messages = new ArrayList<>();
        Map<SiteId, Share> shares = new TreeMap<>(reservation.shares());
        shares.replaceAll((site, share) -> {
            Instant at = share.askAgainAt();
            if (at == null || now.isBefore(at)) {
                return share;
            }
            messages.add(command(share, reservation.facts()));
            return share.askedAgain(now.plus(pace.again(share.asked() + 1)));
        });
        return new Decision<>(reservation.with(shares), messages);
    }

    private Outgoing command(Share share, Facts.@Nullable OfCluster cluster) {
        return new ToSite(share.site(), share.command(cluster, pace.holdFor()));
    }

    private static boolean inCluster(Facts.OfCluster cluster, Share share) {
        return cluster.at(share.site()).isPresent();
    }

    private static Map<SiteId, Share> with(Map<SiteId, Share> shares, Share share) {
        Map<SiteId, Share> copy = new TreeMap<>(shares);
        copy.put(share.site(), Objects.requireNonNull(share));
        return copy;
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
