package io.archipelago.reservation.domain;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.HoldPurpose;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.federation.ShareMessage.HoldShare;
import io.archipelago.reservation.domain.Allocation.Confirming;
import io.archipelago.reservation.domain.Allocation.Forgotten;
import io.archipelago.reservation.domain.Allocation.Held;
import io.archipelago.reservation.domain.Allocation.Holding;
import io.archipelago.reservation.domain.Allocation.Released;
import io.archipelago.reservation.domain.Allocation.Releasing;
import io.archipelago.reservation.domain.Leased.Confirmed;
import io.archipelago.reservation.domain.Leased.Running;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The moves of an {@link Allocation} that its master wants held: how it begins, and what is made of the participants' answers until all hold. */
final class HoldMoves {

    private static final Set<Participant> ALL = EnumSet.allOf(Participant.class);

    private final Pace pace;
    private final ReleaseMoves releases;
    private final RestoredMoves restored;

    HoldMoves(Pace pace, ReleaseMoves releases, RestoredMoves restored) {
        this.pace = pace;
        this.releases = releases;
        this.restored = restored;
    }

    /** Takes a newer command to hold what is known already. */
    Decision<Allocation> hold(Allocation allocation, Header heard, HoldShare hold, Instant now) {
        if (probesWhatIsThere(allocation, hold)) {
            return refuseToProbe(allocation, hold);
        }
        Header next = new Header(heard.id(), hold.spec(), heard.shareSequence(), heard.sequence() + 1);
        return switch (allocation) {
            case Holding holding -> begin(next, hold, now);
            case Held held -> begin(next, hold, now);
            case Released released -> begin(next, hold, now);
            case Forgotten forgotten -> begin(next, hold, now);
            case Releasing releasing when !releasing.deployed() -> begin(next, hold, now);
            case Releasing releasing -> refuseWhileThere(releasing, heard);
            case Confirming confirming -> refuseToHold(confirming.withHeader(heard));
            case Confirmed confirmed -> refuseToHold(confirmed.withHeader(heard));
            case Running running -> refuseToHold(running.withHeader(heard));
        };
    }

    /** Takes a newer command to hold what this site does not give to its master. */
    Decision<Allocation> refuse(Allocation allocation, HoldShare hold, Refusal why, Instant now) {
        if (probesWhatIsThere(allocation, hold)) {
            return refuseToProbe(allocation, hold);
        }
        Header heard = allocation.header().heard(hold.sequence());
        if (hold.heldFor() == HoldPurpose.PROBE) {
            return refuseProbe(heard, List.of(why));
        }
        return switch (allocation) {
            case Holding holding -> releases.refuse(holding, heard, List.of(why), now);
            case Held held -> releases.refuse(held, heard, List.of(why), now);
            case Released released -> refuse(heard, why);
            // What participants may have of it stays to be found.
            case Forgotten forgotten ->
                Decision.of(new Forgotten(heard), AllocationMessages.refused(heard, List.of(why)));
            case Releasing releasing when releasing.deployed() -> refuseWhileThere(releasing, heard);
            case Releasing releasing ->
                Decision.of(
                        releasing.withHeader(heard).because(List.of(why)),
                        AllocationMessages.refused(heard, List.of(why)));
            case Confirming confirming -> refuseToHold(confirming.withHeader(heard));
            case Confirmed confirmed -> refuseToHold(confirmed.withHeader(heard));
            case Running running -> refuseToHold(running.withHeader(heard));
        };
    }

    private static Decision<Allocation> refuseWhileThere(Releasing releasing, Header heard) {
        List<Refusal> why = List.of(Refusals.stillThere());
        return Decision.of(releasing.withHeader(heard).because(why), AllocationMessages.refused(heard, why));
    }

    /**
     * Of which there is no record.
     *
     * @param restored whether participants may have something of it all the same
     */
    static Decision<Allocation> refuse(Header header, HoldShare hold, boolean restored, Refusal why) {
        if (hold.heldFor() == HoldPurpose.PROBE) {
            return refuseProbe(header, List.of(why));
        }
        return restored
                ? Decision.of(new Forgotten(header), AllocationMessages.refused(header, List.of(why)))
                : refuse(header, why);
    }

