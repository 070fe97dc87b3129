package io.archipelago.simulation;

import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.protocol.HostRecord;
import io.archipelago.bus.protocol.Part;
import io.archipelago.bus.protocol.PartDecision;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.allocation.AllocationCommand;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.HoldPurpose;
import io.archipelago.contracts.federation.ShareMessage.ReleaseShare;
import io.archipelago.contracts.federation.StreamPosition;
import io.archipelago.reservation.domain.Allocation;
import io.archipelago.reservation.domain.Clustered;
import io.archipelago.reservation.domain.Decision;
import io.archipelago.reservation.domain.Leased;
import io.archipelago.reservation.domain.Reservation;
import io.archipelago.reservation.domain.Reservation.State;
import io.archipelago.reservation.domain.Share;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What must hold after every commit. Only what the commit touched is looked at. */
final class Invariants {

    private final World world;
    private final Backstop backstop = new Backstop();
    private final Deeds deeds;
    private final Outcomes outcomes;
    private final HostInvariants hosts;
    private final LeaseInvariants leases = new LeaseInvariants();
    private final Set<ReservationId> cancelled = new HashSet<>();
    private final Set<ReservationId> accepted = new HashSet<>();
    private final Set<ReservationId> previews = new HashSet<>();
    private final Set<List<Object>> givenUp = new HashSet<>();
    private final Set<AllocationId> ended = new HashSet<>();
    private final Map<List<Object>, Long> places = new HashMap<>();
    private final Map<ReservationId, Long> scheduledAt = new HashMap<>();
    private final Map<AllocationId, Instant> leasedAt = new HashMap<>();
    private final Map<AllocationId, Long> replacedAt = new HashMap<>();
    /** An agent that is cut off goes by the end that it was told. */
    private final Map<AllocationId, Instant> latestEnds = new HashMap<>();

    Invariants(World world) {
        this.world = world;
        this.deeds = new Deeds(world);
        this.hosts = new HostInvariants(world);
        this.outcomes = new Outcomes(world, scheduledAt, leasedAt, replacedAt, latestEnds);
    }

    /** What must hold of the whole, looked at now and then. */
    Outcomes outcomes() {
        return outcomes;
    }

    /** In what one site says to another every place has one message. */
    void place(ReservationService reader, Posted posted, StreamPosition position) {
        if (world.setBack()) {
            return;
        }
        Long before = places.putIfAbsent(List.of(reader.site().id(), position), posted.id());
        require(
                before == null || before == posted.id(),
                () -> reader + ": two messages have place " + position + ", one is " + posted.summary());
    }

    /** A master tells a site to give a share back. */
    void givenUp(ReleaseShare release) {
        givenUp.add(List.of(release.allocation(), release.sequence()));
        givenUp(release.allocation());
    }

    /** Somebody who may has said that a share is not to go on. */
    void givenUp(AllocationId id) {
        givenUp.add(List.of(id));
    }

    /** A site believes that the master of a lease does not count on it. */
    void orphan(ReservationService service, AllocationId id) {
        require(world.setBack(), () -> service + " believes that nobody counts on " + Words.of(id));
    }

    /** The tenant has asked for the end. */
    void cancelled(ReservationId id) {
        cancelled.add(id);
    }

    /** The tenant has said that it wants an offer. */
    void accepted(ReservationId id) {
        accepted.add(id);
    }

    /** A participant has booked: its database would have looked at its constraints. */
    void bookings(ParticipantService service) {
        backstop.check(service);
    }

    /** A command older than one that was seen. */
    void changesNothing(ParticipantService service, AllocationCommand command, PartDecision decision) {
        world.did(Deed.OVERTAKEN);
        require(
                decision.next() == null
                        && decision.bookings() instanceof PartDecision.Keep
                        && decision.resources().isEmpty()
                        && decision.answers().isEmpty(),
                () -> service + " does something about the overtaken " + Words.of(command));
    }

