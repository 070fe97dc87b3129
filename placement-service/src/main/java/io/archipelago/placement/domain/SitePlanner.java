package io.archipelago.placement.domain;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.booking.Silence;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.placement.CapacitySlice;
import io.archipelago.contracts.placement.CapacitySlice.HostClass;
import io.archipelago.contracts.placement.PlacementMessage;
import io.archipelago.contracts.placement.PlacementMessage.CapacityAdvertised;
import io.archipelago.contracts.placement.PlacementMessage.PlanRefused;
import io.archipelago.contracts.placement.PlacementMessage.PlanSites;
import io.archipelago.contracts.placement.PlacementMessage.SitesPlanned;
import io.archipelago.contracts.placement.SitePolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Which sites give how many machines, from what is free here and what peers advertise. It promises nothing.
 *
 * <p>FEWEST_SITES: the master takes part in any case and gives what it can; the rest is taken from the peers with most room first, which
 * needs the fewest of them.
 */
public final class SitePlanner {

    private final SiteId own;
    private final UnaryOperator<TimeWindow> booked;

    /**
     * @param own this site
     * @param booked what is booked for a window: it, and the time for deploying and cleaning
     */
    public SitePlanner(SiteId own, UnaryOperator<TimeWindow> booked) {
        this.own = own;
        this.booked = booked;
    }

    /** {@link SitesPlanned} or {@link PlanRefused}, which says if only holds at this site stood in the way: they may be gone a moment later. */
    public PlacementMessage plan(PlanSites question, Calendar all, Map<SiteId, CapacityAdvertised> peers) {
        TimeWindow window = booked.apply(question.window());
        // What an earlier attempt has left here is on its way back, and is not in the way of the next one.
        Calendar here = all.without(new AllocationId(question.reservation(), own));
        PlacementMessage plan = plan(question, window, here, peers);
        boolean onlyHolds = plan instanceof PlanRefused
                && plan(question, window, here.withoutHolds(), peers) instanceof SitesPlanned;
        return onlyHolds && plan instanceof PlanRefused refused
                ? here.lastHoldOver(window)
                        .map(until -> passing(refused, until))
                        .orElse(refused)
                : plan;
    }

    private PlanRefused passing(PlanRefused refused, Instant holdsOnlyUntil) {
        Map<SiteId, Refusal> refusals = new TreeMap<>(refused.refusals());
        refusals.computeIfPresent(
                own,
                (site, why) ->
                        new Refusal(why.code(), why.resource(), why.detail(), holdsOnlyUntil, why.earliestStart()));
        return new PlanRefused(refused.reservation(), refused.attempt(), refusals);
    }

    private PlacementMessage plan(
            PlanSites question, TimeWindow window, Calendar here, Map<SiteId, CapacityAdvertised> peers) {
        Map<SiteId, Integer> room = new TreeMap<>();
        peers.forEach((site, advertised) -> {
            if (!site.equals(own) && !question.excluded().contains(site)) {
                room.put(site, room(advertised, window, question.compute()));
            }
        });
        int atHome = Packing.most(question.compute(), List.of(question.frontend()), here.availability(), window);
        boolean frontendFits = Packing.of(List.of(question.frontend()), here.availability(), window)
                .isPresent();
        room.put(own, atHome);
        int names = names(question);
        room.replaceAll((site, machines) -> Math.min(machines, names));
        if (!frontendFits) {
            Instant earliest = earliestStart(question, here, window).orElse(null);
            return refused(
                    question,
                    Map.of(own, refusal(own, "the frontend does not fit on this site's hosts", here, earliest)));
        }
        return switch (question.policy()) {
            case SitePolicy.FewestSites fewest -> fewestSites(question, room, here, window);
            case SitePolicy.Named named -> named(question, named.machines(), room, here);
        };
    }

    /** How many compute machines the cluster's network has addresses for at one site: a small one has fewer than a site has processors. */
    private static int names(PlanSites question) {
        String network = question.network();
        return network == null
                ? Integer.MAX_VALUE
                : ClusterAddressing.of(network, question.reservation()).computeOrdinals();
    }

    private PlacementMessage fewestSites(
            PlanSites question, Map<SiteId, Integer> room, Calendar here, TimeWindow window) {
        Map<SiteId, Integer> computes = new LinkedHashMap<>();
        int missing = question.compute().count();
        List<SiteId> order = room.keySet().stream()
                .sorted(Comparator.comparing((SiteId s) -> !s.equals(own))
                        .thenComparing(s -> -room.getOrDefault(s, 0))
                        .thenComparing(s -> s))
                .toList();
        for (SiteId site : order) {
            int taken = Math.min(missing, room.getOrDefault(site, 0));
            if (taken > 0 || site.equals(own)) {
                computes.put(site, taken);
                missing -= taken;
            }
        }
        return missing == 0
                ? new SitesPlanned(question.reservation(), question.attempt(), computes)
                : refused(question, tooFew(question, room, here, window));
    }

