package io.archipelago.reservation.domain;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Participant;
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
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.allocation.ResourceStatus;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.federation.ShareMessage.ConfirmShare;
import io.archipelago.contracts.federation.ShareMessage.HoldShare;
import io.archipelago.contracts.federation.ShareMessage.ReleaseShare;
import io.archipelago.contracts.federation.ShareMessage.ShareConfirmed;
import io.archipelago.contracts.federation.ShareMessage.ShareHeld;
import io.archipelago.contracts.federation.ShareMessage.ShareRefused;
import io.archipelago.contracts.federation.ShareMessage.ShareReleased;
import io.archipelago.contracts.federation.ShareMessage.ShareStatus;
import io.archipelago.reservation.domain.Allocation.Confirmed;
import io.archipelago.reservation.domain.Allocation.Confirming;
import io.archipelago.reservation.domain.Allocation.Header;
import io.archipelago.reservation.domain.Allocation.Held;
import io.archipelago.reservation.domain.Allocation.Holding;
import io.archipelago.reservation.domain.Allocation.PartStatus;
import io.archipelago.reservation.domain.Allocation.Released;
import io.archipelago.reservation.domain.Allocation.Releasing;
import io.archipelago.reservation.domain.Allocation.Running;
import io.archipelago.reservation.domain.Outgoing.ToParticipants;
import io.archipelago.reservation.domain.Outgoing.ToSite;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The moves of an {@link Allocation}: what is done on every message in every state, and at every deadline. */
public final class AllocationMoves {

    private static final Set<Participant> ALL = EnumSet.allOf(Participant.class);

    private final Pace pace;

    public AllocationMoves(Pace pace) {
        this.pace = pace;
    }

    /** Takes the command that begins an allocation. */
    public Decision<Allocation> begin(HoldShare hold, Instant now) {
        return beginHold(new Header(hold.allocation(), hold.spec(), hold.sequence(), 1), hold, now);
    }

    /** Takes a command of the master. */
    public Optional<Decision<Allocation>> onCommand(Allocation allocation, ShareMessage.Command command, Instant now) {
        long heard = allocation.header().shareSequence();
        if (command.sequence() < heard) {
            return Optional.empty();
        }
        if (command.sequence() == heard) {
            return answerAgain(allocation);
        }
        return Optional.of(
                switch (command) {
                    case HoldShare hold -> hold(allocation, hold, now);
                    case ConfirmShare confirm -> confirm(allocation, confirm, now);
                    case ReleaseShare release ->
                        release(allocation, allocation.header().heard(release.sequence()), List.of(), now);
                });
    }

    /** Takes a participant's answer. */
    public Optional<Decision<Allocation>> onEvent(Allocation allocation, AllocationEvent event, Instant now) {
        if (event.sequence() != allocation.header().sequence()) {
            return Optional.empty();
        }
        return switch (allocation) {
            case Holding holding -> onEvent(holding, event, now);
            case Confirming confirming -> onEvent(confirming, event, now);
            case Running running -> onEvent(running, event);
            case Releasing releasing -> onEvent(releasing, event);
            case Held held -> event instanceof AllocationRefused no ? lost(held, no, now) : Optional.empty();
            case Confirmed confirmed -> Optional.empty();
            case Released released -> Optional.empty();
        };
    }