    /** An answer to a command that was followed by another. */
    void changesNothing(ReservationService service, AllocationEvent event, Optional<Decision<Allocation>> decision) {
        require(decision.isEmpty(), () -> service + " does something about the overtaken " + Words.of(event));
    }

    void generation(ParticipantService service, @Nullable Resource before, Resource after) {
        require(
                before == null || after.generation() >= before.generation(),
                () -> service + ": the generation of " + Words.of(after.key()) + " falls");
    }

    void part(ParticipantService service, AllocationId id, @Nullable Part before, Object about, Instant now) {
        Part after = service.parts().get(id);
        if (after == null) {
            return;
        }
        require(
                before == null || after.sequence() >= before.sequence(),
                () -> service + ": the sequence of " + Words.of(id) + " falls");
        require(
                !previews.contains(id.reservation()),
                () -> service + " has something of " + Words.of(id) + ", about which somebody only asked");
        List<Booking> rows = service.bookings(id);
        switch (after) {
            case Part.Held held ->
                require(
                        rows.size() == held.bookings() || !service.now().isBefore(held.until()),
                        () -> service + " holds " + Words.of(id) + " without having booked it");
            case Part.Refused refused -> {
                deeds.refused(before, refused);
                require(rows.isEmpty(), () -> service + " refused " + Words.of(id) + " but books");
            }
            case Part.Confirmed confirmed -> {
                leases.leased(service, id, confirmed.lease().facts(), rows);
                if (before instanceof Part.Held held) {
                    require(
                            now.isBefore(held.until()) && rows.size() == held.bookings(),
                            () -> service + " confirmed " + Words.of(id) + " after its hold ran out");
                }
            }
            case Part.Deploying deploying -> {
                if (!deploying.waitingFor().isEmpty()) {
                    world.did(Deed.WAITED_FOR_PREDECESSOR);
                }
                leases.leased(service, id, deploying.lease().facts(), rows);
                leases.covered(service, id, rows);
                if (before instanceof Part.Deploying running) {
                    leases.goesOn(service, running.lease(), deploying.lease());
                }
                boolean begins = before instanceof Part.Confirmed
                        || before instanceof Part.Deploying waiting && waiting.progress() == Progress.WAITING;
                require(
                        !begins
                                || deploying.progress() == Progress.WAITING
                                || rows.stream()
                                        .noneMatch(b -> now.isBefore(b.during().start())),
                        () -> service + " deploys " + Words.of(id) + " before what it has booked begins");
            }
            case Part.Releasing releasing -> {}
            case Part.Released released -> {
                require(rows.isEmpty(), () -> service + " released " + Words.of(id) + " but books");
                nothingOnHosts(service, id);
            }
        }
        boolean leasedBefore = before instanceof Part.Confirmed || before instanceof Part.Deploying;
        boolean leasedAfter = after instanceof Part.Confirmed || after instanceof Part.Deploying;
        if (before instanceof Part.Deploying running && !leasedAfter) {
            // What counts is the time at which the lease was ended: clocks may have been set back since.
            boolean over = ended.contains(id)
                    || !service.site()
                            .reservation()
                            .now()
                            .isBefore(running.lease().spec().window().end());
            require(
                    over || givenUp.contains(List.of(id)),
                    () -> service + " stops " + Words.of(id) + " though nobody asked and its time is not over");
        }
        if (leasedBefore && !leasedAfter) {
            require(
                    about instanceof AllocationCommand.ReleaseAllocation,
                    () -> service + " un-confirms " + Words.of(id) + " by itself");
            Allocation allocation = service.site().reservation().allocations().get(id);
            require(
                    world.setBack()
                            || !(allocation instanceof Leased.Confirmed || allocation instanceof Leased.Running),
                    () -> service + " gives back " + Words.of(id) + ", which its site still counts on");
        }
    }

