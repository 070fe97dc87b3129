package io.archipelago.placement.domain;

import io.archipelago.bus.booking.Absence;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.placement.PlacementMessage;
import io.archipelago.contracts.placement.PlacementMessage.AlternativesFound;
import io.archipelago.contracts.placement.PlacementMessage.CapacityAdvertised;
import io.archipelago.contracts.placement.PlacementMessage.FindAlternatives;
import io.archipelago.contracts.placement.PlacementMessage.PlanRefused;
import io.archipelago.contracts.placement.PlacementMessage.PlanSites;
import io.archipelago.contracts.placement.PlacementMessage.SitesPlanned;
import io.archipelago.contracts.placement.SitePolicy;
import io.archipelago.placement.domain.Rooms.Room;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which sites give how many machines, from what is free here and what peers advertise. It promises nothing.
 *
 * <p>{@link Division} says by what policy. By what is likely at first; if that does not do, by what is possible at best, for a site that is
 * asked knows better.
 */
public final class SitePlanner {

    private static final double CAUTION = 0.9;
    /** What is worse is only that site's. */
    private static final double LEAST = 0.3;

    private final SiteId own;
    private final UnaryOperator<TimeWindow> booked;
    private final @Nullable Double price;
    private final Duration believed;

    /**
     * @param own this site
     * @param booked what is booked for a window: it, and the time for deploying and cleaning
     * @param price of a machine for an hour, as this site tells others; null: none is told
     * @param believed how long what a peer has advertised is likely
     */
    public SitePlanner(SiteId own, UnaryOperator<TimeWindow> booked, @Nullable Double price, Duration believed) {
        this.own = own;
        this.booked = booked;
        this.price = price;
        this.believed = believed;
    }

    /** The same where no path to a peer was ever measured. */
    public PlacementMessage plan(PlanSites question, Calendar all, Map<SiteId, CapacityAdvertised> peers) {
        return plan(question, all, peers, Map.of());
    }

    /**
     * {@link SitesPlanned} or {@link PlanRefused}, which says if only holds at this site stood in the way: they may be gone a moment later.
     *
     * @param roundTrips to peers, in milliseconds, as far as they are known
     */
    public PlacementMessage plan(
            PlanSites question, Calendar all, Map<SiteId, CapacityAdvertised> peers, Map<SiteId, Double> roundTrips) {
        TimeWindow window = booked.apply(question.window());
        // What an earlier attempt has left here is on its way back, and is not in the way of the next one.
        Calendar here = all.without(new AllocationId(question.reservation(), own));
        PlacementMessage plan = plan(question, window, here, peers, roundTrips);
        boolean onlyHolds = plan instanceof PlanRefused
                && plan(question, window, here.withoutHolds(), peers, roundTrips) instanceof SitesPlanned;
        return onlyHolds && plan instanceof PlanRefused refused
                ? here.lastHoldOver(window)
                        .map(until -> passing(refused, until))
                        .orElse(refused)
                : plan;
    }

    private PlanRefused passing(PlanRefused refused, Instant holdsOnlyUntil) {
        Map<SiteId, Refusal> refusals = new TreeMap<>(refused.refusals());
        refusals.computeIfPresent(own, (site, why) -> why.withHoldsOnlyUntil(holdsOnlyUntil));
        return new PlanRefused(refused.reservation(), refused.attempt(), refusals);
    }

