package io.archipelago.bus.protocol;

import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.protocol.ParticipantLogic.Chosen;
import io.archipelago.bus.protocol.ParticipantLogic.DoesNotFit;
import io.archipelago.bus.protocol.ParticipantLogic.Request;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationCommand;
import io.archipelago.contracts.allocation.AllocationCommand.ConfirmAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.DeployAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.ExtendAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.ReleaseAllocation;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationConfirmed;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationReleased;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.HoldPurpose;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a participant does on every command in every state; the table stands in docs/messages.md. It decides and writes nothing: whoever calls
 * it writes the {@link PartDecision} in the transaction in which the {@link PartView} was read.
 */
public final class ParticipantProtocol {

    private final ParticipantLogic logic;
    private final Terms terms;
    private final ResourceProtocol resources;
    private final Rows rows;
    private final Reports reports;
    private final Refusals refusals;
    private final Moves moves;
    private final Leases leases;

    /**
     * @param logic what is particular to the participant
     * @param terms the site's figures
     */
    public ParticipantProtocol(ParticipantLogic logic, Terms terms) {
        this.logic = logic;
        this.terms = terms;
        this.rows = new Rows(logic);
        this.reports = new Reports(logic);
        this.refusals = new Refusals(logic.name());
        this.moves = new Moves(logic, rows);
        this.resources = new ResourceProtocol(logic, terms, rows, reports);
        this.leases = new Leases(logic, rows, resources, moves, refusals);
    }

    /**
     * The site's figures, the same for all its participants.
     *
     * @param lead time for deploying, booked before the window
     * @param turnRound time for cleaning, booked after it
     * @param grace how long after its end an agent that hears nothing lets a lease stand
     * @param lookAgain how often a part that waits for its predecessor, or to hear of a host, looks again
     * @param tellEvery how often changes that do not alter the progress are told
     */
    public record Terms(Duration lead, Duration turnRound, Duration grace, Duration lookAgain, Duration tellEvery) {}

    /** What a participant books for a window: it, and the time for deploying and cleaning. */
    public TimeWindow booked(TimeWindow window) {
        return window.widened(terms.lead(), terms.turnRound());
    }

    /** Whether the command can not be decided without the pools, their rows locked. */
    public boolean books(AllocationCommand command) {
        return switch (command) {
            case HoldAllocation hold -> hold.addressees().contains(logic.name());
            case ConfirmAllocation confirm -> true;
            case DeployAllocation deploy -> true;
            case ExtendAllocation extend -> true;
            case ReleaseAllocation release -> false;
        };
    }

    /** Whether what is due for a part can not be decided without the pools. */
    public boolean books(Part part) {
        return part instanceof Part.Deploying deploying && deploying.checkAt() != null;
    }

    /** Whether what an agent saw can not be taken without the pools: a lease that goes on has less from then on. */
    public boolean books(ResourceObserved observed, PartView view) {
        return resources.books(observed, view);
    }

    /** Takes a command. */
    public PartDecision onCommand(AllocationCommand command, PartView view, Instant now) {
        if (command instanceof HoldAllocation hold && !hold.addressees().contains(logic.name())) {
            return PartDecision.NOTHING;
        }
        if (command instanceof HoldAllocation hold && hold.heldFor() == HoldPurpose.PROBE) {
            return PartDecision.answer(probe(hold, view.calendar(), now));
        }
        Part part = view.part();
        if (part != null && command.sequence() < part.sequence()) {
            return PartDecision.NOTHING;
        }
        if (part != null && command.sequence() == part.sequence()) {
            return answerAgain(part, view, now);
        }
        return switch (command) {
            case HoldAllocation hold -> hold(hold, view, now);
            case ConfirmAllocation confirm -> confirm(confirm, view, now);
            case DeployAllocation deploy -> leases.deploy(deploy, view, now);
            case ExtendAllocation extend -> leases.extend(extend, view);
            case ReleaseAllocation release -> resources.release(release, view);
        };
    }

    /** Whether a decision about a command that books says that it does not fit. */
    public static boolean refuses(PartDecision decision) {
        return decision.next() instanceof Part.Refused
                || decision.next() instanceof Part.Leased leased && leased.extension() instanceof Part.Extension.Denied;
    }

    Participant participant() {
        return logic.name();
    }