    /** Does what {@link Allocation#due()} announced; nothing if it is not due yet. */
    public Optional<Decision<Allocation>> onDue(Allocation allocation, Instant now) {
        Instant due = allocation.due();
        if (due == null || now.isBefore(due)) {
            return Optional.empty();
        }
        return Optional.of(
                switch (allocation) {
                    case Holding holding ->
                        !now.isBefore(holding.giveUpAt())
                                ? refuse(holding, holding.header(), List.of(silent(holding)), now)
                                : askToHold(holding, now);
                    case Held held -> refuse(held, held.header(), List.of(ranOut()), now);
                    case Confirming confirming ->
                        Decision.of(
                                new Confirming(
                                        confirming.header(),
                                        confirming.facts(),
                                        confirming.cluster(),
                                        confirming.confirmed(),
                                        confirming.asked() + 1,
                                        now.plus(pace.again(confirming.asked() + 1))),
                                confirmCommand(confirming.header(), confirming.facts(), confirming.cluster()));
                    case Confirmed confirmed ->
                        ended(confirmed, now)
                                ? release(confirmed, confirmed.header(), List.of(), now)
                                : deploy(confirmed, now);
                    case Running running ->
                        ended(running, now)
                                ? release(running, running.header(), List.of(), now)
                                : Decision.of(
                                        new Running(
                                                running.header(),
                                                running.facts(),
                                                running.cluster(),
                                                running.parts(),
                                                running.asked() + 1,
                                                now.plus(pace.again(running.asked() + 1))),
                                        deployCommand(running.header()));
                    case Releasing releasing ->
                        Decision.of(
                                new Releasing(
                                        releasing.header(),
                                        releasing.released(),
                                        releasing.refusals(),
                                        releasing.deployed(),
                                        releasing.asked() + 1,
                                        now.plus(pace.again(releasing.asked() + 1))),
                                releaseCommand(releasing.header()));
                    case Released released -> throw new IllegalStateException("nothing is due once released");
                });
    }

    /** What is answered to a command for an allocation that was never heard of; empty if the command begins it. */
    public Optional<ShareMessage.Answer> answerUnknown(ShareMessage.Command command) {
        return switch (command) {
            case HoldShare hold -> Optional.empty();
            case ConfirmShare confirm ->
                Optional.of(new ShareRefused(confirm.allocation(), confirm.sequence(), List.of(ranOut())));
            case ReleaseShare release -> Optional.of(new ShareReleased(release.allocation(), release.sequence()));
        };
    }

    private Decision<Allocation> hold(Allocation allocation, HoldShare hold, Instant now) {
        Header header = new Header(
                hold.allocation(),
                hold.spec(),
                hold.sequence(),
                allocation.header().sequence() + 1);
        return switch (allocation) {
            case Releasing releasing
            when releasing.deployed() ->
                Decision.of(
                        releasing.withHeader(releasing.header().heard(hold.sequence())),
                        answer(
                                header,
                                new ShareRefused(
                                        hold.allocation(),
                                        hold.sequence(),
                                        List.of(Refusal.of(
                                                ErrorCode.CONFLICT,
                                                "machines",
                                                "the share is still being released")))));
            case Releasing releasing -> beginHold(header, hold, now);
            case Released released -> beginHold(header, hold, now);
            case Holding holding -> beginHold(header, hold, now);
            case Held held -> beginHold(header, hold, now);
            case Confirming confirming -> throw outOfTurn(hold, allocation);
            case Confirmed confirmed -> throw outOfTurn(hold, allocation);
            case Running running -> throw outOfTurn(hold, allocation);
        };
    }

    private Decision<Allocation> beginHold(Header header, HoldShare hold, Instant now) {
        Holding holding = new Holding(
                header,
                Facts.OfSite.unknown(),
                Map.of(),
                1,
                now.plus(pace.again(1)),
                now.plus(hold.holdFor()).minus(pace.margin()));
        Set<Participant> first = ALL.stream().filter(p -> p.after().isEmpty()).collect(Collectors.toSet());
        return Decision.of(holding, holdCommand(holding, first));
    }

    private Decision<Allocation> askToHold(Holding holding, Instant now) {
        Set<Participant> missing = ALL.stream()
                .filter(p -> !holding.until().containsKey(p))
                .filter(p -> p.after().map(holding.until()::containsKey).orElse(true))
                .collect(Collectors.toSet());
        Holding again = new Holding(
                holding.header(),
                holding.facts(),
                holding.until(),
                holding.asked() + 1,
                now.plus(pace.again(holding.asked() + 1)),
                holding.giveUpAt());
        return Decision.of(again, holdCommand(again, missing));
    }

