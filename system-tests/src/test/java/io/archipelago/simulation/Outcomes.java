package io.archipelago.simulation;

import io.archipelago.bus.protocol.Part;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.federation.ShareDigest;
import io.archipelago.contracts.federation.ShareDigest.Range;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import io.archipelago.reservation.domain.Allocation;
import io.archipelago.reservation.domain.Clustered;
import io.archipelago.reservation.domain.Digests;
import io.archipelago.reservation.domain.Leased;
import io.archipelago.reservation.domain.Reservation;
import io.archipelago.reservation.domain.Reservation.State;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What must hold of the whole: that nothing is overdue, that what is told is true in a calm, and that in the end nothing is left. */
final class Outcomes {

    private static final long TO_COME_UP = 7 * Scheduler.MINUTE;
    private static final long TO_STOP = 20 * Scheduler.MINUTE;

    private final World world;
    private final Map<ReservationId, Long> scheduledAt;
    private final Map<AllocationId, Instant> leasedAt;
    private final Map<AllocationId, Long> replacedAt;
    private final Map<AllocationId, Instant> latestEnds;

    Outcomes(
            World world,
            Map<ReservationId, Long> scheduledAt,
            Map<AllocationId, Instant> leasedAt,
            Map<AllocationId, Long> replacedAt,
            Map<AllocationId, Instant> latestEnds) {
        this.world = world;
        this.latestEnds = latestEnds;
        this.replacedAt = replacedAt;
        this.scheduledAt = scheduledAt;
        this.leasedAt = leasedAt;
    }

    /** What should have been done long ago, but for crashes. */
    void watch() {
        for (Site site : world.sites()) {
            for (ParticipantService service : site.participants()) {
                service.parts().forEach((id, part) -> {
                    if (part instanceof Part.Held held) {
                        Invariants.require(
                                !overdue(service, held.until()),
                                () -> service + " still holds " + Words.of(id) + " long after the hold ran out");
                    }
                });
            }
            site.hosts().forEach(host -> stopped(site, host));
            ReservationService service = site.reservation();
            service.allocations().forEach((id, allocation) -> {
                Instant end = allocation.header().spec().window().end();
                if (allocation instanceof Leased.Confirmed confirmed) {
                    Instant leased = leasedAt.getOrDefault(id, confirmed.deployAt());
                    Invariants.require(
                            !overdue(service, confirmed.deployAt()) || !overdue(service, leased),
                            () -> service + " has not begun the lease of " + Words.of(id));
                }
                if (allocation instanceof Leased.Running) {
                    Invariants.require(
                            !overdue(service, end), () -> service + " has not ended the lease of " + Words.of(id));
                }
            });
        }
    }

    /** An agent that is at work has stopped what runs of a lease that is over, whether it hears anything or not. */
    private void stopped(Site site, Host host) {
        if (host.atWorkSince() > world.scheduler().now() - TO_STOP) {
            return;
        }
        for (ResourceKey key : host.things().keySet()) {
            Allocation allocation = site.reservation().allocations().get(key.allocation());
            boolean runs = key.kind() == ResourceKind.MACHINE
                    || key.kind() == ResourceKind.SEGMENT
                    || key.kind() == ResourceKind.LINK;
            if (runs && allocation != null) {
                Instant end = latestEnds
                        .getOrDefault(
                                key.allocation(),
                                allocation.header().spec().window().end())
                        .plus(world.figures().terms().grace());
                Invariants.require(
                        site.now().isBefore(end.plus(TO_STOP, ChronoUnit.MICROS)),
                        () -> host.id() + " still has " + Words.of(key) + " long after the end of its lease");
            }
        }
    }

    private boolean overdue(Service service, Instant due) {
        long patience = 3 * Scheduler.MINUTE;
        return service.isUp()
                && world.scheduler().now() > service.disturbedAt() + patience
                && service.now().isAfter(due.plusSeconds(180));
    }

    /** All faults are over, nothing is due any more: all is settled and nothing is left anywhere. */
    void quiescent() {
        for (Site site : world.sites()) {
            Invariants.require(site.broker().drained(), () -> site.id() + " has messages that nobody takes");
            for (Service service : site.services()) {
                Invariants.require(service.database().idle(), () -> service + " has locks or unsent messages");
            }
            for (ParticipantService service : site.participants()) {
                Invariants.require(
                        service.allBookings().isEmpty(), () -> service + " still books " + service.allBookings());
            }
            for (Host host : site.hosts()) {
                Invariants.require(
                        host.things().isEmpty(),
                        () -> host.id() + " still has "
                                + host.things().keySet().stream().map(Words::of).toList());
            }
            site.reservation()
                    .allocations()
                    .forEach((id, allocation) -> Invariants.require(
                            allocation instanceof Allocation.Released || allocation instanceof Allocation.Forgotten,
                            () -> Words.of(id) + " is " + Words.of(allocation)));
            site.reservation().reservations().forEach((id, reservation) -> {
                Invariants.require(
                        reservation instanceof Reservation.Closed, () -> "never settled: " + Words.of(reservation));
                Invariants.require(
                        reservation.shares().values().stream()
                                .noneMatch(s -> s.stage().open()),
                        () -> "shares never given back: " + Words.of(reservation));
            });
        }
    }