    private PlacementMessage plan(
            PlanSites question,
            TimeWindow window,
            Calendar here,
            Map<SiteId, CapacityAdvertised> peers,
            Map<SiteId, Double> roundTrips) {
        Rooms known = new Rooms(own, booked, here, peers, believed);
        if (!known.fits(question, List.of())) {
            Instant earliest = earliestStart(question, List.of(question.frontend()), here, window)
                    .orElse(null);
            return refused(
                    question,
                    Map.of(
                            own,
                            refusal(
                                    question,
                                    own,
                                    "the frontend does not fit on this site's hosts",
                                    here,
                                    earliest,
                                    null)));
        }
        Map<SiteId, Room> rooms = known.of(question, List.of());
        return switch (question.policy()) {
            case SitePolicy.Named named -> named(question, named.machines(), rooms, here);
            case SitePolicy.FewestSites fewest -> divided(Division::fewestSites, question, rooms, here);
            case SitePolicy.Spread spread -> divided(Division::spread, question, rooms, here);
            case SitePolicy.Cheapest cheapest -> divided(Division.cheapest(prices(peers)), question, rooms, here);
            case SitePolicy.Nearest nearest -> divided(Division.cheapest(distances(roundTrips)), question, rooms, here);
        };
    }

    /** The master is nowhere else. */
    private Map<SiteId, Double> distances(Map<SiteId, Double> roundTrips) {
        Map<SiteId, Double> distances = new HashMap<>(roundTrips);
        distances.put(own, 0.0);
        return distances;
    }

    private Map<SiteId, Double> prices(Map<SiteId, CapacityAdvertised> peers) {
        Map<SiteId, Double> prices = new HashMap<>();
        peers.forEach((site, told) -> {
            Double itsPrice = told.price();
            // What can not be a price is none: it would make the site everybody's cheapest.
            if (itsPrice != null && itsPrice >= 0 && Double.isFinite(itsPrice)) {
                prices.put(site, itsPrice);
            }
        });
        if (price != null) {
            prices.put(own, price);
        }
        return prices;
    }

    private PlacementMessage divided(Division division, PlanSites question, Map<SiteId, Room> rooms, Calendar here) {
        return plan(division, question, rooms)
                .orElseGet(() -> refused(question, tooFew(question, rooms, here, booked.apply(question.window()))));
    }

    /** First by what is likely, once some have refused with caution; then by what is possible. */
    private Optional<PlacementMessage> plan(Division division, PlanSites question, Map<SiteId, Room> rooms) {
        double less = shrink(rooms);
        List<Map.Entry<SiteId, Room>> likeliestFirst = rooms.entrySet().stream()
                .sorted(Comparator.comparing(
                                (Map.Entry<SiteId, Room> e) -> !e.getKey().equals(own))
                        .thenComparing(e -> -e.getValue().likely())
                        .thenComparing(Map.Entry::getKey))
                .toList();
        return Stream.<ToIntFunction<Room>>of(room -> room.times(less), Room::likely, Room::possible)
                .map(most -> {
                    SequencedMap<SiteId, Integer> sites = new LinkedHashMap<>();
                    likeliestFirst.forEach(site -> sites.put(site.getKey(), most.applyAsInt(site.getValue())));
                    return division.of(question.compute().count(), own, sites);
                })
                .flatMap(Optional::stream)
                .findFirst()
                .map(computes -> new SitesPlanned(question.reservation(), question.attempt(), computes));
    }

    /**
     * What could be had instead of something that was refused, by what is likely: nobody has been asked yet.
     *
     * @param all what is booked here, every booking of it
     */
    public AlternativesFound alternatives(
            FindAlternatives question, Calendar all, Map<SiteId, CapacityAdvertised> peers) {
        PlanSites refused = question.request();
        // What an attempt has left here is on its way back.
        Calendar here = all.without(new AllocationId(refused.reservation(), own));
        TreeSet<Instant> changes =
                new TreeSet<>(here.changes(booked.apply(refused.window()).start()));
        peers.values().forEach(peer -> peer.slices().forEach(slice -> changes.add(slice.from())));
        Alternatives search = new Alternatives(changes, new Rooms(own, booked, here, peers, believed));
        return new AlternativesFound(refused.reservation(), search.to(question));
    }

