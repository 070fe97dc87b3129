package io.archipelago.reservation.domain;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationConfirmed;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationMoved;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationProgress;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.HoldPurpose;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.federation.ShareMessage.ConfirmShare;
import io.archipelago.contracts.federation.ShareMessage.HoldShare;
import io.archipelago.contracts.federation.ShareMessage.ReleaseShare;
import io.archipelago.contracts.federation.ShareMessage.ReviseShare;
import io.archipelago.contracts.federation.ShareMessage.ShareRefused;
import io.archipelago.reservation.domain.Allocation.Confirming;
import io.archipelago.reservation.domain.Allocation.Forgotten;
import io.archipelago.reservation.domain.Allocation.Held;
import io.archipelago.reservation.domain.Allocation.Holding;
import io.archipelago.reservation.domain.Allocation.Released;
import io.archipelago.reservation.domain.Allocation.Releasing;
import io.archipelago.reservation.domain.Leased.Confirmed;
import io.archipelago.reservation.domain.Leased.Running;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The moves of an {@link Allocation}: what is done on every message in every state, and at every deadline. */
public final class AllocationMoves {

    private static final Set<Participant> ALL = EnumSet.allOf(Participant.class);

    private final Pace pace;
    private final HoldMoves holds;
    private final RestoredMoves restored;
    private final ReleaseMoves releases;
    private final RevisionMoves revisions;
    private final Relocations relocations;

    public AllocationMoves(Pace pace) {
        this.pace = pace;
        this.restored = new RestoredMoves(pace);
        this.releases = new ReleaseMoves(pace, restored);
        this.holds = new HoldMoves(pace, releases, restored);
        this.revisions = new RevisionMoves(pace);
        this.relocations = new Relocations(pace);
    }

    /**
     * Takes a command for a share of which there is no record, if it begins one: to hold it, to remember that it was released, or, once the
     * database was restored, to give back whatever the participants may have.
     *
     * @param master who commands
     * @param floor {@link Restoration#floor}; 0 if the database was never restored
     */
    public Optional<Decision<Allocation>> begin(SiteId master, ShareMessage.Command command, long floor, Instant now) {
        return switch (command) {
            case HoldShare hold -> {
                Header header = new Header(hold.allocation(), hold.spec(), hold.sequence(), Math.max(1, floor));
                yield Optional.of(holds.begin(header, hold, now));
            }
            case ReleaseShare release
            when floor > 0 ->
                Optional.of(restored.giveBack(release.allocation(), master, release.sequence(), floor, now));
            case ReleaseShare release -> Optional.of(neverHeld(master, release, now));
            case ConfirmShare confirm -> Optional.empty();
            case ReviseShare revise -> Optional.empty();
        };
    }

    /**
     * Takes a command to hold what this site does not give to its master.
     *
     * @param known the share, if there is a record of it; the command is newer
     * @param floor {@link Restoration#floor}; 0 if the database was never restored
     */
    public Decision<Allocation> refuse(
            Optional<Allocation> known, HoldShare hold, Refusal why, long floor, Instant now) {
        return known.map(allocation -> holds.refuse(allocation, hold, why, now))
                .orElseGet(() -> HoldMoves.refuse(
                        new Header(hold.allocation(), hold.spec(), hold.sequence(), Math.max(1, floor)),
                        hold,
                        floor > 0,
                        why));
    }

    /** Takes a newer command to have a lease otherwise than this site gives to its master. */
    public Decision<Allocation> refuse(Leased lease, ReviseShare revise, Refusal why) {
        return RevisionMoves.refuse(lease.heard(lease.header().heard(revise.sequence()), lease.cluster()), why);
    }

    /** All that would be booked if a lease were to become what its master asks for; empty if it can not. */
    public static Optional<AllocationSpec> covering(Leased lease, ReviseShare revise) {
        return RevisionMoves.covering(lease, revise);
    }

    /** There is nothing to give back, but the release is remembered: a copy of the hold that comes after it begins nothing. */
    private static Decision<Allocation> neverHeld(SiteId master, ReleaseShare release, Instant now) {
        Header header = new Header(release.allocation(), Restoration.forgotten(master, now), release.sequence(), 1);
        return Decision.of(new Released(header, List.of()), AllocationMessages.released(header));
    }

