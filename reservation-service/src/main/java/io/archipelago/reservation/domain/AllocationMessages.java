package io.archipelago.reservation.domain;

import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationCommand.ConfirmAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.DeployAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.ExtendAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.ReleaseAllocation;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.allocation.ResourceStatus;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.federation.ShareMessage.ShareConfirmed;
import io.archipelago.contracts.federation.ShareMessage.ShareHeld;
import io.archipelago.contracts.federation.ShareMessage.ShareRefused;
import io.archipelago.contracts.federation.ShareMessage.ShareReleased;
import io.archipelago.contracts.federation.ShareMessage.ShareStatus;
import io.archipelago.reservation.domain.Allocation.Held;
import io.archipelago.reservation.domain.Allocation.Holding;
import io.archipelago.reservation.domain.Allocation.Releasing;
import io.archipelago.reservation.domain.Leased.Confirmed;
import io.archipelago.reservation.domain.Leased.Running;
import io.archipelago.reservation.domain.Outgoing.ToParticipants;
import io.archipelago.reservation.domain.Outgoing.ToSite;
import io.archipelago.reservation.domain.Revision.Granted;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What an {@link Allocation} says: commands to the site's participants, answers to the master. */
final class AllocationMessages {

    private AllocationMessages() {}

    static Outgoing hold(Holding holding, Set<Participant> addressees) {
        Header header = holding.header();
        return new ToParticipants(new HoldAllocation(
                header.id(),
                header.sequence(),
                addressees,
                header.spec(),
                holding.facts(),
                holding.holdFor(),
                holding.purpose()));
    }

    static Outgoing confirm(Header header, Facts.OfSite facts, Facts.OfCluster cluster) {
        return new ToParticipants(new ConfirmAllocation(header.id(), header.sequence(), facts, cluster));
    }

    static Outgoing deploy(Running running) {
        Header header = running.header();
        return new ToParticipants(new DeployAllocation(
                header.id(), header.sequence(), header.spec(), running.facts(), running.cluster()));
    }

    /** The lease is to be like this from now on. */
    static Outgoing goOn(Leased lease) {
        Header header = lease.header();
        return switch (lease) {
            case Confirmed confirmed ->
                new ToParticipants(new ConfirmAllocation(
                        header.id(), header.sequence(), confirmed.facts(), confirmed.cluster(), header.spec()));
            case Running running -> deploy(running);
        };
    }

    /** How the lease stands. */
    static Outgoing standing(Leased lease) {
        return switch (lease) {
            case Confirmed confirmed -> confirmed(confirmed.header());
            case Running running -> status(running);
        };
    }

    /** What the lease is to be can be had. */
    static Outgoing held(Leased lease, Granted granted) {
        Header header = lease.header();
        return held(
                header.with(granted.spec()),
                granted.facts(),
                header.spec().window().end());
    }

    static Outgoing extend(Header header, AllocationSpec spec) {
        return new ToParticipants(new ExtendAllocation(header.id(), header.sequence(), spec));
    }

    static Outgoing release(Header header) {
        return new ToParticipants(new ReleaseAllocation(header.id(), header.sequence()));
    }

    static Outgoing held(Held held) {
        return held(held.header(), held.facts(), held.until());
    }

    static Outgoing held(Header header, Facts.OfSite facts, Instant until) {
        return toMaster(header, new ShareHeld(header.id(), header.shareSequence(), until, shared(header, facts)));
    }

    /** What the other sites need to know of the share. */
    static Facts.Shared shared(Header header, Facts.OfSite facts) {
        Facts.Segment segment = Objects.requireNonNull(facts.segment(), "the network has held");
        return new Facts.Shared(
                header.id().site(),
                header.spec().siteNumber(),
                header.spec().groups(),
                segment.vlan(),
                segment.endpoint(),
                segment.mtu());
    }

    static Outgoing refused(Header header, List<Refusal> refusals) {
        return toMaster(header, new ShareRefused(header.id(), header.shareSequence(), refusals));
    }

    static Outgoing confirmed(Header header) {
        return toMaster(header, new ShareConfirmed(header.id(), header.shareSequence()));
    }

    static Outgoing status(Running running) {
        return toMaster(running.header(), statusOf(running));
    }

    static ShareStatus statusOf(Running running) {
        Header header = running.header();
        List<ResourceStatus> resources = running.parts().values().stream()
                .flatMap(part -> part.resources().stream())
                .toList();
        return new ShareStatus(
                header.id(),
                header.shareSequence(),
                progress(running),
                resources,
                waitingFor(running),
                shared(header, running.facts()));
    }

    /**
     * What the participants that wait say that they wait for, and why lost machines are not replaced; null if there is nothing of the kind,
     * however far the others are.
     */
    private static @Nullable String waitingFor(Running running) {
        Stream<String> participants = Arrays.stream(Participant.values())
                .map(running.parts()::get)
                .filter(part -> part != null && part.progress() == Progress.WAITING)
                .flatMap(part -> part.resources().stream().map(ResourceStatus::reason))
                .filter(reason -> !reason.isEmpty());
        String waiting = Stream.of(participants, notReplaced(running), frontendLost(running))
                .flatMap(sentences -> sentences)
                .distinct()
                .collect(Collectors.joining("; "));
        return waiting.isEmpty() ? null : waiting;
    }

    private static Stream<String> notReplaced(Running running) {
        Refusal because = running.revision() == null ? null : running.revision().because();
        String names = lost(running, MachineRole.COMPUTE).collect(Collectors.joining(", "));
        return because == null || names.isEmpty()
                ? Stream.of()
                : Stream.of("waits until " + names + " can be replaced, tried again by itself: " + because.detail());
    }

    private static Stream<String> frontendLost(Running running) {
        return lost(running, MachineRole.FRONTEND)
                .map(name -> "waits until the host of " + name + " is back: a frontend is not started elsewhere");
    }

    private static Stream<String> lost(Running running, MachineRole role) {
        Header header = running.header();
        return header.spec().groups().stream()
                .filter(group -> group.role() == role)
                .flatMap(group -> group.ordinals().stream())
                .map(header::hostName)
                .filter(lost(running)::contains);
    }

    /** The names of the machines whose hosts are dead, of the lease or of what is left of it. */
    static List<String> lost(Running running) {
        PartStatus placement = running.parts().get(Participant.PLACEMENT);
        return placement == null ? List.of() : placement.lost();
    }

    /** What is left of a share that is given back. */
    static Outgoing left(Releasing releasing) {
        Header header = releasing.header();
        List<ResourceStatus> left =
                releasing.left().values().stream().flatMap(List::stream).toList();
        return toMaster(
                header, new ShareStatus(header.id(), header.shareSequence(), Progress.RELEASING, left, null, null));
    }

    static Outgoing released(Header header) {
        return toMaster(header, new ShareReleased(header.id(), header.shareSequence()));
    }

    /** A share is as far as the part that is behind: failed before waiting before deploying before ready. */
    private static Progress progress(Running running) {
        Set<Progress> all =
                running.parts().values().stream().map(PartStatus::progress).collect(Collectors.toSet());
        boolean heardAll = running.parts().size() == Participant.values().length;
        return Stream.of(Progress.DEGRADED, Progress.WAITING, Progress.DEPLOYING)
                .filter(all::contains)
                .findFirst()
                .orElse(heardAll ? Progress.READY : Progress.DEPLOYING);
    }

    private static Outgoing toMaster(Header header, ShareMessage.Answer answer) {
        return new ToSite(header.master(), answer);
    }
}