    /**
     * By how much less peers had that refused than was likely of them, and a bit: a window that touches several slices finds less than the least of them.
     * So it will be at the others. 1 if none has refused.
     */
    private double shrink(Map<SiteId, Room> rooms) {
        int said = 0;
        int advertised = 0;
        for (Map.Entry<SiteId, Room> site : rooms.entrySet()) {
            if (site.getValue().known() && !site.getKey().equals(own)) {
                said += site.getValue().likely();
                advertised += site.getValue().advertised();
            }
        }
        return said < advertised ? Math.max(LEAST, CAUTION * said / advertised) : 1;
    }

    /** They are asked for whatever is possible, for the tenant wants no others. */
    private PlacementMessage named(
            PlanSites question, Map<SiteId, Integer> named, Map<SiteId, Room> rooms, Calendar here) {
        Map<SiteId, Integer> computes = new HashMap<>(Map.of(own, 0));
        computes.putAll(named);
        boolean fits = named.entrySet().stream().allMatch(e -> {
            Room room = rooms.get(e.getKey());
            return room != null && e.getValue() <= room.possible();
        });
        return fits
                ? new SitesPlanned(question.reservation(), question.attempt(), computes)
                : refused(question, tooFew(question, named, rooms, here));
    }

    /** Together: what each of them could give. */
    private Map<SiteId, Refusal> tooFew(PlanSites question, Map<SiteId, Room> rooms, Calendar here, TimeWindow window) {
        Map<SiteId, Refusal> refusals = new TreeMap<>();
        rooms.forEach((site, room) -> refusals.put(
                site,
                refusal(
                        question,
                        site,
                        "together the sites have too few machines: of "
                                + question.compute().count() + " compute machines at most " + room.possible()
                                + " fit here throughout the window",
                        here,
                        site.equals(own) ? earliestStart(question, here, window).orElse(null) : null,
                        room.possible())));
        return refusals;
    }

    /** Each of those that can not give what is asked of it. One that is excluded has said itself why. */
    private Map<SiteId, Refusal> tooFew(
            PlanSites question, Map<SiteId, Integer> named, Map<SiteId, Room> rooms, Calendar here) {
        Map<SiteId, Refusal> refusals = new TreeMap<>();
        named.forEach((site, machines) -> {
            Room room = rooms.get(site);
            if (room != null && machines > room.possible()) {
                String detail = "of the " + machines + " compute machines asked of this site at most " + room.possible()
                        + " fit throughout the window";
                refusals.put(site, refusal(question, site, detail, here, null, room.possible()));
            } else if (room == null && !question.excluded().contains(site)) {
                refusals.put(site, refusal(question, site, "no such site has told us what it has", here, null, null));
            }
        });
        return refusals;
    }

    private Refusal refusal(
            PlanSites question,
            SiteId site,
            String detail,
            Calendar here,
            @Nullable Instant earliestStart,
            @Nullable Integer machines) {
        String absent = site.equals(own) ? Absence.of(here.pools(), "hosts", booked.apply(question.window())) : "";
        return new Refusal(ErrorCode.NO_CAPACITY, "machines", detail + absent, null, earliestStart, machines);
    }

    private static PlanRefused refused(PlanSites question, Map<SiteId, Refusal> refusals) {
        return new PlanRefused(question.reservation(), question.attempt(), refusals);
    }

    /** When the window asked for could start; what is booked starts earlier. */
    private static Optional<Instant> earliestStart(PlanSites question, Calendar here, TimeWindow booked) {
        return question.compute().count() > Rooms.names(question)
                ? Optional.empty()
                : earliestStart(question, List.of(question.frontend(), question.compute()), here, booked);
    }

    private static Optional<Instant> earliestStart(
            PlanSites question, List<MachineGroup> groups, Calendar here, TimeWindow booked) {
        Duration lead = Duration.between(booked.start(), question.window().start());
        return EarliestFit.in(here, groups, Map.of(), booked).map(start -> start.plus(lead));
    }

    /**
     * What this site advertises.
     *
     * @param atMost so many slices, 2 or more
     */
    public CapacityAdvertised advertise(Calendar here, Instant now, int atMost) {
        return Advertisement.of(own, here, now, atMost).withPrice(price);
    }
}
