package io.archipelago.reservation.domain;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationCommand;
import io.archipelago.contracts.allocation.AllocationCommand.ConfirmAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.DeployAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.ExtendAllocation;
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
import java.util.Set;

/** What a participant says that does all that it is told at once. */
final class Answers {

    private Answers() {}

    /**
     * @param full whether placement has room for nothing more
     * @param dead the names of machines whose hosts are dead
     */
    static Optional<AllocationEvent> to(
            AllocationCommand command, Participant participant, boolean full, Set<String> dead, Instant now) {
        AllocationId id = command.allocation();
        long sequence = command.sequence();
        return switch (command) {
            case HoldAllocation hold when !hold.addressees().contains(participant) -> Optional.empty();
            case HoldAllocation hold
            when full && participant == Participant.PLACEMENT ->
                Optional.of(new AllocationRefused(id, sequence, participant, DomainFixture.FULL));
            case HoldAllocation hold ->
                Optional.of(new AllocationHeld(
                        id,
                        sequence,
                        participant,
                        now.plus(hold.holdFor()),
                        DomainFixture.chosen(participant, hold.spec())));
            case ConfirmAllocation confirm -> Optional.of(new AllocationConfirmed(id, sequence, participant));
            case DeployAllocation deploy ->
                Optional.of(progress(new Header(id, deploy.spec(), 0, sequence), participant, dead));
            case ExtendAllocation extend
            when full && participant == Participant.PLACEMENT ->
                Optional.of(new AllocationRefused(id, sequence, participant, DomainFixture.FULL));
            case ExtendAllocation extend ->
                Optional.of(new AllocationHeld(
                        id,
                        sequence,
                        participant,
                        extend.spec().window().end(),
                        DomainFixture.chosen(participant, extend.spec())));
            case ReleaseAllocation release -> Optional.of(new AllocationReleased(id, sequence, participant));
        };
    }

    /** How far it is with a lease whose other machines are ready. */
    static AllocationProgress progress(Header lease, Participant participant, Set<String> dead) {
        List<String> lost = lease.spec().ordinals().stream()
                .map(lease::hostName)
                .filter(name -> participant == Participant.PLACEMENT && dead.contains(name))
                .sorted()
                .toList();
        return new AllocationProgress(
                lease.id(),
                lease.sequence(),
                participant,
                lost.isEmpty() ? Progress.READY : Progress.DEGRADED,
                List.of(),
                lost);
    }
}