    /** Takes an operator's word that a share is to be given back, whatever its master believes. */
    public Optional<Decision<Allocation>> giveBack(Allocation allocation, Instant now) {
        return allocation instanceof Releasing || allocation instanceof Released
                ? Optional.empty()
                : Optional.of(releases.begin(allocation, allocation.header(), List.of(), now));
    }

    /** Takes a command of the master. */
    public Optional<Decision<Allocation>> onCommand(Allocation allocation, ShareMessage.Command command, Instant now) {
        Header heard = allocation.header().heard(command.sequence());
        if (command.sequence() < allocation.header().shareSequence()) {
            return Optional.empty();
        }
        // What was answered to a release is forgotten, and so is whether all was given back.
        boolean heardBefore = !(allocation instanceof Forgotten && command instanceof ReleaseShare);
        boolean asksAgain = command.sequence() == allocation.header().shareSequence() && heardBefore;
        if (asksAgain && !(command instanceof HoldShare hold && isOver(allocation, hold))) {
            return answerAgain(allocation, now);
        }
        return Optional.of(
                switch (command) {
                    case HoldShare hold -> holds.hold(allocation, heard, hold, now);
                    case ConfirmShare confirm -> confirm(allocation, heard, confirm, now);
                    case ReviseShare revise -> revise(allocation, heard, revise, now);
                    case ReleaseShare release -> releases.begin(allocation, heard, List.of(), now);
                });
    }

    /** What was only probed is not kept: who asks once more hears how things are by now. */
    private static boolean isOver(Allocation allocation, HoldShare hold) {
        return hold.heldFor() == HoldPurpose.PROBE && allocation instanceof Released;
    }

    /** Takes a participant's answer. */
    public Optional<Decision<Allocation>> onEvent(Allocation allocation, AllocationEvent event, Instant now) {
        if (event instanceof AllocationMoved moved) {
            return relocations.take(allocation, moved, now);
        }
        if (event.sequence() != allocation.header().sequence()) {
            return Optional.empty();
        }
        return switch (allocation) {
            case Holding holding -> holds.onEvent(holding, event, now);
            case Held held -> onEvent(held, event, now);
            case Confirming confirming -> onEvent(confirming, event, now);
            case Running running -> onEvent(running, event, now);
            case Releasing releasing -> releases.onEvent(releasing, event, now);
            case Confirmed confirmed -> onEvent(confirmed, event, now);
            case Released released -> Optional.empty();
            case Forgotten forgotten -> Optional.empty();
        };
    }

    /** Does what {@link Allocation#due()} announced; nothing if it is not due yet. */
    public Optional<Decision<Allocation>> onDue(Allocation allocation, Instant now) {
        Instant due = allocation.due();
        if (due == null || now.isBefore(due)) {
            return Optional.empty();
        }
        Header header = allocation.header();
        boolean over = !now.isBefore(header.spec().window().end());
        return Optional.of(
                switch (allocation) {
                    case Holding holding ->
                        now.isBefore(holding.giveUpAt())
                                ? holds.askAgain(holding, now)
                                : holds.refuse(
                                        holding,
                                        List.of(Refusals.silent(holding.until().keySet())),
                                        now);
                    case Held held -> releases.refuse(held, header, List.of(Refusals.ranOut()), now);
                    case Confirming confirming ->
                        Decision.of(
                                confirming.askedAgain(again(confirming.asked(), now)),
                                AllocationMessages.confirm(header, confirming.facts(), confirming.cluster()));
                    case Leased lease -> over ? releases.begin(lease, header, List.of(), now) : goOn(lease, now);
                    case Releasing releasing ->
                        Decision.of(
                                releasing.askedAgain(again(releasing.asked(), now)),
                                AllocationMessages.release(header));
                    case Released released -> throw new IllegalStateException("nothing is due once released");
                    case Forgotten forgotten -> throw new IllegalStateException("nothing is due once forgotten");
                });
    }

