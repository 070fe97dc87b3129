package io.archipelago.contracts.allocation;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Message;
import io.archipelago.contracts.Participant;
import java.time.Instant;
import java.util.List;

/** What a participant answers, on {@code <participant>.events.v1}, keyed by allocation. */
public sealed interface AllocationEvent extends Message {

    AllocationId allocation();

    /** The sequence of the command that this answers, or under which the state that it tells was reached. */
    long sequence();

    Participant participant();

    /**
     * The part is booked until the hold runs out; what extends a lease, as long as that.
     *
     * @param allocation the allocation
     * @param sequence of the command answered
     * @param participant who answers
     * @param until when the hold runs out, by the participant's clock
     * @param chosen what was chosen
     */
    record AllocationHeld(
            AllocationId allocation, long sequence, Participant participant, Instant until, Facts.Chosen chosen)
            implements AllocationEvent {}

    /**
     * Nothing is booked: it does not fit, or the hold that was to be confirmed had run out ({@code HOLD_EXPIRED}).
     *
     * @param allocation the allocation
     * @param sequence of the command answered
     * @param participant who answers
     * @param refusal why
     */
    record AllocationRefused(AllocationId allocation, long sequence, Participant participant, Refusal refusal)
            implements AllocationEvent {}

    /**
     * The part is booked for the whole window.
     *
     * @param allocation the allocation
     * @param sequence of the command answered
     * @param participant who answers
     */
    record AllocationConfirmed(AllocationId allocation, long sequence, Participant participant)
            implements AllocationEvent {}

    /**
     * What a lease that has not begun has is booked elsewhere: it could not stay where it was. Said unasked, and instead of an answer to a command that
     * names the place of before.
     *
     * @param allocation the allocation
     * @param sequence of the command answered, or of the last that was taken
     * @param participant who says so
     * @param chosen what was chosen instead
     */
    record AllocationMoved(AllocationId allocation, long sequence, Participant participant, Facts.Chosen chosen)
            implements AllocationEvent {}

    /**
     * How far deploying or releasing is. Said when it changes, and when asked.
     *
     * @param allocation the allocation
     * @param sequence of the command under way
     * @param participant who answers
     * @param progress the whole part's progress
     * @param resources every resource of the part
     * @param lost the names of the machines whose hosts are dead; only placement knows of any
     */
    record AllocationProgress(
            AllocationId allocation,
            long sequence,
            Participant participant,
            Progress progress,
            List<ResourceStatus> resources,
            List<String> lost)
            implements AllocationEvent {
        public AllocationProgress {
            resources = List.copyOf(resources);
            lost = List.copyOf(lost);
        }
    }

    /**
     * Nothing of the part is left on any host, and nothing is booked.
     *
     * @param allocation the allocation
     * @param sequence of the command answered
     * @param participant who answers
     */
    record AllocationReleased(AllocationId allocation, long sequence, Participant participant)
            implements AllocationEvent {}

    /** How far a part is. */
    enum Progress {
        /** It may not begin: what an earlier booking left is not yet seen gone. */
        WAITING,
        DEPLOYING,
        READY,
        /** Something failed; repair goes on. */
        DEGRADED,
        RELEASING
    }
}