    void allocation(ReservationService service, @Nullable Allocation before, Allocation after, Instant now) {
        if (before == null) {
            return;
        }
        AllocationId id = after.id();
        latestEnds.merge(id, after.header().spec().window().end(), (a, b) -> a.isAfter(b) ? a : b);
        require(
                after.header().sequence() >= before.header().sequence()
                        && after.header().shareSequence() >= before.header().shareSequence(),
                () -> service + ": a sequence of share " + Words.of(id) + " falls");
        if (cutOff(after)) {
            if (before instanceof Leased.Confirmed && after instanceof Leased.Running) {
                world.did(Deed.LEASE_BEGUN_WHILE_CUT_OFF);
            }
            if (before instanceof Leased.Running && after instanceof Allocation.Releasing) {
                world.did(Deed.LEASE_ENDED_WHILE_CUT_OFF);
            }
        }
        if (before instanceof Leased.Running was && after instanceof Leased.Running is) {
            deeds.running(was, is);
            if (!was.header().spec().equals(is.header().spec())) {
                replacedAt.put(id, world.scheduler().now());
            }
        }
        boolean leased = before instanceof Leased.Confirmed || before instanceof Leased.Running;
        if (leased && !(after instanceof Leased.Confirmed || after instanceof Leased.Running)) {
            boolean over = !now.isBefore(before.header().spec().window().end());
            require(
                    over || givenUp.contains(List.of(id, after.header().shareSequence())),
                    () -> service + " ends the lease of " + Words.of(id)
                            + " though nobody asked and its time is not over");
            if (over) {
                ended.add(id);
            }
        }
        if (after instanceof Leased.Confirmed is
                && !(before instanceof Leased.Confirmed was && was.deployAt().equals(is.deployAt()))) {
            // Also when it was agreed to begin earlier: by then that may be past.
            leasedAt.put(id, now);
        }
        if (before instanceof Leased.Confirmed && after instanceof Leased.Running) {
            Instant start = before.header()
                    .spec()
                    .window()
                    .start()
                    .minus(world.figures().pace().lead());
            require(!now.isBefore(start), () -> service + " begins the lease of " + Words.of(id) + " too early");
        }
    }

    private boolean cutOff(Allocation allocation) {
        return world.cutUntil(allocation.id().site(), allocation.header().spec().master())
                > world.scheduler().now();
    }

    void reservation(ReservationService service, @Nullable Reservation before, Reservation after, Instant now) {
        if (after.details().preview()) {
            previews.add(after.id());
        }
        if (before != null) {
            before.shares().forEach((site, share) -> {
                Share next = after.shares().get(site);
                require(
                        next != null && next.sequence() >= share.sequence(),
                        () -> service + ": the sequence of share " + Words.of(share.id()) + " falls");
                if (next != null && share.stage().open() && next.stage() == Share.Stage.RELEASED && !world.setBack()) {
                    nothingAt(next.id(), "the master heard that nothing is left");
                }
            });
            require(
                    mayFollow(before, after, now),
                    () -> service + " undoes " + Words.of(before) + ": " + Words.of(after));
        }
        deeds.reservation(before, after);
        if (before instanceof Clustered
                && after instanceof Clustered
                && !before.details().request().equals(after.details().request())) {
            world.did(Deed.CHANGED);
            scheduledAt.put(after.id(), world.scheduler().now());
        }
        boolean scheduled = after instanceof Clustered.Scheduled || after instanceof Clustered.Running;
        if (scheduled && before instanceof Reservation.Held held) {
            scheduledAt.put(after.id(), world.scheduler().now());
            if (!world.setBack()) {
                everySiteConfirmed(service, held.cluster(), after);
            }
        }
        if (after instanceof Reservation.Closed closed
                && !world.setBack()
                && closed.shares().values().stream().noneMatch(s -> s.stage().open())) {
            closed.shares().values().forEach(this::settled);
        }
    }