    /** All faults have been over for a while: what is told of clusters that had time to come up is the truth. */
    void truthful() {
        for (Site site : world.sites()) {
            site.reservation().reservations().forEach((id, reservation) -> {
                if (!hadTime(reservation)) {
                    return;
                }
                Invariants.require(
                        !(reservation instanceof Clustered.Scheduled),
                        () -> "its time has come, but it is " + Words.of(reservation));
                if (reservation instanceof Clustered.Running running) {
                    heard(running);
                    running(running);
                }
            });
        }
    }

    /** What the master was last told of each share is what its site says of it now, though it may have been lost on its way. */
    private void heard(Clustered.Running running) {
        boolean underWay = world.sites().stream()
                .anyMatch(site -> !site.broker().drained()
                        || site.services().stream().anyMatch(s -> !s.database().idle()));
        if (underWay) {
            return;
        }
        for (Site site : world.sites()) {
            for (ShareDigest.Entry heard : Digests.asMaster(List.of(running), site.id(), Range.ALL)) {
                if (heard.stage() == ShareDigest.Stage.CONFIRMED
                        && site.reservation().allocations().get(heard.allocation()) instanceof Leased.Running now) {
                    Invariants.require(
                            heard.told() == Digests.entry(now).told(),
                            () -> "the master was told something else of " + Words.of(now) + " than "
                                    + Words.of(running));
                }
            }
        }
    }

    private boolean hadTime(Reservation reservation) {
        TimeWindow window = reservation.details().request().window();
        long scheduled = scheduledAt.getOrDefault(reservation.id(), Long.MAX_VALUE);
        return scheduled < world.scheduler().now() - TO_COME_UP
                && world.sites().stream()
                        .allMatch(site -> window.contains(site.now())
                                && window.contains(site.now().minus(TO_COME_UP, ChronoUnit.MICROS)));
    }

    /** Whether it has something on a host that is no more; if that is known, it must be told. */
    private boolean hurt(Clustered.Running running) {
        for (Facts.Shared shared : running.cluster().sites()) {
            AllocationId id = new AllocationId(running.id(), shared.site());
            Site site = world.site(shared.site());
            for (ParticipantService service : site.participants()) {
                boolean lost = service.resources(id).stream()
                        .anyMatch(r ->
                                !r.absent() && service.hosts().down().lost().contains(r.host()));
                if (lost) {
                    Invariants.require(
                            running.state() == State.DEGRADED,
                            () -> "something of it lies on a host that is lost, but it is " + Words.of(running));
                    world.did(Deed.DEGRADED_FOR_A_LOST_HOST);
                    return true;
                }
            }
            // Until it is believed that a host is no more, and others have taken the place of its machines.
            boolean unknown = site.hosts().stream()
                    .filter(Host::isDestroyed)
                    .anyMatch(host -> site.participants().stream()
                            .anyMatch(service -> !service.hosts().isDead(host.id())));
            boolean underWay =
                    site.reservation().allocations().get(id) instanceof Leased.Running now && now.revision() != null;
            boolean justNow = replacedAt.getOrDefault(id, Long.MIN_VALUE)
                    > world.scheduler().now() - TO_COME_UP;
            if (unknown || underWay || justNow) {
                return true;
            }
        }
        return false;
    }

    /** Every gateway of a cluster knows every machine of it, and no other. */
    private void names(Clustered.Running running) {
        Set<String> machines = new TreeSet<>();
        ClusterAddressing addressing =
                ClusterAddressing.of(running.details().request().network(), running.id());
        running.shares().values().stream()
                .filter(share -> share.stage().open())
                .forEach(share -> share.spec().ordinals().stream()
                        .map(ordinal -> addressing.hostName(share.spec().siteNumber(), ordinal))
                        .forEach(machines::add));
        for (Facts.Shared shared : running.cluster().sites()) {
            AllocationId id = new AllocationId(running.id(), shared.site());
            for (Host host : world.site(shared.site()).hosts()) {
                if (host.things().get(ResourceKey.of(ResourceKind.SEGMENT, id)) instanceof SegmentSpec segment
                        && segment.gateway() != null) {
                    Set<String> known = new TreeSet<>();
                    segment.gateway().stations().forEach(station -> known.add(station.name()));
                    Invariants.require(known.equals(machines), () -> host.id() + " knows " + known + " of " + machines);
                    if (replacedAt.keySet().stream()
                            .anyMatch(r -> r.reservation().equals(running.id()))) {
                        world.did(Deed.NAMES_WERE_CHECKED);
                    }
                }
            }
        }
    }

    private void running(Clustered.Running running) {
        if (hurt(running)) {
            return;
        }
        world.did(Deed.TRUTH_WAS_CHECKED);
        int wanted = running.details().request().compute().count() + 1;
        long there = 0;
        for (Facts.Shared shared : running.cluster().sites()) {
            AllocationId id = new AllocationId(running.id(), shared.site());
            for (Host host : world.site(shared.site()).hosts()) {
                there += host.things().keySet().stream()
                        .filter(key -> key.kind().owner() == Participant.PLACEMENT
                                && key.allocation().equals(id))
                        .count();
            }
        }
        long found = there;
        names(running);
        Invariants.require(found == wanted, () -> found + " of " + wanted + " machines run of " + Words.of(running));
        Invariants.require(running.state() == State.ACTIVE, () -> "all machines run, but it is " + Words.of(running));
    }
}
