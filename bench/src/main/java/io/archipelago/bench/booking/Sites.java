package io.archipelago.bench.booking;

import io.archipelago.bench.booking.Clusters.Size;
import io.archipelago.bench.booking.Site.Answer;
import io.archipelago.bus.booking.Booking;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.AllocationSpec.Software;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.contracts.placement.PlacementMessage.CapacityAdvertised;
import io.archipelago.contracts.placement.PlacementMessage.PlanSites;
import io.archipelago.contracts.placement.PlacementMessage.SitesPlanned;
import io.archipelago.contracts.placement.SitePolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;

/** Sites that know what each other has, and clusters drawn by lot for them. */
final class Sites {

    private static final String NETWORK = "172.16.0.0/12";
    private static final int FRONTEND = 4093;
    static final int SMALL_CPUS = 2;
    /** Of which a host takes one at most. */
    static final int LARGE_CPUS = 40;
    /** A frontend and two others. */
    static final int SMALL_MACHINES = 3;

    private static final int MOST_HOURS = 24;
    /** As many as the master makes by default. */
    private static final int ATTEMPTS = 6;

    private static final Duration HOLD = Duration.ofMinutes(5);

    private final List<Site> sites = new ArrayList<>();
    private final Map<SiteId, CapacityAdvertised> advertised = new LinkedHashMap<>();
    private final SplittableRandom random;

    /** @param bookings how many there are at all sites together */
    Sites(int count, int hosts, int bookings, int seed) {
        random = new SplittableRandom(seed);
        for (int number = 1; number <= count; number++) {
            Site site = Site.of(number, hosts, bookings / count, random);
            sites.add(site);
            advertised.put(site.id(), site.advertise());
        }
    }

    /** What was held at a site. */
    record Held(Site site, List<Booking> bookings) {}

    /** A cluster with so many large machines. */
    PlanSites large(int machines) {
        return question(machines, LARGE_CPUS);
    }

    private PlanSites question(int machines, int cpus) {
        return new PlanSites(
                new ReservationId(new UUID(random.nextLong(), random.nextLong())),
                1,
                window(),
                new MachineGroup(MachineRole.FRONTEND, FRONTEND, 1, SMALL_CPUS, SMALL_CPUS * Site.GIB, Site.GIB, 1),
                computes(machines, cpus),
                new SitePolicy.FewestSites(),
                Set.of(),
                NETWORK,
                Map.of());
    }

    private static MachineGroup computes(int machines, int cpus) {
        return new MachineGroup(MachineRole.COMPUTE, 1, machines, cpus, cpus * Site.GIB, Site.GIB, machines);
    }

    private TimeWindow window() {
        Duration length = Duration.ofHours(random.nextInt(1, MOST_HOURS + 1));
        var start = Site.BEGIN.plusSeconds(random.nextLong(Site.AHEAD.toSeconds()));
        return new TimeWindow(start, start.plus(length));
    }

    /**
     * Plans a cluster and holds it at every site of the plan. Where a site refuses, what was held is given back, and another plan is made that asks
     * it for fewer machines, as the master does; so often at most.
     *
     * @return what is held then; empty if no plan was left
     */
    List<Held> planAndHold(PlanSites first) {
        Map<SiteId, Integer> limits = new HashMap<>();
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            PlanSites question = limited(first, limits);
            if (!(first().plan(question, advertised) instanceof SitesPlanned plan)) {
                return List.of();
            }
            List<Held> held = new ArrayList<>();
            Optional<SiteId> refused = hold(question, plan, held, limits);
            if (refused.isEmpty()) {
                return held;
            }
            giveBack(held);
        }
        return List.of();
    }

    /** Returns the site that refused, whose limit it has set then. */
    private Optional<SiteId> hold(PlanSites question, SitesPlanned plan, List<Held> held, Map<SiteId, Integer> limits) {
        for (Site site : sites) {
            Integer machines = plan.computes().get(site.id());
            if (machines != null) {
                Answer answer = site.hold(command(site, question, machines));
                if (answer.isRefusal()) {
                    limits.put(site.id(), answer.machines());
                    return Optional.of(site.id());
                }
                held.add(new Held(site, answer.bookings()));
            }
        }
        return Optional.empty();
    }

    private static PlanSites limited(PlanSites question, Map<SiteId, Integer> limits) {
        return new PlanSites(
                question.reservation(),
                question.attempt(),
                question.window(),
                question.frontend(),
                question.compute(),
                question.policy(),
                question.excluded(),
                question.network(),
                limits);
    }

    static void giveBack(List<Held> held) {
        held.forEach(each -> each.site().giveBack(each.bookings()));
    }

    private HoldAllocation command(Site site, PlanSites question, int machines) {
        List<MachineGroup> groups = new ArrayList<>();
        if (site == sites.getFirst()) {
            groups.add(question.frontend());
        }
        if (machines > 0) {
            groups.add(computes(machines, question.compute().cpus()));
        }
        return command(site, question.reservation(), question.window(), groups);
    }

    /** A small cluster for the first site. */
    HoldAllocation small() {
        int computes = SMALL_MACHINES - 1;
        PlanSites question = question(computes, SMALL_CPUS);
        return command(sites.getFirst(), question, computes);
    }

    /** Of a machine with so many processors. */
    static Size size(int cpus) {
        return new Size(cpus, cpus * Site.GIB / Site.MIB);
    }

    Site first() {
        return sites.getFirst();
    }

    private HoldAllocation command(Site site, ReservationId reservation, TimeWindow window, List<MachineGroup> groups) {
        return new HoldAllocation(
                new AllocationId(reservation, site.id()),
                1,
                Set.of(Participant.PLACEMENT),
                new AllocationSpec(
                        new TenantId("bench"),
                        "bench",
                        site.number(),
                        sites.getFirst().id(),
                        List.of(),
                        window,
                        groups,
                        NETWORK,
                        new Software("debian-12", List.of())),
                Facts.OfSite.unknown(),
                HOLD);
    }
}
