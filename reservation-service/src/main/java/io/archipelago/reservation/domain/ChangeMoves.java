package io.archipelago.reservation.domain;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.federation.ShareMessage.ShareHeld;
import io.archipelago.contracts.federation.ShareMessage.ShareRefused;
import io.archipelago.reservation.domain.Change.Asked;
import io.archipelago.reservation.domain.Clustered.Running;
import io.archipelago.reservation.domain.Proposal.Declined;
import io.archipelago.reservation.domain.Proposal.Made;
import io.archipelago.reservation.domain.Proposal.Wish;
import io.archipelago.reservation.domain.Reservation.State;
import io.archipelago.reservation.domain.Share.Stage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * How a cluster that is scheduled or runs comes to be otherwise: with more or fewer machines at its sites, with another window. Every site that gives
 * something else then is asked to hold it beside what it gives; once all do, all are told that it is so. If one can not, or says nothing, all are told that it is
 * as it was. What is held for it does not run out at the sites: it ends with the lease at the latest, and only the master says what becomes of it.
 */
final class ChangeMoves {

    private final Pace pace;
    private final Commands commands;

    ChangeMoves(Pace pace) {
        this.pace = pace;
        this.commands = new Commands(pace);
    }

    /** Takes the tenant's word of what a cluster is to be. */
    Proposal begin(Clustered cluster, Wish wish, Instant now) {
        Request agreed = cluster.details().request();
        Optional<Declined> declined = untimely(cluster, wish, now);
        if (declined.isPresent()) {
            return declined.get();
        }
        Crews crews = crews(cluster);
        Map<SiteId, Set<Integer>> named = crews.find(wish.leaving());
        int found = named.values().stream().mapToInt(Set::size).sum();
        if (found < wish.leaving().size()) {
            return new Declined(
                    ErrorCode.INVALID_REQUEST, "leaving", "only host names of the cluster's compute machines");
        }
        Map<SiteId, Set<Integer>> leaving = crews.leaving(named, Math.max(0, crews.size() - found - wish.computes()));
        Request wanted = agreed.with(
                wish.window(),
                Plans.group(agreed.compute(), agreed.compute().firstOrdinal(), wish.computes()),
                agreed.policy());
        Instant giveUpAt = now.plus(pace.holdFor()).plus(pace.holdFor()).minus(pace.margin());
        Asked asked = new Asked(wanted, leaving, Map.of(), Map.of(), giveUpAt);
        return ask(cluster.with(cluster.details().revised(), cluster.change()), asked, now)
                .<Proposal>map(Made::new)
                .orElseGet(() -> new Declined(
                        ErrorCode.INVALID_REQUEST,
                        "machines.compute.count",
                        "as many that at each site that gives compute machines one at least stays"));
    }

    private Optional<Declined> untimely(Clustered cluster, Wish wish, Instant now) {
        Request agreed = cluster.details().request();
        if (cluster.change() instanceof Asked) {
            return conflict("another change of it is being made: wait until that is over");
        }
        Optional<SiteId> unsettled = first(cluster, share -> share.stage() != Stage.CONFIRMED);
        if (unsettled.isPresent()) {
            return conflict("site " + unsettled.get() + " does not have its share of it now: ask again later");
        }
        Optional<SiteId> telling = first(cluster, Share::awaitsConfirmation);
        if (telling.isPresent()) {
            return conflict("site " + telling.get() + " is still being told of the cluster: ask again in a moment");
        }
        Instant soon = now.plus(pace.holdFor().multipliedBy(2));
        // Once it is agreed all sites have to hear of it before they end what they have.
        if (!soon.plus(pace.holdFor().multipliedBy(2)).isBefore(agreed.window().end())) {
            return conflict("it ends at " + agreed.window().end() + ", too soon to agree on anything else");
        }
        if (!now.isBefore(wish.window().end())) {
            return invalid("window.end", "an instant that is not over; to end it now, give it up");
        }
        boolean begins = members(cluster).values().stream().anyMatch(Share::begun)
                || !soon.isBefore(agreed.window().start().minus(pace.lead()));
        if (!wish.window().start().equals(agreed.window().start())
                && (begins || now.isAfter(wish.window().start()))) {
            return invalid(
                    "window.start",
                    begins
                            ? "as it is, " + agreed.window().start()
                                    + ": the cluster is being deployed, or will be in a moment"
                            : "an instant that is not over");
        }
        return Optional.empty();
    }

