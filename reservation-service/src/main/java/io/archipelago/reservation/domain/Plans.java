package io.archipelago.reservation.domain;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.HoldPurpose;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.placement.PlacementMessage.PlanSites;
import io.archipelago.reservation.domain.Reservation.Planning;
import io.archipelago.reservation.domain.Share.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** How a plan becomes shares, and what is tried after one has failed. */
final class Plans {

    private final Sites sites;
    private final Pace pace;

    Plans(Sites sites, Pace pace) {
        this.sites = sites;
        this.pace = pace;
    }

    PlanSites question(Details details, Attempt attempt) {
        Request request = details.request();
        return new PlanSites(
                details.id(),
                attempt.number(),
                request.window(),
                request.frontend(),
                request.compute(),
                request.policy(),
                attempt.excluded(),
                request.network(),
                limits(attempt.refusals(), attempt.excluded()),
                details.purpose() == HoldPurpose.OFFER ? true : null);
    }

    /** Of sites that are asked again for fewer machines than they refused. */
    private static Map<SiteId, Integer> limits(Map<SiteId, List<Refusal>> refusals, Set<SiteId> excluded) {
        Map<SiteId, Integer> limits = new HashMap<>();
        refusals.forEach((site, why) ->
                limit(why).filter(limit -> !excluded.contains(site)).ifPresent(limit -> limits.put(site, limit)));
        return limits;
    }

    /** How many compute machines a site can give that refused for good; empty if fewer would not help. */
    static Optional<Integer> limit(List<Refusal> refusals) {
        return passing(refusals) || refusals.stream().anyMatch(r -> r.machines() == null)
                ? Optional.empty()
                : refusals.stream()
                        .map(Refusal::machines)
                        .filter(Objects::nonNull)
                        .min(Comparator.naturalOrder());
    }

    /** The shares of a plan, numbered on from what each site was told before. */
    List<Share> shares(Details details, Map<SiteId, Integer> computes, Map<SiteId, Share> before, Instant now) {
        Set<SiteId> taking = new TreeSet<>(computes.keySet());
        taking.add(sites.own());
        List<Share> shares = new ArrayList<>();
        for (SiteId site : taking) {
            AllocationId id = new AllocationId(details.id(), site);
            long sequence =
                    Optional.ofNullable(before.get(site)).map(Share::sequence).orElse(0L) + 1;
            shares.add(Share.hold(
                    id,
                    spec(details, site, taking, computes.getOrDefault(site, 0)),
                    sequence,
                    now.plus(pace.again(1))));
        }
        return shares;
    }

    /** What the sites chose, merged: from here on each can act alone. */
    Facts.OfCluster merge(Collection<Share> shares) {
        Map<Boolean, List<Facts.Shared>> byRole = new TreeMap<>();
        for (Share share : shares) {
            if (share.stage() == Stage.HELD) {
                byRole.computeIfAbsent(!share.site().equals(sites.own()), worker -> new ArrayList<>())
                        .add(Objects.requireNonNull(share.facts(), "a share that is held has facts"));
            }
        }
        List<Facts.Shared> masterFirst =
                byRole.values().stream().flatMap(List::stream).toList();
        return Facts.OfCluster.of(masterFirst);
    }

    /** The sites whose gateways and this one's have no way to be joined, with the refusal that this is. */
    Map<SiteId, List<Refusal>> unlinkable(Map<SiteId, Share> shares) {
        Map<SiteId, List<Refusal>> unlinkable = new HashMap<>();
        Facts.Endpoint own = endpoint(shares.get(sites.own()));
        shares.forEach((site, share) -> {
            if ((share.stage() == Stage.HELD || share.stage() == Stage.PROBED)
                    && !site.equals(sites.own())
                    && Facts.Endpoint.agreed(own, endpoint(share)).isEmpty()) {
                unlinkable.put(
                        site,
                        List.of(Refusal.of(
                                ErrorCode.UNSUPPORTED, "link", "the site joins links in no way that the master can")));
            }
        });
        return unlinkable;
    }

    private static Facts.Endpoint endpoint(@Nullable Share share) {
        Facts.Shared facts =
                Objects.requireNonNull(share, "the master has a share").facts();
        return Objects.requireNonNull(facts, "a share that is held has facts").endpoint();
    }

    /** The sites of a plan that are no longer peers, with the refusal that this is. */
    Map<SiteId, List<Refusal>> strangers(Set<SiteId> planned) {
        Map<SiteId, List<Refusal>> strangers = new HashMap<>();
        planned.stream()
                .filter(site -> !sites.numbers().containsKey(site))
                .forEach(site -> strangers.put(
                        site, List.of(Refusal.of(ErrorCode.UNSUPPORTED, "machines", "the site is not a peer"))));
        return strangers;
    }

    /** The refusal that it is for who only asks, and has waited long enough for somebody to plan it. */
    static Refusal placementIsSilent() {
        return Refusal.of(ErrorCode.NO_ANSWER, "machines", "no sites were planned in time; ask again later");
    }

    /** The refusal that a share is which its site gave back before it was confirmed everywhere. */
    static Refusal gaveBack() {
        return Refusal.of(ErrorCode.HOLD_EXPIRED, "hold", "the site gave the share back before all had confirmed");
    }

    /** The refusal that a confirmed share is of which its site knows nothing any more. */
    static Refusal forgot() {
        return Refusal.of(ErrorCode.SHARE_LOST, "hold", "the site no longer knows of the share that it had confirmed");
    }