    private boolean mayFollow(Reservation before, Reservation after, Instant now) {
        boolean over = !now.isBefore(before.details().request().window().end());
        return switch (before) {
            case Clustered.Scheduled s ->
                after instanceof Clustered.Scheduled
                        || after instanceof Clustered.Running
                        || (ends(after) && (over || cancelled.contains(before.id())));
            case Clustered.Running r ->
                after instanceof Clustered.Running || (ends(after) && (over || cancelled.contains(before.id())));
            case Reservation.Releasing r -> ends(after);
            case Reservation.Closed c -> after instanceof Reservation.Closed && after.state() == before.state();
            case Reservation.Planning p -> true;
            // Whether an offer is wanted is the tenant's to say, and nothing is done about it before.
            case Reservation.Holding h -> before.details().offerTo() == null || !(after instanceof Reservation.Held);
            case Reservation.Offering o -> true;
            case Reservation.Offered o ->
                after instanceof Reservation.Offered
                        || (after instanceof Reservation.Held && accepted.contains(before.id()))
                        || ends(after);
            case Reservation.Held h -> true;
        };
    }

    private static boolean ends(Reservation after) {
        return after instanceof Reservation.Releasing
                || (after instanceof Reservation.Closed && after.state() != State.REFUSED);
    }

    /** SCHEDULED: every participant of every site has the part booked for the whole window, or had until its end. */
    private void everySiteConfirmed(ReservationService service, Facts.OfCluster cluster, Reservation reservation) {
        for (Facts.Shared shared : cluster.sites()) {
            Site site = world.site(shared.site());
            AllocationId id = new AllocationId(reservation.id(), shared.site());
            boolean over = !site.now()
                    .isBefore(reservation.details().request().window().end());
            for (ParticipantService participant : site.participants()) {
                Part part = participant.parts().get(id);
                require(
                        over || part instanceof Part.Confirmed || part instanceof Part.Deploying,
                        () -> service + " calls " + Words.of(reservation.id()) + " scheduled, but " + participant
                                + " has " + Words.of(part));
            }
        }
        long taking = reservation.shares().values().stream()
                .filter(s -> s.stage() == Share.Stage.CONFIRMED)
                .count();
        require(taking <= cluster.sites().size(), () -> service + " counts on a site that is not in the cluster");
    }

    private void nothingOnHosts(ParticipantService service, AllocationId id) {
        for (Host host : service.site().hosts()) {
            if (service.hosts().isDead(host.id())) {
                boolean left =
                        service.resources(id).stream().anyMatch(r -> r.host().equals(host.id()) && !r.gone());
                if (left) {
                    world.did(Deed.RELEASED_OVER_A_DEAD_HOST);
                }
                continue;
            }
            host.things()
                    .keySet()
                    .forEach(key -> require(
                            key.kind().owner() != service.logic().name()
                                    || !key.allocation().equals(id),
                            () -> service + " released " + Words.of(id) + " but " + Words.of(key) + " is on "
                                    + host.id()));
        }
    }

    /** What a participant makes of a host. */
    void host(ParticipantService service, @Nullable HostRecord before, HostRecord next, long silent) {
        hosts.changed(service, before, next, silent);
    }

    /** Nothing of a share is booked or on a host. */
    private void nothingAt(AllocationId id, String because) {
        Site site = world.site(id.site());
        for (ParticipantService participant : site.participants()) {
            require(
                    participant.bookings(id).isEmpty(),
                    () -> participant + " still books " + Words.of(id) + " though " + because);
            nothingOnHosts(participant, id);
        }
    }

    /** A share that its site refused is the site's to give back, and no more than that may be left of it. */
    private void settled(Share share) {
        Allocation allocation =
                world.site(share.site()).reservation().allocations().get(share.id());
        // A site that is asked twice looks twice, whoever has heard the first answer.
        boolean looks = allocation instanceof Allocation.Holding holding && holding.purpose() == HoldPurpose.PROBE;
        if (share.stage() == Share.Stage.RELEASED
                || allocation == null
                || allocation instanceof Allocation.Released
                || looks) {
            nothingAt(share.id(), "the reservation is settled");
        } else {
            require(
                    allocation instanceof Allocation.Releasing,
                    () -> "settled, but " + share.site() + " has " + Words.of(allocation));
        }
    }

    /** Something that must hold, and what is wrong if it does not. */
    static void require(boolean holds, Supplier<String> broken) {
        if (!holds) {
            throw new InvariantBroken(broken.get());
        }
    }
}