    private static Optional<SiteId> first(Clustered cluster, Predicate<Share> such) {
        return members(cluster).values().stream().filter(such).map(Share::site).findFirst();
    }

    private static Optional<Declined> conflict(String detail) {
        return Optional.of(new Declined(ErrorCode.CONFLICT, "", detail));
    }

    private static Optional<Declined> invalid(String field, String detail) {
        return Optional.of(new Declined(ErrorCode.INVALID_REQUEST, field, detail));
    }

    /** The shares of the cluster's sites; others are what is left of failed attempts. */
    private static Map<SiteId, Share> members(Clustered cluster) {
        Map<SiteId, Share> members = new TreeMap<>(cluster.shares());
        members.keySet().removeIf(site -> cluster.cluster().at(site).isEmpty());
        return members;
    }

    private static Crews crews(Clustered cluster) {
        return new Crews(members(cluster));
    }

    /** Asks every site that would give something else; empty if the machines can not be had so. */
    private Optional<Decision<Reservation>> ask(Clustered cluster, Asked asked, Instant now) {
        Crews crews = crews(cluster);
        int gone = asked.leaving().values().stream().mapToInt(Set::size).sum();
        int more = asked.wanted().compute().count() - (crews.size() - gone);
        Optional<Map<SiteId, Integer>> coming = crews.coming(more, asked.leaving(), asked.most());
        if (coming.isEmpty()) {
            return Optional.empty();
        }
        Map<SiteId, Share> shares = new TreeMap<>(cluster.shares());
        List<Outgoing> messages = new ArrayList<>();
        boolean waits = false;
        for (Share share : crews.shares().values()) {
            SiteId site = share.site();
            Optional<AllocationSpec> wanted = crews.spec(
                    site,
                    asked.wanted(),
                    asked.leaving().getOrDefault(site, Set.of()),
                    coming.get().getOrDefault(site, 0));
            if (wanted.isEmpty()) {
                return Optional.empty();
            }
            boolean same = wanted.get().equals(share.spec());
            if (same && share.revised() == null) {
                continue;
            }
            waits |= !same;
            Share next = same
                    ? share.unrevised().agreed(now.plus(pace.again(1)))
                    : share.unrevised().revising(wanted.get(), now.plus(pace.again(1)));
            shares.put(site, next);
            messages.add(commands.of(cluster.details(), next, cluster.cluster()));
        }
        Reservation next = cluster.with(cluster.details(), waits ? asked : null).with(shares);
        return Optional.of(new Decision<>(next, messages));
    }

    /** Takes a site's word on what it is asked for; empty if it is not on that. */
    Optional<Decision<Reservation>> onAnswer(
            Reservation reservation, Share share, ShareMessage.Answer answer, Instant now) {
        if (!(reservation instanceof Clustered cluster && cluster.change() instanceof Asked asked && share.isAsked())) {
            return Optional.empty();
        }
        return switch (answer) {
            case ShareHeld held -> Optional.of(onHeld(cluster, asked, share.revisable(), now));
            case ShareRefused refused -> Optional.of(onRefused(cluster, asked, share, refused.refusals(), now));
            default -> Optional.empty();
        };
    }

    /** A site holds what it is asked for. */
    private Decision<Reservation> onHeld(Clustered cluster, Asked asked, Share held, Instant now) {
        Reservation next = cluster.with(held);
        boolean all = next.shares().values().stream()
                .allMatch(share -> share.revised() == null || share.revised().held());
        return all ? agree((Clustered) next, asked, now) : Decision.of(next);
    }

