package io.archipelago.reservation.domain;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationCommand;
import io.archipelago.contracts.allocation.AllocationCommand.ConfirmAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.DeployAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.ReleaseAllocation;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationConfirmed;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationProgress;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationReleased;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a participant says that does all that it is told at once. */
final class Answers {

    private Answers() {}

    static Optional<AllocationEvent> to(AllocationCommand command, Participant participant, boolean full, Instant now) {
        AllocationId id = command.allocation();
        long sequence = command.sequence();
        return switch (command) {
            case HoldAllocation hold when !hold.addressees().contains(participant) -> Optional.empty();
            case HoldAllocation hold
            when full && participant == Participant.PLACEMENT ->
                Optional.of(new AllocationRefused(id, sequence, participant, DomainFixture.FULL));
            case HoldAllocation hold ->
                Optional.of(new AllocationHeld(
                        id, sequence, participant, now.plus(hold.holdFor()), DomainFixture.chosen(participant)));
            case ConfirmAllocation confirm -> Optional.of(new AllocationConfirmed(id, sequence, participant));
            case DeployAllocation deploy ->
                Optional.of(new AllocationProgress(id, sequence, participant, Progress.READY, List.of()));
            case ReleaseAllocation release -> Optional.of(new AllocationReleased(id, sequence, participant));
        };
    }
}