    private PlacementMessage named(
            PlanSites question, Map<SiteId, Integer> named, Map<SiteId, Integer> room, Calendar here) {
        Map<SiteId, Integer> computes = new HashMap<>(Map.of(own, 0));
        computes.putAll(named);
        boolean fits = named.entrySet().stream().allMatch(e -> e.getValue() <= room.getOrDefault(e.getKey(), 0));
        return fits
                ? new SitesPlanned(question.reservation(), question.attempt(), computes)
                : refused(question, tooFew(question, named, room, here));
    }

    /** Together: what each of them could give. */
    private Map<SiteId, Refusal> tooFew(
            PlanSites question, Map<SiteId, Integer> room, Calendar here, TimeWindow window) {
        Map<SiteId, Refusal> refusals = new TreeMap<>();
        room.forEach((site, machines) -> refusals.put(
                site,
                refusal(
                        site,
                        "together the sites have too few machines: of "
                                + question.compute().count() + " compute machines, " + machines
                                + " fit here throughout the window",
                        here,
                        site.equals(own) ? earliestStart(question, here, window).orElse(null) : null)));
        return refusals;
    }

    /** Each of those that can not give what is asked of it. One that is excluded has said itself why. */
    private Map<SiteId, Refusal> tooFew(
            PlanSites question, Map<SiteId, Integer> named, Map<SiteId, Integer> room, Calendar here) {
        Map<SiteId, Refusal> refusals = new TreeMap<>();
        named.forEach((site, machines) -> {
            Integer fits = room.get(site);
            if (fits != null && machines > fits) {
                String detail = "of the " + machines + " compute machines asked of this site, " + fits
                        + " fit throughout the window";
                refusals.put(site, refusal(site, detail, here, null));
            } else if (fits == null && !question.excluded().contains(site)) {
                refusals.put(site, refusal(site, "no such site has told us what it has", here, null));
            }
        });
        return refusals;
    }

    private Refusal refusal(SiteId site, String detail, Calendar here, @Nullable Instant earliestStart) {
        String silence = site.equals(own) ? Silence.of(here.pools(), "hosts") : "";
        return new Refusal(ErrorCode.NO_CAPACITY, "machines", detail + silence, null, earliestStart);
    }

    private static PlanRefused refused(PlanSites question, Map<SiteId, Refusal> refusals) {
        return new PlanRefused(question.reservation(), question.attempt(), refusals);
    }

    /** When the window asked for could start; what is booked starts earlier. */
    private static Optional<Instant> earliestStart(PlanSites question, Calendar here, TimeWindow booked) {
        if (question.compute().count() > names(question)) {
            return Optional.empty();
        }
        Duration lead = Duration.between(booked.start(), question.window().start());
        List<MachineGroup> groups = List.of(question.frontend(), question.compute());
        return new EarliestFit(groups, Map.of(), here.availability())
                .start(booked)
                .map(start -> start.plus(lead));
    }

    /** The least number of machines that fit in any slice that the window touches. */
    private static int room(CapacityAdvertised advertised, TimeWindow window, MachineGroup compute) {
        int least = Integer.MAX_VALUE;
        List<CapacitySlice> slices = advertised.slices();
        for (int i = 0; i < slices.size(); i++) {
            boolean over = i + 1 < slices.size() && !slices.get(i + 1).from().isAfter(window.start());
            boolean later = i > 0 && !slices.get(i).from().isBefore(window.end());
            if (!over && !later) {
                least = Math.min(least, fits(slices.get(i).hosts(), compute));
            }
        }
        return slices.isEmpty() ? 0 : least;
    }

    private static int fits(List<HostClass> hosts, MachineGroup compute) {
        return hosts.stream()
                .mapToInt(h -> h.fits(compute.cpus(), compute.memoryBytes(), compute.maxPerHost()))
                .sum();
    }

    /**
     * What this site advertises: its free capacity from now on, a slice for each of the next changes, at most so many. If there are more changes than
     * that, the last slice is all that there is: what is booked beyond it is not told, and a hold will say whether it is free.
     */
    public CapacityAdvertised advertise(Calendar here, Instant now, int atMost) {
        List<Instant> changes = here.changes(now);
        boolean all = changes.size() <= atMost;
        List<CapacitySlice> slices = new ArrayList<>();
        for (Instant from : changes.subList(0, all ? changes.size() : atMost - 1)) {
            TimeWindow instant = new TimeWindow(from, from.plus(Duration.ofNanos(1)));
            slices.add(new CapacitySlice(from, classes(here, host -> here.free(host, instant))));
        }
        if (!all) {
            slices.add(new CapacitySlice(changes.get(atMost - 1), classes(here, Pool::capacity)));
        }
        return new CapacityAdvertised(own, now, slices);
    }

    private static List<HostClass> classes(Calendar here, Function<Pool, Amounts> room) {
        Map<List<Long>, Integer> counts = new LinkedHashMap<>();
        here.open().forEach(host -> {
            Amounts free = room.apply(host);
            counts.merge(List.of(free.get(PlacementLogic.CPUS), free.get(PlacementLogic.MEMORY)), 1, Integer::sum);
        });
        return counts.entrySet().stream()
                .map(e -> new HostClass(
                        e.getValue(), e.getKey().get(0).intValue(), e.getKey().get(1)))
                .toList();
    }
}