    /** All sites hold it: from now on it is so. */
    private Decision<Reservation> agree(Clustered cluster, Asked asked, Instant now) {
        Facts.OfCluster facts = cluster.cluster();
        boolean grows = false;
        for (Share share : members(cluster).values()) {
            Facts.Shared given = share.agreed(now).facts();
            if (share.revised() != null && given != null) {
                facts = facts.with(given);
                grows |= share.grows();
            }
        }
        Details details = cluster.details().with(asked.wanted());
        Reservation agreed = cluster.with(details, null).with(facts);
        if (grows && agreed instanceof Running running) {
            agreed =
                    new Running(details, running.shares(), facts, State.DEPLOYING, now.plus(pace.deployWithin()), null);
        }
        boolean all = !facts.equals(cluster.cluster());
        return tell(agreed, share -> share.revised() != null || all && share.stage() == Stage.CONFIRMED, now);
    }

    /** Tells sites what is agreed on. */
    private Decision<Reservation> tell(Reservation reservation, Predicate<Share> whom, Instant now) {
        List<Outgoing> messages = new ArrayList<>();
        Map<SiteId, Share> shares = new TreeMap<>(reservation.shares());
        shares.replaceAll((site, share) -> {
            if (!whom.test(share)) {
                return share;
            }
            Share told = share.agreed(now.plus(pace.again(1)));
            messages.add(commands.of(reservation.details(), told, reservation.facts()));
            return told;
        });
        return new Decision<>(reservation.with(shares), messages);
    }

    /** A site can not give what it is asked for: others are asked for what it would have given, if they may have it. */
    private Decision<Reservation> onRefused(
            Clustered cluster, Asked asked, Share share, List<Refusal> why, Instant now) {
        Map<SiteId, List<Refusal>> refusals = new HashMap<>(asked.refusals());
        refusals.put(share.site(), why);
        Map<SiteId, Integer> most = new HashMap<>(asked.most());
        int had = crews(cluster).at(share.site());
        int possible = Plans.limit(why).map(machines -> machines - had).orElse(0);
        Integer before = most.put(share.site(), Math.max(0, possible));
        Asked again = new Asked(asked.wanted(), asked.leaving(), most, refusals, asked.giveUpAt());
        boolean useless = before != null && before <= Math.max(0, possible);
        Optional<Decision<Reservation>> others = useless ? Optional.empty() : ask(cluster, again, now);
        return others.filter(decision -> !sameQuestion(cluster, decision.next(), share.site()))
                .orElseGet(() -> refuse(cluster, asked.wanted(), refusals, now));
    }

    /** Whether a site would be asked once more for what it has just refused. */
    private static boolean sameQuestion(Clustered before, Reservation after, SiteId site) {
        Share now = after.shares().get(site);
        Share then = before.shares().get(site);
        return now != null
                && then != null
                && now.revised() != null
                && then.revised() != null
                && now.revised().spec().equals(then.revised().spec());
    }

    /** Not all sites have said in time that they hold it. */
    Decision<Reservation> giveUp(Clustered cluster, Asked asked, Instant now) {
        Map<SiteId, List<Refusal>> refusals = new HashMap<>(asked.refusals());
        cluster.shares().forEach((site, share) -> {
            if (share.isAsked()) {
                refusals.put(site, List.of(Plans.silent()));
            }
        });
        return refuse(cluster, asked.wanted(), refusals, now);
    }

    /** A site has lost its share: nothing is changed with it. */
    Decision<Reservation> onLost(Clustered cluster, Share lost, Instant now) {
        return cluster.change() instanceof Asked asked
                ? refuse(cluster, asked.wanted(), Map.of(lost.site(), List.of(Plans.forgot())), now)
                : Decision.of(cluster);
    }

    /** It is as it was. */
    private Decision<Reservation> refuse(
            Clustered cluster, Request wanted, Map<SiteId, List<Refusal>> why, Instant now) {
        Set<SiteId> asked = new TreeSet<>();
        Map<SiteId, Share> shares = new TreeMap<>(cluster.shares());
        shares.values().stream().filter(share -> share.revised() != null).forEach(share -> asked.add(share.site()));
        shares.replaceAll((site, share) -> share.unrevised());
        Reservation next =
                cluster.with(cluster.details(), new Change.Refused(wanted, why)).with(shares);
        return tell(next, share -> asked.contains(share.site()), now);
    }
}
