package io.archipelago.reservation.domain;

import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.reservation.domain.Leased.Running;
import io.archipelago.reservation.domain.Revision.Denied;
import io.archipelago.reservation.domain.Revision.Extending;
import io.archipelago.reservation.domain.Revision.Extension;
import io.archipelago.reservation.domain.Revision.Granted;
import io.archipelago.reservation.domain.Revision.Planned;
import io.archipelago.reservation.domain.Revision.Replacing;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How a running lease gets machines for those whose hosts are dead. They are booked beside what it has, under ordinals that none had before;
 * once all participants have booked, the lease goes on with them and without the lost ones. If one can not, or a host is back by then, it goes on as
 * it was, and it is tried again for what is lost then. A lost frontend is not replaced: all that the cluster is was on it.
 */
final class ReplacementMoves {

    private final Pace pace;

    ReplacementMoves(Pace pace) {
        this.pace = pace;
    }

    /** Plans it if machines are lost, and no longer if they are not. */
    static Running plan(Running running, Instant now) {
        boolean lost = !lost(running).isEmpty();
        return switch (running.revision()) {
            case null -> lost ? running.revised(new Planned(now, null)) : running;
            case Denied denied -> lost ? running.revised(new Planned(now, null)) : running;
            case Planned planned -> lost ? running : running.revised(null);
            case Extending extending -> running;
            // The master has the word; what is lost by then is replaced after it.
            case Granted granted -> running;
        };
    }

    /** Has the participants book what takes the place of what is lost now. */
    Decision<Allocation> begin(Running running, Planned planned, Instant now) {
        Set<Integer> lost = lost(running);
        AllocationSpec spec = running.header().spec();
        AllocationSpec more = spec.with(
                spec.groups().stream().map(g -> withOthersFor(lost, g)).toList());
        Extension extension = new Extension(more, running.facts(), Set.of(), now.plus(pace.holdFor()));
        Header header = running.header().next();
        return Decision.of(
                running.told(header, now.plus(pace.again(1)))
                        .revised(new Replacing(lost, extension, planned.because())),
                AllocationMessages.extend(header, more));
    }

    /** All have booked. */
    Decision<Allocation> replace(Running running, Replacing held, Instant now) {
        if (!lost(running).containsAll(held.lost())) {
            // A host came back meanwhile: what it has stays, and so do the volumes of its machines.
            return goOnAsItWas(running, new Planned(now, held.because()), now);
        }
        AllocationSpec spec = held.replaced();
        Facts.OfSite facts = held.extension().facts().onlyOf(spec.ordinals());
        Header header = running.header().next().with(spec);
        Running next = running.told(header, now.plus(pace.again(1)))
                .with(facts, running.cluster().with(AllocationMessages.shared(header, facts)))
                .revised(null);
        return Decision.of(next, AllocationMessages.deploy(next), AllocationMessages.status(next));
    }

    /** Not all have booked: it is tried again later. */
    Decision<Allocation> giveUp(Running running, Refusal because, Instant now) {
        return goOnAsItWas(running, new Planned(now.plus(pace.replaceAgain()), because), now);
    }

    /** @param again when it is tried again, if machines are still lost */
    private Decision<Allocation> goOnAsItWas(Running running, Planned again, Instant now) {
        Running next = running.told(running.header().next(), now.plus(pace.again(1)))
                .revised(lost(running).isEmpty() ? null : again);
        // Said even if nothing is new: of two commands to the participants one at least shows in the stream to the
        // master, or nobody would notice that this database was set back to before them.
        return Decision.of(next, AllocationMessages.deploy(next), AllocationMessages.status(next));
    }

    private static MachineGroup withOthersFor(Set<Integer> lost, MachineGroup group) {
        int more = (int) group.ordinals().stream().filter(lost::contains).count();
        return group.plus(more);
    }

    /** The ordinals of the compute machines that are lost. */
    private static Set<Integer> lost(Running running) {
        List<String> names = AllocationMessages.lost(running);
        Header header = running.header();
        return names.isEmpty()
                ? Set.of()
                : header.spec().groups().stream()
                        .filter(group -> group.role() == MachineRole.COMPUTE)
                        .flatMap(group -> group.ordinals().stream())
                        .filter(ordinal -> names.contains(header.hostName(ordinal)))
                        .collect(Collectors.toSet());
    }
}