    /** Takes what an agent saw of a resource that is in the view. */
    public PartDecision onObserved(ResourceObserved observed, PartView view, Instant now) {
        return resources.onObserved(observed, view, now);
    }

    /**
     * Looks at which hosts are down: what lay on dead ones is gone, and lost ones are kept from their disks.
     *
     * @param news whether something has happened to a host of the part, that is to be told
     */
    public PartDecision onHosts(PartView view, boolean news) {
        return resources.onHosts(view, news);
    }

    /**
     * Whether something is booked for a part where it can not stay.
     *
     * @param view with every single booking
     */
    public static boolean isDisplaced(PartView view) {
        Part part = view.part();
        return part != null && !view.calendar().left(part.allocation()).isEmpty();
    }

    /**
     * Has a resource be otherwise than its lease called for, because somebody asks for it who may.
     *
     * @param change what is wanted now to how it is to be, with the next generation
     * @return nothing if the part wants no such thing now
     */
    public Optional<PartDecision> respecify(
            PartView view, HostId host, ResourceKey key, Function<Resource, ResourceSpec> change) {
        return resources.respecify(view, host, key, change);
    }

    /** Whether it is soon decided what a part is to have: it may be moved then. */
    public static boolean isUndecided(PartView view) {
        return view.part() instanceof Part.Held
                || view.part() instanceof Part.Confirmed confirmed && confirmed.extension() != null;
    }

    /**
     * Finds another place for what a lease that has not begun has where it can not stay; nothing, if it can or there is none.
     *
     * @param view with every single booking
     */
    public PartDecision onDisplaced(PartView view) {
        return moves.onDisplaced(view);
    }

    /** Does what {@link Part#due()} announced; nothing if it is not due yet. */
    public PartDecision onDue(PartView view, Instant now) {
        Part part = view.part();
        Instant due = part == null ? null : part.due();
        if (part == null || due == null || now.isBefore(due)) {
            return PartDecision.NOTHING;
        }
        return switch (part) {
            case Part.Held held -> runOut(held);
            case Part.Deploying deploying ->
                deploying.checkAt() != null ? resources.begin(deploying, view, now) : resources.tell(deploying, view);
            case Part.Refused refused -> PartDecision.NOTHING;
            case Part.Confirmed confirmed -> PartDecision.NOTHING;
            case Part.Releasing releasing -> PartDecision.NOTHING;
            case Part.Released released -> PartDecision.NOTHING;
        };
    }

    private PartDecision hold(HoldAllocation hold, PartView view, Instant now) {
        return switch (view.part()) {
            case null -> book(hold, view, now);
            case Part.Held held -> book(hold, view, now);
            case Part.Refused refused -> book(hold, view, now);
            case Part.Released released -> book(hold, view, now);
            case Part.Confirmed confirmed -> PartDecision.answer(refusals.misplaced(hold, "it is confirmed"));
            case Part.Deploying deploying -> PartDecision.answer(refusals.misplaced(hold, "it is deployed"));
            case Part.Releasing releasing -> PartDecision.answer(refusals.misplaced(hold, "it is being released"));
        };
    }

    /**
     * What is answered to a command to hold, as things are now; nothing is decided by it.
     *
     * @param calendar what is booked on this participant's pools
     */
    public AllocationEvent probe(HoldAllocation hold, Calendar calendar, Instant now) {
        return switch (logic.hold(request(hold), calendar.without(hold.allocation()))) {
            case DoesNotFit no ->
                refusals.refused(hold, ofTheWindow(no.refusal(), hold.spec().window()));
            case Chosen chosen -> held(hold, chosen, now);
        };
    }

    private PartDecision book(HoldAllocation hold, PartView view, Instant now) {
        AllocationId id = hold.allocation();
        Request request = request(hold);
        return switch (logic.hold(request, view.calendar().without(id))) {
            case DoesNotFit no ->
                refuse(hold, ofTheWindow(no.refusal(), hold.spec().window()));
            case Chosen chosen -> {
                AllocationHeld answer = held(hold, chosen, now);
                List<Booking> bookings = rows.of(request, hold.facts().with(chosen.chosen()), answer.until());
                Part.Held held = new Part.Held(
                        id,
                        hold.sequence(),
                        hold.spec(),
                        chosen.chosen(),
                        bookings.size(),
                        answer.until(),
                        hold.heldFor() == HoldPurpose.OFFER);
                yield PartDecision.to(held, new PartDecision.Book(bookings)).answering(answer);
            }
        };
    }

