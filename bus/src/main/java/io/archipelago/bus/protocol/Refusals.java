package io.archipelago.bus.protocol;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationCommand;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.Refusal;

/** How a participant says no. */
final class Refusals {

    private final Participant participant;

    Refusals(Participant participant) {
        this.participant = participant;
    }

    AllocationRefused refused(AllocationCommand command, Refusal refusal) {
        return new AllocationRefused(command.allocation(), command.sequence(), participant, refusal);
    }

    /** A command that the reservation-service has no reason to send now; nothing changes. */
    AllocationRefused misplaced(AllocationCommand command, String because) {
        return refused(command, Refusal.of(ErrorCode.CONFLICT, participant.service(), "not possible now: " + because));
    }
}