    /** A master that asks only whether it could have what it has, or what is not yet given back: it has nothing to ask. */
    private static boolean probesWhatIsThere(Allocation allocation, HoldShare hold) {
        boolean nothing = allocation instanceof Released || allocation instanceof Holding holding && holding.probes();
        return hold.heldFor() == HoldPurpose.PROBE && !nothing;
    }

    private static Decision<Allocation> refuseToProbe(Allocation allocation, HoldShare hold) {
        Header heard = allocation.header().heard(hold.sequence());
        return Decision.of(
                allocation, AllocationMessages.refused(heard, List.of(Refusals.conflict("the share is in use"))));
    }

    /** Nobody has anything of it to give back. */
    static Decision<Allocation> refuseProbe(Header heard, List<Refusal> why) {
        return Decision.of(new Released(heard, why, true), AllocationMessages.refused(heard, why));
    }

    /** Of which nothing is held by anybody. */
    private static Decision<Allocation> refuse(Header header, Refusal why) {
        return Decision.of(new Released(header, List.of(why)), AllocationMessages.refused(header, List.of(why)));
    }

    /** A master that forgot to release first. What it was given stays: a lease is never undone silently. */
    private static Decision<Allocation> refuseToHold(Allocation allocation) {
        return Decision.of(
                allocation,
                AllocationMessages.refused(allocation.header(), List.of(Refusals.conflict("the share is in use"))));
    }

    /** Asks the participants to hold it. */
    Decision<Allocation> begin(Header header, HoldShare hold, Instant now) {
        Duration holdFor = shorter(hold.holdFor(), pace.holdFor(hold.heldFor()));
        Duration patience = shorter(holdFor, pace.holdFor());
        Holding holding = new Holding(
                header,
                Facts.OfSite.unknown(),
                Map.of(),
                holdFor,
                hold.heldFor(),
                1,
                again(0, now),
                now.plus(patience).minus(pace.margin().multipliedBy(2)));
        return Decision.of(holding, AllocationMessages.hold(holding, askable(holding)));
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /** Asks those that have not answered once more. */
    Decision<Allocation> askAgain(Holding holding, Instant now) {
        Holding again = holding.askedAgain(again(holding.asked(), now));
        return Decision.of(again, AllocationMessages.hold(again, askable(again)));
    }

    /** Who has not answered and knows all that it needs to. */
    private static Set<Participant> askable(Holding holding) {
        return ALL.stream()
                .filter(p -> !holding.until().containsKey(p))
                .filter(p -> p.after().map(holding.until()::containsKey).orElse(true))
                .collect(Collectors.toSet());
    }

    /** Takes a participant's answer. */
    Optional<Decision<Allocation>> onEvent(Holding holding, AllocationEvent event, Instant now) {
        if (event instanceof AllocationRefused refused) {
            return Optional.of(
                    refused.refusal().code() == ErrorCode.CONFLICT
                            ? restored.leaveInUse(holding)
                            : refuse(holding, List.of(refused.refusal()), now));
        }
        if (!(event instanceof AllocationHeld answer)) {
            return Optional.empty();
        }
        Holding more = holding.with(answer);
        if (more.until().keySet().containsAll(ALL)) {
            Instant first =
                    more.until().values().stream().min(Instant::compareTo).orElseThrow();
            Outgoing all = AllocationMessages.held(more.header(), more.facts(), first);
            return Optional.of(
                    more.probes()
                            ? Decision.of(new Released(more.header(), List.of(), true), all)
                            : Decision.of(new Held(more.header(), more.facts(), first), all));
        }
        Set<Participant> next = askable(more);
        next.removeAll(askable(holding));
        return Optional.of(next.isEmpty() ? Decision.of(more) : Decision.of(more, AllocationMessages.hold(more, next)));
    }

    /** Somebody does not hold it, or says nothing. Of what was only probed nobody has anything to give back. */
    Decision<Allocation> refuse(Holding holding, List<Refusal> why, Instant now) {
        Header header = holding.header();
        return holding.probes() ? refuseProbe(header, why) : releases.refuse(holding, header, why, now);
    }

    /** When to ask again what was asked so many times before this one. */
    private Instant again(int asked, Instant now) {
        return now.plus(pace.again(asked + 1));
    }
}
