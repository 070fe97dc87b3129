package io.archipelago.placement.domain;

import io.archipelago.bus.booking.Calendar;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.placement.PlacementMessage.CapacityAdvertised;
import io.archipelago.contracts.placement.PlacementMessage.PlanSites;
import io.archipelago.contracts.placement.SitePolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * How many compute machines each site has room for throughout a window, as far as is known here.
 *
 * @param own this site
 * @param booked what is booked for a window
 * @param here what is booked here
 * @param peers what they advertise
 * @param believed how long what a peer has advertised is likely
 */
record Rooms(
        SiteId own,
        UnaryOperator<TimeWindow> booked,
        Calendar here,
        Map<SiteId, CapacityAdvertised> peers,
        Duration believed) {

    /**
     * How many compute machines a site has room for, as far as is known here.
     *
     * @param advertised what is likely by what it advertised
     * @param best what it has if nothing is booked
     * @param most more are not to be asked for
     * @param known whether {@code most} is what the site has said itself
     */
    record Room(int advertised, int best, int most, boolean known) {

        int likely() {
            return known ? Math.min(most, best) : Math.min(most, advertised);
        }

        int possible() {
            return Math.min(most, best);
        }

        int times(double less) {
            return known ? likely() : (int) (likely() * less);
        }
    }

    /**
     * What another alternative is likely to take.
     *
     * @param booked for when
     * @param computes of each site
     */
    record Taken(TimeWindow booked, Map<SiteId, Integer> computes) {

        private Stream<MachineGroup> groupsAt(SiteId own, PlanSites question) {
            int here = computes.getOrDefault(own, 0);
            return here == 0
                    ? Stream.of(question.frontend())
                    : Stream.of(question.frontend(), like(question.compute(), here));
        }

        private static MachineGroup like(MachineGroup group, int count) {
            return new MachineGroup(
                    group.role(),
                    group.firstOrdinal(),
                    count,
                    group.cpus(),
                    group.memoryBytes(),
                    group.diskBytes(),
                    group.maxPerHost());
        }
    }

    /** @param before what has its hosts here already */
    Map<SiteId, Room> of(PlanSites question, List<MachineGroup> before) {
        TimeWindow window = booked.apply(question.window());
        int names = names(question);
        List<MachineGroup> others =
                Stream.concat(before.stream(), Stream.of(question.frontend())).toList();
        int atHome = Packing.most(question.compute(), others, here.availability(), window);
        Map<SiteId, Room> rooms = new TreeMap<>();
        rooms.put(own, new Room(atHome, atHome, Math.min(names, question.limit(own)), true));
        peers.forEach((site, told) -> {
            if (!site.equals(own) && !question.excluded().contains(site)) {
                Advertisement advertisement = new Advertisement(told);
                int limit = question.limit(site);
                // Of a site that is not heard of any more nothing is likely: it is asked if the others do not do.
                int likely = isOld(told) ? 0 : advertisement.likely(question.compute(), window);
                int possible = advertisement.possible(question.compute(), window);
                rooms.put(site, new Room(likely, Math.max(likely, possible), Math.min(names, limit), limit < names));
            }
        });
        return rooms;
    }

    private boolean isOld(CapacityAdvertised told) {
        return told.at().plus(believed).isBefore(here.now());
    }

    /** Whether the frontend fits here beside what has its hosts already. */
    boolean fits(PlanSites question, List<MachineGroup> before) {
        MachineGroup frontend = question.frontend();
        TimeWindow window = booked.apply(question.window());
        return Packing.most(frontend, before, here.availability(), window) == frontend.count();
    }

    /**
     * How many compute machines each site is likely to give, all together not more than are asked for; none if the frontend does not fit.
     *
     * @param beside what is to be had at the same time
     */
    Map<SiteId, Integer> likely(PlanSites question, List<Taken> beside) {
        TimeWindow window = booked.apply(question.window());
        List<Taken> overlapping =
                beside.stream().filter(taken -> taken.booked().overlaps(window)).toList();
        List<MachineGroup> before = overlapping.stream()
                .flatMap(taken -> taken.groupsAt(own, question))
                .toList();
        Map<SiteId, Integer> likely = new TreeMap<>();
        int missing = question.compute().count();
        if (!fits(question, before)) {
            return likely;
        }
        for (Map.Entry<SiteId, Room> site : of(question, before).entrySet()) {
            int wanted = question.policy() instanceof SitePolicy.Named named
                    ? named.machines().getOrDefault(site.getKey(), 0)
                    : missing;
            int taken = site.getKey().equals(own)
                    ? 0
                    : overlapping.stream()
                            .mapToInt(other -> other.computes().getOrDefault(site.getKey(), 0))
                            .sum();
            int room = Math.max(0, site.getValue().likely() - taken);
            int given = Math.min(Math.min(missing, wanted), room);
            if (given > 0) {
                likely.put(site.getKey(), given);
                missing -= given;
            }
        }
        return likely;
    }

    /** How many compute machines the cluster's network has addresses for at one site: a small one has fewer than a site has processors. */
    static int names(PlanSites question) {
        String network = question.network();
        return network == null
                ? Integer.MAX_VALUE
                : ClusterAddressing.of(network, question.reservation()).computeOrdinals();
    }
}
