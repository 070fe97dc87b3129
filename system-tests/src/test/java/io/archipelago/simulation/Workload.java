package io.archipelago.simulation;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationSpec.Software;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.contracts.placement.SitePolicy;
import io.archipelago.reservation.domain.Details;
import io.archipelago.reservation.domain.Proposal.Wish;
import io.archipelago.reservation.domain.Request;
import io.archipelago.reservation.domain.Reservation;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A few reservations that want much the same at much the same time. */
final class Workload {

    private static final long SECOND = Scheduler.SECOND;

    /** Of what sites promise each other, two times that is too much. */
    private static final long BANDWIDTH = 400_000;

    private final World world;
    private final Dice dice;
    private final List<Long> starts = new ArrayList<>();
    private long lastEnd;

    Workload(World world) {
        this.world = world;
        this.dice = world.dice();
    }

    /** Plans all requests and cancellations; answers when the last window ends, in true time. */
    long begin() {
        int reservations = dice.between(1, 5);
        boolean burst = dice.chance(0.5);
        long first = dice.between(20, 90) * SECOND;
        long spread = burst ? 3 * SECOND : dice.between(60, 1800) * SECOND;
        long commonStart = first + dice.between(0, 2400) * SECOND;
        for (int i = 0; i < reservations; i++) {
            long at = first + dice.between(0, spread);
            long start = burst && dice.chance(0.7) ? commonStart : at + dice.between(0, 3600) * SECOND;
            start = dice.chance(0.25) ? at : Math.max(start, at);
            long length = (dice.chance(0.3) ? dice.between(60, 300) : dice.between(600, 3600)) * SECOND;
            reserve(i, at, start, length);
        }
        for (int i = dice.chance(0.3) ? dice.between(1, 2) : 0; i > 0; i--) {
            maintain("power-" + i);
        }
        return lastEnd;
    }

    /** An operator says when a host is maintained. */
    private void maintain(String name) {
        Site site = dice.pick(world.sites());
        HostId host = dice.pick(List.copyOf(site.hosts())).id();
        long from = dice.between(-600L, 3600L);
        long length = dice.between(300L, 3600L);
        world.scheduler().at(dice.between(0L, lastEnd), () -> {
            Instant start = site.now().plusSeconds(from);
            TimeWindow window = new TimeWindow(start, start.plusSeconds(length));
            world.tell(site, host.value(), () -> "is to be maintained, " + window);
            ParticipantService placement = site.participant(Participant.PLACEMENT);
            placement.request(placement.maintenance().plan(host, name, window));
        });
    }

    /** When windows begin, in true time. */
    List<Long> starts() {
        return starts;
    }

    private void reserve(int index, long at, long start, long length) {
        Site master = dice.pick(world.sites());
        Instant from = master.now()
                .plus(start - world.scheduler().now(), ChronoUnit.MICROS)
                .truncatedTo(ChronoUnit.SECONDS);
        TimeWindow window = new TimeWindow(from, from.plus(Duration.of(length, ChronoUnit.MICROS)));
        int count = dice.between(1, 6);
        int memory = dice.between(1, 3);
        Request request = new Request(
                "r" + index,
                window,
                new MachineGroup(MachineRole.FRONTEND, 1, 1, 1, 1, 1, 1),
                new MachineGroup(MachineRole.COMPUTE, 1, count, dice.between(1, 2), memory, 1, dice.between(1, 3)),
                ClusterAddressing.DEFAULT_NETWORK,
                policy(count),
                new Software("debian-12", List.of("slurm")),
                index % 3 == 0 ? BANDWIDTH : null);
        ReservationId id = new ReservationId(dice.uuid());
        Details details = new Details(id, new TenantId("astro"), "ann", from, request);
        starts.add(start);
        lastEnd = Math.max(lastEnd, start + length);
        world.scheduler().at(at, () -> {
            world.tell(
                    master,
                    "tenant",
                    () -> "asks for " + Words.of(id) + ": " + count + " machines, " + window + ", " + request.policy());
            master.reservation().create(details);
        });
        if (dice.chance(0.3)) {
            Details preview = new Details(
                            new ReservationId(dice.uuid()), details.tenant(), details.requestedBy(), from, request)
                    .previewed();
            world.scheduler().at(Math.max(0, at - dice.between(0L, 20L) * SECOND), () -> {
                world.tell(master, "tenant", () -> "asks whether it could have " + Words.of(preview.id()));
                master.reservation().create(preview);
            });
        }
        if (dice.chance(0.6)) {
            // Whoever is refused looks at what is offered instead, now and then.
            for (int look = 1; look <= 6; look++) {
                long lookAt = at + dice.between(5L, 900L) * SECOND;
                world.scheduler().at(lookAt, () -> master.reservation().accept(id));
            }
        }
        for (int changes = dice.chance(0.4) ? dice.between(1, 2) : 0; changes > 0; changes--) {
            long more = dice.between(-900L, 1800L);
            long startMore = dice.chance(0.3) ? dice.between(-600L, 600L) : 0;
            int machines = dice.between(-2, 2);
            long changeAt = dice.between(at, start + length);
            lastEnd = Math.max(lastEnd, start + length + Math.max(0, more) * SECOND);
            world.scheduler().at(changeAt, () -> {
                world.tell(
                        master,
                        "tenant",
                        () -> "wants " + Words.of(id) + " for " + more + " s more with " + machines + " machines more");
                master.reservation().change(id, seen -> wish(seen, startMore, more, machines));
            });
        }
        if (dice.chance(0.35)) {
            long cancelAt = dice.chance(0.5)
                    ? at + dice.between(0L, 20 * SECOND)
                    : at + dice.between(0L, start + length - at + 60 * SECOND);
            world.scheduler().at(cancelAt, () -> {
                world.tell(master, "tenant", () -> "cancels " + Words.of(id));
                master.reservation().cancel(id);
            });
        }
    }

    private static Wish wish(Reservation seen, long startMore, long secondsMore, int machinesMore) {
        Request agreed = seen.details().request();
        TimeWindow window = agreed.window();
        Instant start = window.start().plusSeconds(startMore);
        Instant end = window.end().plusSeconds(secondsMore);
        return new Wish(
                end.isAfter(start) ? new TimeWindow(start, end) : window,
                Math.max(1, agreed.compute().count() + machinesMore),
                Set.of());
    }

    private SitePolicy policy(int count) {
        if (dice.chance(0.7)) {
            return new SitePolicy.FewestSites();
        }
        Map<SiteId, Integer> machines = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            machines.merge(dice.pick(world.sites()).id(), 1, Integer::sum);
        }
        return new SitePolicy.Named(machines);
    }
}
