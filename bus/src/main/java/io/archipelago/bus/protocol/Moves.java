package io.archipelago.bus.protocol;

import io.archipelago.bus.protocol.ParticipantLogic.Chosen;
import io.archipelago.bus.protocol.ParticipantLogic.DoesNotFit;
import io.archipelago.bus.protocol.ParticipantLogic.Request;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationMoved;
import io.archipelago.contracts.allocation.Facts;
import java.util.Objects;
import java.util.Set;

/**
 * How leases that have not begun come to another place, where there is room for them throughout. Nothing is on hosts yet, so the participant does it alone,
 * and says so. What has begun stays: nothing is stopped that a tenant uses.
 */
final class Moves {

    private final ParticipantLogic logic;
    private final Rows rows;

    Moves(ParticipantLogic logic, Rows rows) {
        this.logic = logic;
        this.rows = rows;
    }

    PartDecision onDisplaced(PartView view) {
        // What is asked for beside it is agreed on first.
        if (!(view.part() instanceof Part.Confirmed part) || part.extension() != null) {
            return PartDecision.NOTHING;
        }
        Lease lease = part.lease();
        Set<String> left = view.calendar().left(lease.allocation());
        if (left.isEmpty()) {
            return PartDecision.NOTHING;
        }
        Request request = new Request(lease.allocation(), lease.spec(), lease.facts(), lease.booked());
        return switch (logic.move(request, left, view.calendar().without(lease.allocation()))) {
            case DoesNotFit no -> PartDecision.NOTHING;
            case Chosen chosen -> {
                Part.Confirmed moved = part.moved(chosen.chosen());
                yield PartDecision.to(moved, new PartDecision.Book(rows.of(moved, view.resources())))
                        .answering(moved(moved, moved.sequence()));
            }
        };
    }

    /** Whether who speaks of a lease means the same and believes it to be in another place. */
    boolean isElsewhere(Part.Confirmed part, Lease believed) {
        Lease lease = part.lease();
        return believed.spec().equals(lease.spec())
                && !Objects.equals(
                        believed.facts().of(logic.name()), lease.facts().of(logic.name()));
    }

    /** @param sequence of the command answered, or of the last that was taken */
    AllocationMoved moved(Part.Confirmed part, long sequence) {
        Facts.Chosen chosen =
                Objects.requireNonNull(part.lease().facts().of(logic.name()), "all have chosen for a lease");
        return new AllocationMoved(part.allocation(), sequence, logic.name(), chosen);
    }
}