    private Optional<Decision<Allocation>> onEvent(Holding holding, AllocationEvent event, Instant now) {
        if (event instanceof AllocationRefused refused) {
            return Optional.of(refuse(holding, holding.header(), List.of(refused.refusal()), now));
        }
        if (!(event instanceof AllocationHeld held)) {
            return Optional.empty();
        }
        Map<Participant, Instant> until = new EnumMap<>(Participant.class);
        until.putAll(holding.until());
        boolean news = until.put(held.participant(), held.until()) == null;
        Facts.OfSite facts = holding.facts().with(held.chosen());
        Header header = holding.header();
        if (until.keySet().containsAll(ALL)) {
            Instant first = until.values().stream().min(Instant::compareTo).orElseThrow();
            Held all = new Held(header, facts, first);
            return Optional.of(Decision.of(all, answer(header, heldAnswer(all))));
        }
        Holding more = new Holding(header, facts, until, holding.asked(), holding.askAgainAt(), holding.giveUpAt());
        Set<Participant> next = ALL.stream()
                .filter(p -> p.after().equals(Optional.of(held.participant())))
                .collect(Collectors.toSet());
        return Optional.of(news && !next.isEmpty() ? Decision.of(more, holdCommand(more, next)) : Decision.of(more));
    }

    private Optional<Decision<Allocation>> lost(Held held, AllocationRefused refused, Instant now) {
        return Optional.of(refuse(held, held.header(), List.of(refused.refusal()), now));
    }

    private Decision<Allocation> confirm(Allocation allocation, ConfirmShare confirm, Instant now) {
        Header header = allocation.header().heard(confirm.sequence());
        return switch (allocation) {
            case Held held
            when now.isBefore(held.until()) -> {
                Header next = header.next();
                yield Decision.of(
                        new Confirming(next, held.facts(), confirm.cluster(), Set.of(), 1, now.plus(pace.again(1))),
                        confirmCommand(next, held.facts(), confirm.cluster()));
            }
            case Held held -> refuse(held, header, List.of(ranOut()), now);
            case Holding holding -> refuse(holding, header, List.of(ranOut()), now);
            case Releasing releasing -> {
                List<Refusal> why = releasing.refusals().isEmpty() ? List.of(ranOut()) : releasing.refusals();
                yield Decision.of(
                        releasing.withHeader(header).because(why), answer(header, refusedAnswer(header, why)));
            }
            case Released released -> {
                List<Refusal> why = released.refusals().isEmpty() ? List.of(ranOut()) : released.refusals();
                yield Decision.of(new Released(header, why), answer(header, refusedAnswer(header, why)));
            }
            case Confirming confirming ->
                Decision.of(new Confirming(
                        header,
                        confirming.facts(),
                        confirm.cluster(),
                        confirming.confirmed(),
                        confirming.asked(),
                        confirming.askAgainAt()));
            case Confirmed confirmed ->
                Decision.of(
                        new Confirmed(header, confirmed.facts(), confirmed.cluster(), confirmed.deployAt()),
                        answer(header, new ShareConfirmed(header.id(), header.shareSequence())));
            case Running running ->
                Decision.of(
                        new Running(
                                header,
                                running.facts(),
                                running.cluster(),
                                running.parts(),
                                running.asked(),
                                running.askAgainAt()),
                        answer(header, status(header, running)));
        };
    }

    private Optional<Decision<Allocation>> onEvent(Confirming confirming, AllocationEvent event, Instant now) {
        if (event instanceof AllocationRefused refused) {
            return Optional.of(refuse(confirming, confirming.header(), List.of(refused.refusal()), now));
        }
        if (!(event instanceof AllocationConfirmed)) {
            return Optional.empty();
        }
        Set<Participant> confirmed = EnumSet.of(event.participant());
        confirmed.addAll(confirming.confirmed());
        Header header = confirming.header();
        if (!confirmed.containsAll(ALL)) {
            return Optional.of(Decision.of(new Confirming(
                    header,
                    confirming.facts(),
                    confirming.cluster(),
                    confirmed,
                    confirming.asked(),
                    confirming.askAgainAt())));
        }
        Instant deployAt = header.spec().window().start().minus(pace.lead());
        return Optional.of(Decision.of(
                new Confirmed(header, confirming.facts(), confirming.cluster(), deployAt),
                answer(header, new ShareConfirmed(header.id(), header.shareSequence()))));
    }

