package io.archipelago.bus.protocol;

import io.archipelago.bus.protocol.ParticipantLogic.Chosen;
import io.archipelago.bus.protocol.ParticipantLogic.DoesNotFit;
import io.archipelago.contracts.allocation.AllocationCommand.ConfirmAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.DeployAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.ExtendAllocation;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationConfirmed;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;
import java.time.Instant;
import java.util.List;

/** What a participant does when a lease is to begin, to go on otherwise, or to have more. Nothing takes effect that is not booked. */
final class Leases {

    private static final String BEYOND = "that is more than what is booked";

    private final ParticipantLogic logic;
    private final Rows rows;
    private final ResourceProtocol resources;
    private final Extensions extensions;
    private final Moves moves;
    private final Refusals refusals;

    Leases(ParticipantLogic logic, Rows rows, ResourceProtocol resources, Moves moves, Refusals refusals) {
        this.logic = logic;
        this.rows = rows;
        this.resources = resources;
        this.extensions = new Extensions(logic, rows);
        this.moves = moves;
        this.refusals = refusals;
    }

    /** What is a lease already goes on as it was, or otherwise. */
    PartDecision confirm(ConfirmAllocation confirm, Part.Confirmed part, PartView view) {
        AllocationConfirmed answer = new AllocationConfirmed(confirm.allocation(), confirm.sequence(), logic.name());
        AllocationSpec spec = confirm.spec();
        Lease lease = spec == null ? part.lease() : part.lease().revised(spec, confirm.facts(), confirm.cluster());
        Part.Confirmed next = part.revised(confirm.sequence(), lease);
        if (part.extension() == null && lease.equals(part.lease())) {
            return PartDecision.to(next, new PartDecision.Keep()).answering(answer);
        }
        if (isBooked(next, view)) {
            return resources.rebook(next, view).answering(answer);
        }
        return moves.isElsewhere(part, lease)
                ? PartDecision.answer(moves.moved(part, confirm.sequence()))
                : PartDecision.answer(refusals.misplaced(confirm, BEYOND));
    }

    /** A lease begins, or goes on otherwise. */
    PartDecision deploy(DeployAllocation deploy, PartView view, Instant now) {
        return switch (view.part()) {
            case Part.Confirmed confirmed -> {
                Lease lease = confirmed.lease().goingOn(deploy.spec(), deploy.facts(), deploy.cluster());
                if (moves.isElsewhere(confirmed, lease)) {
                    yield PartDecision.answer(moves.moved(confirmed, deploy.sequence()));
                }
                Part.Deploying next = confirmed.deploy(deploy.sequence(), lease, now);
                yield isBooked(next, view)
                        ? resources.begin(next, view, now)
                        : PartDecision.answer(refusals.misplaced(deploy, BEYOND));
            }
            case Part.Deploying deploying -> {
                Part.Deploying next = deploying.revised(
                        deploy.sequence(), deploying.lease().goingOn(deploy.spec(), deploy.facts(), deploy.cluster()));
                if (next.progress() != Progress.WAITING && !logic.deployable(next.lease())) {
                    yield PartDecision.answer(refusals.misplaced(deploy, "a host of it has not been heard of"));
                }
                yield isBooked(next, view)
                        ? resources.goOn(next, view)
                        : PartDecision.answer(refusals.misplaced(deploy, BEYOND));
            }
            case null -> PartDecision.answer(refusals.misplaced(deploy, "it was never held"));
            case Part.Held held -> PartDecision.answer(refusals.misplaced(deploy, "it is not confirmed"));
            case Part.Refused refused -> PartDecision.answer(refusals.misplaced(deploy, "it was refused"));
            case Part.Releasing releasing -> PartDecision.answer(refusals.misplaced(deploy, "it is being released"));
            case Part.Released released -> PartDecision.answer(refusals.misplaced(deploy, "it is released"));
        };
    }

    /** Books more for a lease; what it has stays as it is, whatever comes of it. */
    PartDecision extend(ExtendAllocation extend, PartView view) {
        return switch (view.part()) {
            case Part.Leased leased
            when !Extensions.covers(extend.spec(), leased.lease()) ->
                PartDecision.answer(refusals.misplaced(extend, "it has machines or time that this does not name"));
            case Part.Leased leased ->
                switch (extensions.choose(extend.spec(), leased, view)) {
                    case DoesNotFit no ->
                        PartDecision.to(
                                        leased.extended(extend.sequence(), new Part.Extension.Denied(no.refusal())),
                                        new PartDecision.Keep())
                                .answering(refusals.refused(extend, no.refusal()));
                    case Chosen chosen -> {
                        Part.Leased more = leased.extended(
                                extend.sequence(), new Part.Extension.Granted(extend.spec(), chosen.chosen()));
                        yield resources.rebook(more, view).answering(granted(more, chosen.chosen(), view));
                    }
                };
            case null -> PartDecision.answer(refusals.misplaced(extend, "it was never held"));
            case Part.Held held -> PartDecision.answer(refusals.misplaced(extend, "it is not confirmed"));
            case Part.Refused refused -> PartDecision.answer(refusals.misplaced(extend, "it was refused"));
            case Part.Releasing releasing -> PartDecision.answer(refusals.misplaced(extend, "it is being released"));
            case Part.Released released -> PartDecision.answer(refusals.misplaced(extend, "it is released"));
        };
    }

    /** What was answered to the last command. */
    PartDecision answerAgain(Part.Leased part, PartView view) {
        return switch (part.extension()) {
            case null -> goesOn(part, view);
            case Part.Extension.Granted granted ->
                PartDecision.NOTHING.answering(granted(part, granted.chosen(), view));
            case Part.Extension.Denied denied ->
                PartDecision.answer(
                        new AllocationRefused(part.allocation(), part.sequence(), logic.name(), denied.refusal()));
        };
    }

    private boolean isBooked(Part.Leased part, PartView view) {
        return Rows.within(rows.of(part, view.resources()), view.calendar().of(part.allocation()));
    }

    private PartDecision goesOn(Part.Leased part, PartView view) {
        return switch (part) {
            case Part.Confirmed confirmed ->
                PartDecision.answer(
                        new AllocationConfirmed(confirmed.allocation(), confirmed.sequence(), logic.name()));
            case Part.Deploying deploying -> resources.tell(deploying, view);
        };
    }

    /** Of what has begun it says first how far the part is: who asks must not replace what is there again by now. */
    private List<AllocationEvent> granted(Part.Leased part, Facts.Chosen chosen, PartView view) {
        AllocationHeld held = new AllocationHeld(
                part.allocation(),
                part.sequence(),
                logic.name(),
                part.lease().booked().end(),
                chosen);
        return switch (part) {
            case Part.Confirmed confirmed -> List.of(held);
            case Part.Deploying deploying -> List.of(resources.progress(deploying, view), held);
        };
    }
}
