package io.archipelago.reservation.domain;

import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationConfirmed;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationMoved;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationProgress;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationReleased;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.reservation.domain.Allocation.Forgotten;
import io.archipelago.reservation.domain.Allocation.Holding;
import io.archipelago.reservation.domain.Allocation.Released;
import io.archipelago.reservation.domain.Allocation.Releasing;
import io.archipelago.reservation.domain.Leased.Running;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The moves of an {@link Allocation} that is given back: how it begins, and what is made of the participants' answers until nothing is left. */
final class ReleaseMoves {

    private static final Set<Participant> ALL = EnumSet.allOf(Participant.class);

    private final Pace pace;
    private final RestoredMoves restored;

    ReleaseMoves(Pace pace, RestoredMoves restored) {
        this.pace = pace;
        this.restored = restored;
    }

    /** Tells the participants to give back; the master hears of it when they have. */
    Decision<Allocation> begin(Allocation allocation, Header header, List<Refusal> refusals, Instant now) {
        if (allocation instanceof Releasing releasing) {
            Releasing same = releasing.withHeader(header).because(refusals);
            return refusals.isEmpty() && !same.left().isEmpty()
                    ? Decision.of(same, AllocationMessages.left(same))
                    : Decision.of(same);
        }
        boolean probed = allocation instanceof Released released && released.probed()
                || allocation instanceof Holding holding && holding.probes();
        if (probed || allocation instanceof Released) {
            return Decision.of(new Released(header, List.of(), probed), AllocationMessages.released(header));
        }
        Header next = header.next();
        boolean deployed = allocation instanceof Running || allocation instanceof Forgotten;
        return Decision.of(
                Releasing.begin(next, refusals, deployed, now.plus(pace.again(1))), AllocationMessages.release(next));
    }

    /** Tells the master that nothing is held, and gives back what may be. */
    Decision<Allocation> refuse(Allocation allocation, Header header, List<Refusal> refusals, Instant now) {
        Decision<Allocation> release = begin(allocation, header, refusals, now);
        List<Outgoing> messages = new ArrayList<>(release.messages());
        messages.add(AllocationMessages.refused(header, refusals));
        return new Decision<>(release.next(), messages);
    }

    /** Takes a participant's answer. */
    Optional<Decision<Allocation>> onEvent(Releasing releasing, AllocationEvent event, Instant now) {
        return switch (event) {
            case AllocationReleased released -> Optional.of(onReleased(releasing.with(released.participant())));
            case AllocationProgress progress
            when progress.progress() == Progress.RELEASING -> tellWhatIsLeft(releasing, progress);
            case AllocationProgress progress -> Optional.of(restored.goOnAbove(releasing, now));
            case AllocationHeld held -> Optional.of(restored.goOnAbove(releasing, now));
            case AllocationRefused refused -> Optional.of(restored.goOnAbove(releasing, now));
            case AllocationConfirmed confirmed -> Optional.of(restored.goOnAbove(releasing, now));
            case AllocationMoved moved -> Optional.empty();
        };
    }

    private static Decision<Allocation> onReleased(Releasing more) {
        if (!more.released().containsAll(ALL)) {
            return Decision.of(more);
        }
        Released done = new Released(more.header(), more.refusals());
        return done.refusals().isEmpty()
                ? Decision.of(done, AllocationMessages.released(done.header()))
                : Decision.of(done);
    }

    private static Optional<Decision<Allocation>> tellWhatIsLeft(Releasing releasing, AllocationProgress progress) {
        Participant participant = progress.participant();
        if (releasing.released().contains(participant)
                || progress.resources().equals(releasing.left().get(participant))) {
            return Optional.empty();
        }
        Releasing next = releasing.with(participant, progress.resources());
        return Optional.of(
                releasing.refusals().isEmpty() ? Decision.of(next, AllocationMessages.left(next)) : Decision.of(next));
    }
}