    /**
     * What is answered to a command for an allocation of which there is no record; empty if the command begins it, and if it may have been
     * forgotten: then a digest tells the master that it is unknown here.
     */
    public Optional<ShareMessage.Answer> answerUnknown(ShareMessage.Command command, long floor) {
        return (command instanceof ConfirmShare || command instanceof ReviseShare) && floor == 0
                ? Optional.of(new ShareRefused(command.allocation(), command.sequence(), List.of(Refusals.ranOut())))
                : Optional.empty();
    }

    private static List<SiteId> missing(Held held, Header heard, ConfirmShare confirm) {
        return KnownSites.missing(heard, AllocationMessages.shared(heard, held.facts()), confirm.cluster());
    }

    private Optional<Decision<Allocation>> onEvent(Held held, AllocationEvent event, Instant now) {
        return event instanceof AllocationRefused lost
                ? Optional.of(releases.refuse(held, held.header(), List.of(lost.refusal()), now))
                : Optional.empty();
    }

    private Decision<Allocation> confirm(Allocation allocation, Header heard, ConfirmShare confirm, Instant now) {
        return switch (allocation) {
            case Held held
            when !missing(held, heard, confirm).isEmpty() ->
                releases.refuse(held, heard, List.of(Refusals.incomplete(missing(held, heard, confirm))), now);
            case Held held
            when now.isBefore(held.until()) -> {
                Header next = heard.next();
                yield Decision.of(
                        new Confirming(next, held.facts(), confirm.cluster(), Set.of(), 1, again(0, now)),
                        AllocationMessages.confirm(next, held.facts(), confirm.cluster()));
            }
            case Held held -> releases.refuse(held, heard, List.of(Refusals.ranOut()), now);
            case Holding holding when holding.probes() -> HoldMoves.refuseProbe(heard, List.of(Refusals.ranOut()));
            case Holding holding -> releases.refuse(holding, heard, List.of(Refusals.ranOut()), now);
            // It was leased and comes to its end: the master has to wait until nothing is left.
            case Releasing releasing
            when releasing.deployed() && releasing.refusals().isEmpty() -> {
                Releasing same = releasing.withHeader(heard);
                yield Decision.of(same, AllocationMessages.left(same));
            }
            case Releasing releasing -> {
                List<Refusal> why = releasing.refusals().isEmpty() ? List.of(Refusals.ranOut()) : releasing.refusals();
                yield Decision.of(releasing.withHeader(heard).because(why), AllocationMessages.refused(heard, why));
            }
            case Released released -> {
                List<Refusal> why = released.refusals().isEmpty() ? List.of(Refusals.ranOut()) : released.refusals();
                yield Decision.of(new Released(heard, why, released.probed()), AllocationMessages.refused(heard, why));
            }
            // A digest tells the master that it is unknown here.
            case Forgotten forgotten -> Decision.of(new Forgotten(heard));
            case Confirming confirming ->
                Decision.of(confirming.heard(
                        heard, KnownSites.after(confirming.cluster(), heard, confirming.facts(), confirm)));
            case Leased lease -> revisions.confirm(lease, heard, confirm, now);
        };
    }

    private Decision<Allocation> revise(Allocation allocation, Header heard, ReviseShare revise, Instant now) {
        List<Refusal> why = List.of(Refusals.conflict("there is no lease that could be changed"));
        return switch (allocation) {
            case Leased lease -> revisions.ask(lease, heard, revise, now);
            case Holding holding when holding.probes() -> HoldMoves.refuseProbe(heard, why);
            case Holding holding -> releases.refuse(holding, heard, why, now);
            case Held held -> releases.refuse(held, heard, why, now);
            case Confirming confirming ->
                Decision.of(confirming.withHeader(heard), AllocationMessages.refused(heard, why));
            case Releasing releasing ->
                Decision.of(releasing.withHeader(heard), AllocationMessages.refused(heard, why));
            case Released released ->
                Decision.of(
                        new Released(heard, released.refusals(), released.probed()),
                        AllocationMessages.refused(heard, why));
            case Forgotten forgotten -> Decision.of(new Forgotten(heard), AllocationMessages.refused(heard, why));
        };
    }