    private Request request(HoldAllocation hold) {
        return new Request(
                hold.allocation(), hold.spec(), hold.facts(), booked(hold.spec().window()));
    }

    private AllocationHeld held(HoldAllocation hold, Chosen chosen, Instant now) {
        return new AllocationHeld(
                hold.allocation(), hold.sequence(), logic.name(), now.plus(hold.holdFor()), chosen.chosen());
    }

    private PartDecision confirm(ConfirmAllocation confirm, PartView view, Instant now) {
        return switch (view.part()) {
            case Part.Held held -> {
                List<Booking> there = view.calendar().of(held.allocation());
                yield there.size() == held.bookings() && now.isBefore(held.until())
                        ? PartDecision.to(
                                        held.confirm(
                                                confirm.sequence(),
                                                confirm.facts(),
                                                confirm.cluster(),
                                                during(there, held.spec())),
                                        new PartDecision.Confirm())
                                .answering(
                                        new AllocationConfirmed(confirm.allocation(), confirm.sequence(), logic.name()))
                        : refuse(confirm, ranOut());
            }
            case null -> refuse(confirm, ranOut());
            case Part.Refused refused -> refuse(confirm, refused.refusal());
            case Part.Released released -> refuse(confirm, ranOut());
            case Part.Confirmed confirmed -> leases.confirm(confirm, confirmed, view);
            case Part.Deploying deploying -> PartDecision.answer(refusals.misplaced(confirm, "it is deployed"));
            case Part.Releasing releasing -> PartDecision.answer(refusals.misplaced(confirm, "it is being released"));
        };
    }

    /** For when rows book; what the site's figures are by now does not count. */
    private TimeWindow during(List<Booking> rows, AllocationSpec spec) {
        return rows.isEmpty() ? booked(spec.window()) : rows.getFirst().during();
    }

    private PartDecision answerAgain(Part part, PartView view, Instant now) {
        AllocationId id = part.allocation();
        return switch (part) {
            case Part.Held held ->
                now.isBefore(held.until())
                        ? PartDecision.answer(
                                new AllocationHeld(id, held.sequence(), logic.name(), held.until(), held.chosen()))
                        : runOut(held);
            case Part.Refused refused ->
                PartDecision.answer(new AllocationRefused(id, refused.sequence(), logic.name(), refused.refusal()));
            case Part.Leased leased -> leases.answerAgain(leased, view);
            case Part.Releasing releasing -> PartDecision.answer(reports.leaving(releasing, view.resources(), view));
            case Part.Released released ->
                PartDecision.answer(new AllocationReleased(id, released.sequence(), logic.name()));
        };
    }

    private PartDecision runOut(Part.Held held) {
        return PartDecision.to(held.runOut(ranOut()), new PartDecision.Drop())
                .answering(new AllocationRefused(held.allocation(), held.sequence(), logic.name(), ranOut()));
    }

    /** What is booked starts earlier than the window that is asked for. */
    private Refusal ofTheWindow(Refusal ofTheBooking, TimeWindow window) {
        Instant earliest = ofTheBooking.earliestStart();
        Refusal refusal = earliest == null ? ofTheBooking : ofTheBooking.withEarliestStart(earliest.plus(terms.lead()));
        Refusal.Missing missing = refusal.missing();
        return missing == null || missing.during() == null
                ? refusal
                : refusal.missing(missing.amount(), ofTheWindow(missing.during(), window));
    }

    /** Up to which end it would fit, and from which start on, when all is booked that is booked for a window. */
    private TimeWindow ofTheWindow(TimeWindow during, TimeWindow window) {
        Instant end = during.start().minus(terms.turnRound());
        Instant start = during.end().plus(terms.lead());
        return new TimeWindow(
                end.isBefore(window.start()) ? window.start() : end,
                start.isAfter(window.end()) ? window.end() : start);
    }

    /** Refuses for good: what may have been booked is given back. */
    private PartDecision refuse(AllocationCommand command, Refusal refusal) {
        return PartDecision.to(
                        new Part.Refused(command.allocation(), command.sequence(), refusal), new PartDecision.Drop())
                .answering(refusals.refused(command, refusal));
    }

    private static Refusal ranOut() {
        return Refusal.of(ErrorCode.HOLD_EXPIRED, "hold", "the hold ran out before it was confirmed");
    }
}
