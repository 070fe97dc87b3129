package io.archipelago.reservation.domain;

import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.federation.ShareMessage.ConfirmShare;
import io.archipelago.contracts.federation.ShareMessage.ReviseShare;
import io.archipelago.reservation.domain.Leased.Confirmed;
import io.archipelago.reservation.domain.Leased.Running;
import io.archipelago.reservation.domain.Revision.Asked;
import io.archipelago.reservation.domain.Revision.Denied;
import io.archipelago.reservation.domain.Revision.Extending;
import io.archipelago.reservation.domain.Revision.Extension;
import io.archipelago.reservation.domain.Revision.Granted;
import io.archipelago.reservation.domain.Revision.Planned;
import io.archipelago.reservation.domain.Revision.Replacing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * How a lease comes to be other than it was agreed on. What it is to have beside what it has is booked first, and it goes on as it was. If all participants
 * have booked that, its master, or who replaces lost machines, says that it goes on with some of both; else it goes on as it was.
 */
final class RevisionMoves {

    private final Pace pace;
    private final ReplacementMoves replacements;

    RevisionMoves(Pace pace) {
        this.pace = pace;
        this.replacements = new ReplacementMoves(pace);
    }

    /** Takes the master's question whether a lease can be otherwise. */
    Decision<Allocation> ask(Leased lease, Header heard, ReviseShare revise, Instant now) {
        if (lease.revision() instanceof Replacing) {
            return refuse(lease.heard(heard, lease.cluster()), Refusals.replacing());
        }
        AllocationSpec agreed = heard.spec();
        AllocationSpec wanted = wanted(agreed, revise);
        Optional<AllocationSpec> both = covering(heard, wanted);
        boolean begun = lease instanceof Running
                && !wanted.window().start().equals(agreed.window().start());
        if (both.isEmpty() || begun) {
            return refuse(
                    lease.heard(heard, lease.cluster()),
                    Refusals.conflict(
                            begun
                                    ? "the cluster is being deployed"
                                    : "the share is not what its master believes it to be"));
        }
        Header header = heard.next();
        Instant giveUpAt = now.plus(pace.holdFor()).minus(pace.margin().multipliedBy(2));
        Extension extension = new Extension(both.get(), lease.facts(), Set.of(), giveUpAt);
        return Decision.of(
                lease.told(header, again(1, now)).revised(new Asked(wanted, extension)),
                AllocationMessages.extend(header, extension.spec()));
    }

    private static AllocationSpec wanted(AllocationSpec agreed, ReviseShare revise) {
        return agreed.with(revise.window()).with(revise.groups());
    }

    /** All that would be booked if a lease were to become what its master asks for; empty if it can not. */
    static Optional<AllocationSpec> covering(Leased lease, ReviseShare revise) {
        return covering(lease.header(), wanted(lease.header().spec(), revise));
    }

    /** What is asked for can not be had, whatever participants say; the lease is as it was. */
    static Decision<Allocation> refuse(Leased lease, Refusal why) {
        return Decision.of(lease, AllocationMessages.refused(lease.header(), List.of(why)));
    }

    /** What has all machines and all time of a lease and of what it is to be; empty if it can not become that. */
    private static Optional<AllocationSpec> covering(Header lease, AllocationSpec wanted) {
        AllocationSpec spec = lease.spec();
        ClusterAddressing addressing =
                ClusterAddressing.of(spec.network(), lease.id().reservation());
        Map<MachineRole, MachineGroup> next = new EnumMap<>(MachineRole.class);
        wanted.groups().forEach(group -> next.put(group.role(), group));
        // What can not be named is looked at no closer.
        if (next.size() < wanted.groups().size() || !wanted.groups().stream().allMatch(addressing::names)) {
            return Optional.empty();
        }
        List<MachineGroup> groups = new ArrayList<>();
        for (MachineGroup group : spec.groups()) {
            MachineGroup other = next.remove(group.role());
            if (other == null || !group.mayBecome(other)) {
                return Optional.empty();
            }
            groups.add(group.covering(other));
        }
        groups.addAll(next.values());
        return Optional.of(spec.with(spec.window().hull(wanted.window())).with(groups));
    }