    private Decision<Allocation> deploy(Confirmed confirmed, Instant now) {
        Header next = confirmed.header().next();
        return Decision.of(
                new Running(next, confirmed.facts(), confirmed.cluster(), Map.of(), 1, now.plus(pace.again(1))),
                deployCommand(next),
                answer(next, new ShareStatus(next.id(), next.shareSequence(), Progress.DEPLOYING, List.of())));
    }

    private Optional<Decision<Allocation>> onEvent(Running running, AllocationEvent event) {
        if (!(event instanceof AllocationProgress progress)) {
            return Optional.empty();
        }
        Map<Participant, PartStatus> parts = new EnumMap<>(Participant.class);
        parts.putAll(running.parts());
        PartStatus told = new PartStatus(progress.progress(), progress.resources());
        if (told.equals(parts.put(progress.participant(), told))) {
            return Optional.empty();
        }
        boolean heardAll = parts.keySet().containsAll(ALL);
        Running next = new Running(
                running.header(),
                running.facts(),
                running.cluster(),
                parts,
                running.asked(),
                heardAll ? null : running.askAgainAt());
        return Optional.of(Decision.of(next, answer(next.header(), status(next.header(), next))));
    }

    private Optional<Decision<Allocation>> onEvent(Releasing releasing, AllocationEvent event) {
        if (!(event instanceof AllocationReleased)) {
            return Optional.empty();
        }
        Set<Participant> released = EnumSet.of(event.participant());
        released.addAll(releasing.released());
        Header header = releasing.header();
        if (!released.containsAll(ALL)) {
            return Optional.of(Decision.of(new Releasing(
                    header,
                    released,
                    releasing.refusals(),
                    releasing.deployed(),
                    releasing.asked(),
                    releasing.askAgainAt())));
        }
        Released done = new Released(header, releasing.refusals());
        return Optional.of(
                releasing.refusals().isEmpty()
                        ? Decision.of(done, answer(header, new ShareReleased(header.id(), header.shareSequence())))
                        : Decision.of(done));
    }

    /** Tells the participants to give back; the master hears of it when they have. */
    private Decision<Allocation> release(Allocation allocation, Header header, List<Refusal> refusals, Instant now) {
        if (allocation instanceof Releasing releasing) {
            return Decision.of(releasing.withHeader(header).because(refusals));
        }
        if (allocation instanceof Released) {
            return Decision.of(
                    new Released(header, List.of()),
                    answer(header, new ShareReleased(header.id(), header.shareSequence())));
        }
        Header next = header.next();
        boolean deployed = allocation instanceof Running;
        return Decision.of(
                new Releasing(next, Set.of(), refusals, deployed, 1, now.plus(pace.again(1))), releaseCommand(next));
    }

    /** Tells the master that nothing is held, and gives back what may be. */
    private Decision<Allocation> refuse(Allocation allocation, Header header, List<Refusal> refusals, Instant now) {
        Decision<Allocation> release = release(allocation, header, refusals, now);
        List<Outgoing> messages = new ArrayList<>(release.messages());
        messages.add(answer(header, refusedAnswer(header, refusals)));
        return new Decision<>(release.next(), messages);
    }

