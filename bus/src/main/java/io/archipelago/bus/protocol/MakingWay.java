package io.archipelago.bus.protocol;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationCommand;
import io.archipelago.contracts.allocation.AllocationCommand.ExtendAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.HoldPurpose;
import io.archipelago.contracts.allocation.Refusal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** What is held for counter-offers makes way for what somebody has asked for, and for the replacement of lost machines. */
public final class MakingWay {

    private final ParticipantProtocol protocol;

    public MakingWay(ParticipantProtocol protocol) {
        this.protocol = protocol;
    }

    /**
     * The offers that make way for a command, so that it fits: no more of them than needed, those that run out last before others. None if it does
     * not fit all the same, or is itself for an offer.
     *
     * @param view with every booking, by which the command is refused
     * @param offers what is held for counter-offers
     */
    public List<Part.Held> of(AllocationCommand command, PartView view, Collection<Part.Held> offers, Instant now) {
        TimeWindow wanted = switch (command) {
            case HoldAllocation hold
            when hold.heldFor() == HoldPurpose.FIRM -> hold.spec().window();
            case ExtendAllocation extend -> extend.spec().window();
            default -> null;
        };
        if (wanted == null) {
            return List.of();
        }
        TimeWindow booked = protocol.booked(wanted);
        List<Part.Held> gone = new ArrayList<>(offers);
        gone.removeIf(offer -> offer.allocation().equals(command.allocation())
                || !protocol.booked(offer.spec().window()).overlaps(booked));
        if (gone.isEmpty() || isRefused(command, gone, view, now)) {
            return List.of();
        }
        gone.sort(Comparator.comparing(Part.Held::until)
                .thenComparing(offer -> offer.allocation().toString()));
        for (Part.Held offer : List.copyOf(gone)) {
            List<Part.Held> fewer =
                    gone.stream().filter(other -> !other.equals(offer)).toList();
            if (!isRefused(command, fewer, view, now)) {
                gone.remove(offer);
            }
        }
        return List.copyOf(gone);
    }

    private boolean isRefused(AllocationCommand command, List<Part.Held> without, PartView view, Instant now) {
        List<AllocationId> ids = without.stream().map(Part.Held::allocation).toList();
        PartView less = new PartView(view.part(), view.calendar().without(ids), view.resources(), view.down());
        return ParticipantProtocol.refuses(protocol.onCommand(command, less, now));
    }

    /** An offer makes way: its hold ends as one that ran out. */
    public PartDecision giveUp(Part.Held offer) {
        Refusal why = Refusal.of(ErrorCode.HOLD_EXPIRED, "hold", "the offer made way for what somebody has asked for");
        return PartDecision.to(offer.runOut(why), new PartDecision.Drop())
                .answering(new AllocationRefused(offer.allocation(), offer.sequence(), protocol.participant(), why));
    }
}