    /** Takes the master's word of what a lease is, and of the other sites. */
    Decision<Allocation> confirm(Leased lease, Header heard, ConfirmShare confirm, Instant now) {
        AllocationSpec agreed = agreed(heard, confirm);
        return switch (lease.revision()) {
            case Granted granted
            when granted.spec().equals(agreed) -> goOn(lease, heard.with(agreed), granted.facts(), confirm, now);
            case Granted granted -> stay(lease, heard, agreed, confirm, now);
            case Asked asked -> stay(lease, heard, agreed, confirm, now);
            case Denied denied -> hear(lease.revised(null), heard, agreed, confirm, now);
            case Planned planned -> hear(lease, heard, agreed, confirm, now);
            case Replacing replacing -> hear(lease, heard, agreed, confirm, now);
            case null -> hear(lease, heard, agreed, confirm, now);
        };
    }

    /** What the master says that the share is. */
    private static AllocationSpec agreed(Header heard, ConfirmShare confirm) {
        AllocationSpec spec = heard.spec();
        TimeWindow window = confirm.window();
        List<MachineGroup> groups = confirm.cluster()
                .at(heard.id().site())
                .map(Facts.Shared::groups)
                .orElse(spec.groups());
        return spec.with(window == null ? spec.window() : window).with(groups);
    }

    /** The participants are told what is now known of the other sites; if they are being told something, with that. */
    private Decision<Allocation> hear(
            Leased lease, Header heard, AllocationSpec agreed, ConfirmShare confirm, Instant now) {
        if (!isLike(agreed, heard.spec())) {
            // One of both was set back. The command is not taken: what is said of the lease later is no answer to it.
            return Decision.of(lease, AllocationMessages.refused(heard, List.of(other(heard.spec()))));
        }
        Facts.OfCluster known = KnownSites.after(lease.cluster(), heard, lease.facts(), confirm)
                .with(AllocationMessages.shared(heard, lease.facts()));
        Leased same = lease.heard(heard, known);
        boolean mayTell = lease instanceof Running && !(lease.revision() instanceof Extending);
        if (known.equals(lease.cluster()) || !mayTell) {
            return Decision.of(same, AllocationMessages.standing(same));
        }
        Leased told = same.told(heard.next(), again(1, now));
        return Decision.of(told, AllocationMessages.goOn(told), AllocationMessages.standing(told));
    }

    /** The lease goes on as it was; if its master believes that it was something else, it hears so. */
    private Decision<Allocation> stay(
            Leased lease, Header heard, AllocationSpec agreed, ConfirmShare confirm, Instant now) {
        Decision<Allocation> as = goOn(lease, heard, lease.facts(), confirm, now);
        return isLike(agreed, heard.spec())
                ? as
                : Decision.of(
                        as.next(),
                        as.messages().getFirst(),
                        AllocationMessages.refused(heard, List.of(other(heard.spec()))));
    }

    /** Whether two are the same but for machines that took the place of others. */
    private static boolean isLike(AllocationSpec one, AllocationSpec other) {
        List<MachineGroup> groups = one.groups();
        return one.window().equals(other.window())
                && groups.size() == other.groups().size()
                && IntStream.range(0, groups.size())
                        .allMatch(i -> groups.get(i).isLike(other.groups().get(i)));
    }

    private static Refusal other(AllocationSpec here) {
        return Refusals.conflict("the share is another here: %d machines from %s to %s"
                .formatted(here.machines(), here.window().start(), here.window().end()));
    }

    /** The lease is from now on what its master says. */
    private Decision<Allocation> goOn(
            Leased lease, Header header, Facts.OfSite facts, ConfirmShare confirm, Instant now) {
        Facts.OfCluster known = KnownSites.after(lease.cluster(), header, facts, confirm)
                .with(AllocationMessages.shared(header, facts));
        boolean grows =
                !lease.header().spec().ordinals().containsAll(header.spec().ordinals());
        Leased told =
                lease.told(header.next(), again(1, now)).with(facts, known).revised(null);
        Leased next = switch (told) {
            case Confirmed confirmed ->
                confirmed.deployingAt(header.spec().window().start().minus(pace.lead()));
            // What participants have said of fewer machines is no word on these.
            case Running running when grows -> Running.begin(running.header(), facts, known, again(1, now));
            case Running running -> ReplacementMoves.plan(running, now);
        };
        return Decision.of(next, AllocationMessages.goOn(next), AllocationMessages.standing(next));
    }