    /** The refusal that silence is. */
    static Refusal silent() {
        return Refusal.of(ErrorCode.NO_ANSWER, "machines", "the site did not answer in time");
    }

    /** The sites that have not answered, with the refusal that silence is. */
    Map<SiteId, List<Refusal>> silent(Map<SiteId, Share> shares, Stage stage) {
        Map<SiteId, List<Refusal>> silent = new HashMap<>();
        shares.forEach((site, share) -> {
            if (share.stage() == stage) {
                silent.put(site, List.of(silent()));
            }
        });
        return silent;
    }

    /** The attempt after one that failed; empty if there is no use in another. */
    Optional<Attempt> next(Attempt attempt, Map<SiteId, List<Refusal>> failed) {
        List<Refusal> own = failed.getOrDefault(sites.own(), List.of());
        boolean ownForGood = !passing(own) && limit(own).isEmpty();
        if (attempt.number() >= pace.attempts() || ownForGood) {
            return Optional.empty();
        }
        Set<SiteId> excluded = new HashSet<>(attempt.excluded());
        Map<SiteId, List<Refusal>> refusals = new HashMap<>(attempt.refusals());
        failed.forEach((site, why) -> {
            // That only holds stood in the way of a few machines does not mean that there are more.
            refusals.merge(
                    site,
                    why,
                    (former, latest) -> passing(latest) && limit(former).isPresent() ? former : latest);
            boolean canGiveSome = limit(why).filter(machines -> machines > 0).isPresent();
            if (!site.equals(sites.own()) && !passing(why) && !canGiveSome) {
                excluded.add(site);
            }
        });
        return Optional.of(new Attempt(attempt.number() + 1, excluded, refusals));
    }

    /** A request for which placement has no plan, a moment later, if only holds stood in the way; empty if there is no use in that. */
    Optional<Planning> again(Planning planning, Map<SiteId, List<Refusal>> refusals, Instant now) {
        Attempt attempt = planning.attempt();
        boolean mayPass = refusals.values().stream().anyMatch(Plans::passing);
        if (!mayPass || attempt.number() >= pace.attempts()) {
            return Optional.empty();
        }
        Details details = planning.details();
        Attempt again = new Attempt(attempt.number() + 1, attempt.excluded(), attempt.refusals());
        Duration pause = pause(details.id(), again, refusals, planning.shares().values());
        return Optional.of(new Planning(details, again, planning.shares(), 0, now.plus(pause)));
    }

    /** Why there is no plan: a peer has said itself why; of this site the plan knows better than an attempt at a part of it. */
    Map<SiteId, List<Refusal>> why(Attempt attempt, Map<SiteId, List<Refusal>> refusals) {
        Map<SiteId, List<Refusal>> why = new HashMap<>(refusals);
        attempt.refusals().forEach((site, said) -> {
            if (!site.equals(sites.own()) || !why.containsKey(site)) {
                why.put(site, said);
            }
        });
        return why;
    }

    /**
     * How long to wait before another attempt, so that two reservations whose holds block each other do not meet again. Where machines of the last one
     * are still to be removed, long enough for that.
     *
     * @param givenUp the shares of the last attempt, as they were then
     */
    Duration pause(ReservationId id, Attempt next, Map<SiteId, List<Refusal>> failed, Collection<Share> givenUp) {
        boolean removing = failed.values().stream().anyMatch(Plans::stillThere)
                || givenUp.stream().anyMatch(Share::begun);
        if (!removing && failed.values().stream().noneMatch(Plans::passing)) {
            return Duration.ZERO;
        }
        long spread = Math.floorMod(Objects.hash(id, next.number()) * 31L, 1000L);
        Duration jitter = Duration.ofMillis(200L + spread * next.number());
        return removing ? jitter.plus(pace.again(next.number())) : jitter;
    }

    /** Whether only holds stood in the way, a hold ran out, or an earlier attempt's machines are being removed: it may go better a moment later. */
    static boolean passing(List<Refusal> refusals) {
        return refusals.stream()
                .allMatch(r -> r.code() == ErrorCode.HOLD_EXPIRED
                        || r.code() == ErrorCode.WAITING
                        || r.holdsOnlyUntil() != null);
    }

    /** Whether the site refuses because what it was given earlier is not yet gone. */
    static boolean stillThere(List<Refusal> refusals) {
        return refusals.stream().anyMatch(r -> r.code() == ErrorCode.WAITING);
    }

    private AllocationSpec spec(Details details, SiteId site, Set<SiteId> taking, int computes) {
        Request request = details.request();
        boolean master = site.equals(sites.own());
        List<MachineGroup> groups = new ArrayList<>();
        if (master) {
            int ordinal = ClusterAddressing.of(request.network(), details.id()).frontendOrdinal();
            groups.add(group(request.frontend(), ordinal, 1));
        }
        if (computes > 0) {
            groups.add(group(request.compute(), 1, computes));
        }
        List<SiteId> peers =
                master ? taking.stream().filter(s -> !s.equals(site)).toList() : List.of(sites.own());
        return new AllocationSpec(
                details.tenant(),
                request.name(),
                sites.number(site),
                sites.own(),
                peers,
                request.window(),
                groups,
                request.network(),
                request.software(),
                request.bandwidth());
    }

    static MachineGroup group(MachineGroup like, int firstOrdinal, int count) {
        return new MachineGroup(
                like.role(), firstOrdinal, count, like.cpus(), like.memoryBytes(), like.diskBytes(), like.maxPerHost());
    }
}