    private Optional<Decision<Allocation>> answerAgain(Allocation allocation) {
        Header header = allocation.header();
        return switch (allocation) {
            case Holding holding -> Optional.empty();
            case Confirming confirming -> Optional.empty();
            case Held held -> Optional.of(Decision.of(held, answer(header, heldAnswer(held))));
            case Confirmed confirmed ->
                Optional.of(Decision.of(
                        confirmed, answer(header, new ShareConfirmed(header.id(), header.shareSequence()))));
            case Running running -> Optional.of(Decision.of(running, answer(header, status(header, running))));
            case Releasing releasing ->
                releasing.refusals().isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                Decision.of(releasing, answer(header, refusedAnswer(header, releasing.refusals()))));
            case Released released ->
                Optional.of(Decision.of(
                        released,
                        answer(
                                header,
                                released.refusals().isEmpty()
                                        ? new ShareReleased(header.id(), header.shareSequence())
                                        : refusedAnswer(header, released.refusals()))));
        };
    }

    private boolean ended(Allocation allocation, Instant now) {
        return !now.isBefore(allocation.header().spec().window().end());
    }

    private Outgoing holdCommand(Holding holding, Set<Participant> addressees) {
        Header header = holding.header();
        return new ToParticipants(new HoldAllocation(
                header.id(), header.sequence(), addressees, header.spec(), holding.facts(), pace.holdFor()));
    }

    private static Outgoing confirmCommand(Header header, Facts.OfSite facts, Facts.OfCluster cluster) {
        return new ToParticipants(new ConfirmAllocation(header.id(), header.sequence(), facts, cluster));
    }

    private static Outgoing deployCommand(Header header) {
        return new ToParticipants(new DeployAllocation(header.id(), header.sequence()));
    }

    private static Outgoing releaseCommand(Header header) {
        return new ToParticipants(new ReleaseAllocation(header.id(), header.sequence()));
    }

    private static Outgoing answer(Header header, ShareMessage.Answer answer) {
        return new ToSite(header.master(), answer);
    }

    private static ShareHeld heldAnswer(Held held) {
        Header header = held.header();
        Facts.Segment segment = Objects.requireNonNull(held.facts().segment(), "the network has held");
        return new ShareHeld(
                header.id(),
                header.shareSequence(),
                held.until(),
                new Facts.Shared(
                        header.id().site(),
                        header.spec().siteNumber(),
                        header.spec().machines(),
                        segment.vlan(),
                        segment.endpoint(),
                        segment.mtu()));
    }

    private static ShareRefused refusedAnswer(Header header, List<Refusal> refusals) {
        return new ShareRefused(header.id(), header.shareSequence(), refusals);
    }

    private static ShareStatus status(Header header, Running running) {
        List<ResourceStatus> resources = running.parts().values().stream()
                .flatMap(part -> part.resources().stream())
                .toList();
        return new ShareStatus(header.id(), header.shareSequence(), progress(running), resources);
    }

    /** A share is as far as the part that is behind: failed before waiting before deploying before ready. */
    private static Progress progress(Running running) {
        Set<Progress> all =
                running.parts().values().stream().map(PartStatus::progress).collect(Collectors.toSet());
        boolean heardAll = running.parts().keySet().containsAll(ALL);
        return Stream.of(Progress.DEGRADED, Progress.WAITING, Progress.DEPLOYING)
                .filter(all::contains)
                .findFirst()
                .orElse(heardAll ? Progress.READY : Progress.DEPLOYING);
    }

    private static Refusal silent(Holding holding) {
        String missing = ALL.stream()
                .filter(p -> !holding.until().containsKey(p))
                .map(Participant::service)
                .collect(Collectors.joining(", "));
        return Refusal.of(ErrorCode.NO_ANSWER, "machines", "no answer in time from " + missing);
    }

    private static Refusal ranOut() {
        return Refusal.of(ErrorCode.HOLD_EXPIRED, "hold", "the hold ran out before it was confirmed");
    }

    private static IllegalStateException outOfTurn(ShareMessage.Command command, Allocation allocation) {
        return new IllegalStateException(command.getClass().getSimpleName() + " in "
                + allocation.getClass().getSimpleName());
    }
}
