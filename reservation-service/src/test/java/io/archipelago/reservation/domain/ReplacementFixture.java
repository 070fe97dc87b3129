package io.archipelago.reservation.domain;

import static io.archipelago.reservation.domain.DomainFixture.AT_OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.END;
import static io.archipelago.reservation.domain.DomainFixture.FULL;
import static io.archipelago.reservation.domain.DomainFixture.NOON;
import static io.archipelago.reservation.domain.DomainFixture.PACE;
import static io.archipelago.reservation.domain.DomainFixture.chosen;
import static io.archipelago.reservation.domain.DomainFixture.cluster;
import static io.archipelago.reservation.domain.DomainFixture.facts;
import static io.archipelago.reservation.domain.DomainFixture.progress;
import static io.archipelago.reservation.domain.DomainFixture.spec;

import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationCommand;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationProgress;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.federation.ShareMessage.ShareStatus;
import io.archipelago.reservation.domain.Leased.Running;
import io.archipelago.reservation.domain.Outgoing.ToParticipants;
import io.archipelago.reservation.domain.Outgoing.ToSite;
import io.archipelago.reservation.domain.Revision.Replacing;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Osaka's lease of two machines, of which hosts die, and what its participants say. */
final class ReplacementFixture {

    static final String FIRST = "vcompute-2-1";
    static final String SECOND = "vcompute-2-2";

    static final AllocationMoves MOVES = new AllocationMoves(PACE);

    private ReplacementFixture() {}

    /** All have answered. */
    static Running running() {
        return running(spec());
    }

    static Running running(AllocationSpec spec) {
        Header header = AllocationStates.header().with(spec);
        Facts.OfSite facts = facts().with(chosen(Participant.PLACEMENT, spec));
        Running running = Running.begin(header, facts, cluster(), NOON.plus(PACE.askAgain()));
        for (Participant participant : Participant.values()) {
            running = running.with(participant, new PartStatus(Progress.READY, List.of(), List.of()));
        }
        return running;
    }

    static AllocationProgress losing(Running running, String... machines) {
        return new AllocationProgress(
                AT_OSAKA,
                running.header().sequence(),
                Participant.PLACEMENT,
                machines.length == 0 ? Progress.READY : Progress.DEGRADED,
                List.of(),
                List.of(machines));
    }

    static Decision<Allocation> told(Running running, String... lost) {
        return MOVES.onEvent(running, losing(running, lost), NOON).orElseThrow();
    }

    static Running lose(Running running, String... machines) {
        return (Running) told(running, machines).next();
    }

    /** All participants answer what they were told last. */
    static Running answered(Running running, String... lost) {
        Running next = running;
        for (Participant participant : Participant.values()) {
            next = answered(next, participant, lost);
        }
        return next;
    }

    static Running answered(Running running, Participant participant, String... lost) {
        AllocationProgress answer = participant == Participant.PLACEMENT
                ? losing(running, lost)
                : progress(running.header().sequence(), participant, Progress.READY);
        return (Running) MOVES.onEvent(running, answer, NOON).orElseThrow().next();
    }

    static Decision<Allocation> due(Allocation allocation, Instant now) {
        return MOVES.onDue(allocation, now).orElseThrow();
    }

    static Running extend(Running planned, Instant now) {
        return (Running) due(planned, now).next();
    }

    static Running replace(Running planned) {
        return (Running) bookedByAll(extend(planned, NOON)).next();
    }

    static AllocationHeld held(Running extending, Participant participant) {
        AllocationSpec more = extending.revision() instanceof Replacing now
                ? now.extension().spec()
                : extending.header().spec();
        return new AllocationHeld(AT_OSAKA, extending.header().sequence(), participant, END, chosen(participant, more));
    }

    static Decision<Allocation> booked(Running extending, Participant participant) {
        return MOVES.onEvent(extending, held(extending, participant), NOON).orElseThrow();
    }

    static Decision<Allocation> bookedByAll(Running extending) {
        Decision<Allocation> decision = Decision.of(extending);
        for (Participant participant : Participant.values()) {
            decision = booked((Running) decision.next(), participant);
        }
        return decision;
    }

    static Decision<Allocation> refused(Running extending, Instant now) {
        long sequence = extending.header().sequence();
        return MOVES.onEvent(extending, new AllocationRefused(AT_OSAKA, sequence, Participant.STORAGE, FULL), now)
                .orElseThrow();
    }

    static AllocationCommand command(Decision<Allocation> decision) {
        return ((ToParticipants) decision.messages().getFirst()).command();
    }

    static ShareStatus status(Decision<Allocation> decision) {
        return (ShareStatus) ((ToSite) decision.messages().getLast()).message();
    }

    static List<MachineGroup> groups(ShareStatus status) {
        return Objects.requireNonNull(status.facts()).groups();
    }

    static List<Integer> ordinals(AllocationSpec spec) {
        return spec.groups().stream().flatMap(g -> g.ordinals().stream()).toList();
    }

    static Set<Integer> hosts(Facts.OfSite facts) {
        return Objects.requireNonNull(facts.hosts()).hosts().keySet();
    }
}