    /** Takes a participant's answer; empty if it is none to this. */
    Optional<Decision<Allocation>> onEvent(Leased lease, Extending extending, AllocationEvent event, Instant now) {
        return switch (event) {
            case AllocationHeld held -> {
                Extending more = extending.with(extending.extension().with(held.participant(), held.chosen()));
                yield Optional.of(
                        more.extension().isHeldByAll() ? end(lease, more, now) : Decision.of(lease.revised(more)));
            }
            case AllocationRefused refused -> Optional.of(giveUp(lease, extending, refused.refusal(), now));
            default -> Optional.empty();
        };
    }

    /** Does what {@link Revision#due()} announced. */
    Decision<Allocation> onDue(Leased lease, Revision revision, Instant now) {
        return switch (revision) {
            case Planned planned -> replacements.begin((Running) lease, planned, now);
            case Extending extending ->
                giveUp(lease, extending, Refusals.silent(extending.extension().held()), now);
            case Granted granted -> throw new IllegalStateException("the master has the word");
            case Denied denied -> throw new IllegalStateException("the master has been told");
        };
    }

    /** Asks those again that have not answered. */
    Decision<Allocation> askAgain(Leased lease, Instant now) {
        Leased again = lease.askedAgain(again(lease.asked() + 1, now));
        return Decision.of(
                again,
                lease.revision() instanceof Extending extending
                        ? AllocationMessages.extend(
                                lease.header(), extending.extension().spec())
                        : AllocationMessages.goOn(again));
    }

    /** A lease begins; what is not booked for it by then is not. */
    Decision<Allocation> begin(Confirmed confirmed, Instant now) {
        List<Outgoing> messages = new ArrayList<>();
        Confirmed beginning = confirmed;
        if (confirmed.revision() instanceof Asked) {
            Decision<Allocation> denied =
                    deny(confirmed, List.of(Refusals.conflict("the cluster begins to be deployed: ask again")), now);
            messages.addAll(denied.messages());
            beginning = (Confirmed) denied.next();
        }
        Running running = Running.begin(
                        beginning.header().next(), beginning.facts(), beginning.cluster(), again(1, now))
                .revised(beginning.revision());
        messages.add(AllocationMessages.deploy(running));
        messages.add(AllocationMessages.status(running));
        return new Decision<>(running, messages);
    }

    private Decision<Allocation> end(Leased lease, Extending held, Instant now) {
        return switch (held) {
            case Replacing replacing -> replacements.replace((Running) lease, replacing, now);
            case Asked asked -> grant(lease, asked);
        };
    }

    private static Decision<Allocation> grant(Leased lease, Asked asked) {
        Facts.OfSite facts = asked.extension().facts().onlyOf(asked.spec().ordinals());
        Granted granted = new Granted(asked.spec(), facts, asked.extension().spec());
        return Decision.of(lease.settled().revised(granted), AllocationMessages.held(lease, granted));
    }

    private Decision<Allocation> giveUp(Leased lease, Extending extending, Refusal because, Instant now) {
        return switch (extending) {
            case Replacing replacing -> replacements.giveUp((Running) lease, because, now);
            case Asked asked -> deny(lease, List.of(because), now);
        };
    }

    private Decision<Allocation> deny(Leased lease, List<Refusal> why, Instant now) {
        Leased next = lease.told(lease.header().next(), again(1, now)).revised(new Denied(why));
        return Decision.of(next, AllocationMessages.goOn(next), AllocationMessages.refused(next.header(), why));
    }

    /** What was answered to the master's last word. */
    static Optional<Decision<Allocation>> answerAgain(Leased lease) {
        return switch (lease.revision()) {
            case Asked asked -> Optional.empty();
            case Granted granted -> Optional.of(Decision.of(lease, AllocationMessages.held(lease, granted)));
            case Denied denied ->
                Optional.of(Decision.of(lease, AllocationMessages.refused(lease.header(), denied.refusals())));
            case Planned planned -> Optional.of(Decision.of(lease, AllocationMessages.standing(lease)));
            case Replacing replacing -> Optional.of(Decision.of(lease, AllocationMessages.standing(lease)));
            case null -> Optional.of(Decision.of(lease, AllocationMessages.standing(lease)));
        };
    }

    private Instant again(int asked, Instant now) {
        return now.plus(pace.again(asked));
    }
}