    private Optional<Decision<Allocation>> onEvent(Confirming confirming, AllocationEvent event, Instant now) {
        Header header = confirming.header();
        if (event instanceof AllocationRefused refused) {
            return Optional.of(releases.refuse(confirming, header, List.of(refused.refusal()), now));
        }
        if (!(event instanceof AllocationConfirmed)) {
            return Optional.empty();
        }
        Confirming more = confirming.with(event.participant());
        if (!more.confirmed().containsAll(ALL)) {
            return Optional.of(Decision.of(more));
        }
        Instant deployAt = header.spec().window().start().minus(pace.lead());
        return Optional.of(Decision.of(
                new Confirmed(header, more.facts(), more.cluster(), deployAt), AllocationMessages.confirmed(header)));
    }

    private Decision<Allocation> goOn(Leased lease, Instant now) {
        if (lease instanceof Confirmed confirmed && !now.isBefore(confirmed.deployAt())) {
            return revisions.begin(confirmed, now);
        }
        Revision revision = lease.revision();
        return revision != null && revision.isDue(now)
                ? revisions.onDue(lease, revision, now)
                : revisions.askAgain(lease, now);
    }

    private Optional<Decision<Allocation>> onEvent(Confirmed confirmed, AllocationEvent event, Instant now) {
        if (confirmed.revision() instanceof Revision.Extending extending) {
            return revisions.onEvent(confirmed, extending, event, now);
        }
        return event instanceof AllocationConfirmed && confirmed.askAgainAt() != null
                ? Optional.of(Decision.of(confirmed.with(event.participant())))
                : Optional.empty();
    }

    private Optional<Decision<Allocation>> onEvent(Running running, AllocationEvent event, Instant now) {
        if (!(event instanceof AllocationProgress progress)) {
            if (running.revision() instanceof Revision.Extending extending) {
                return revisions.onEvent(running, extending, event, now);
            }
            return event instanceof AllocationRefused refused ? onRefused(running, refused) : Optional.empty();
        }
        PartStatus told = new PartStatus(progress.progress(), progress.resources(), progress.lost());
        boolean known = told.equals(running.parts().get(progress.participant()));
        if (known && running.answered().contains(progress.participant())) {
            return Optional.empty();
        }
        Running next = ReplacementMoves.plan(running.with(progress.participant(), told), now);
        return Optional.of(known ? Decision.of(next) : Decision.of(next, AllocationMessages.status(next)));
    }

    /** A participant has not booked what the lease says. It is told again, for ever; the master hears why nothing comes of it. */
    private static Optional<Decision<Allocation>> onRefused(Running running, AllocationRefused refused) {
        PartStatus before = running.parts().get(refused.participant());
        PartStatus refusing = PartStatus.refusing(refused, before);
        Running next = running.saying(refused.participant(), refusing);
        return refusing.equals(before)
                ? Optional.empty()
                : Optional.of(Decision.of(next, AllocationMessages.status(next)));
    }

    private Optional<Decision<Allocation>> answerAgain(Allocation allocation, Instant now) {
        Header header = allocation.header();
        return switch (allocation) {
            case Holding holding -> Optional.empty();
            case Confirming confirming -> Optional.empty();
            case Forgotten forgotten -> Optional.empty();
            case Held held ->
                Optional.of(
                        now.isBefore(held.until())
                                ? Decision.of(held, AllocationMessages.held(held))
                                : releases.refuse(held, header, List.of(Refusals.ranOut()), now));
            case Leased lease -> RevisionMoves.answerAgain(lease);
            case Releasing releasing ->
                releasing.refusals().isEmpty()
                        ? Optional.empty()
                        : Optional.of(Decision.of(releasing, AllocationMessages.refused(header, releasing.refusals())));
            case Released released ->
                Optional.of(Decision.of(
                        released,
                        released.refusals().isEmpty()
                                ? AllocationMessages.released(header)
                                : AllocationMessages.refused(header, released.refusals())));
        };
    }

    /** When to ask again what was asked so many times before this one. */
    private Instant again(int asked, Instant now) {
        return now.plus(pace.again(asked + 1));
    }
}
