package io.archipelago.reservation.domain;

import static io.archipelago.reservation.domain.DomainFixture.AT_OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.END;
import static io.archipelago.reservation.domain.DomainFixture.FULL;
import static io.archipelago.reservation.domain.DomainFixture.NOON;
import static io.archipelago.reservation.domain.DomainFixture.PACE;
import static io.archipelago.reservation.domain.DomainFixture.START;
import static io.archipelago.reservation.domain.DomainFixture.chosen;
import static io.archipelago.reservation.domain.DomainFixture.cluster;
import static io.archipelago.reservation.domain.DomainFixture.facts;
import static io.archipelago.reservation.domain.DomainFixture.spec;

import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.HoldPurpose;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.reservation.domain.Allocation.Confirming;
import io.archipelago.reservation.domain.Allocation.Forgotten;
import io.archipelago.reservation.domain.Allocation.Held;
import io.archipelago.reservation.domain.Allocation.Holding;
import io.archipelago.reservation.domain.Allocation.Released;
import io.archipelago.reservation.domain.Allocation.Releasing;
import io.archipelago.reservation.domain.Leased.Confirmed;
import io.archipelago.reservation.domain.Leased.Running;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An allocation of osaka in every state; where participants have answered, all but storage. */
final class AllocationStates {

    /** The highest sequence heard from the master. */
    static final long SHARE_SEQUENCE = 7;
    /** The highest sequence told the participants. */
    static final long SEQUENCE = 4;

    private static final Set<Participant> OTHERS =
            Set.of(Participant.PLACEMENT, Participant.NETWORK, Participant.CACHE);

    private AllocationStates() {}

    static Map<String, Allocation> all() {
        Map<String, Allocation> states = new LinkedHashMap<>();
        states.put("Holding", holding());
        states.put("Held", held());
        states.put("Confirming", confirming());
        states.put("Confirmed", confirmed());
        states.put("Confirmed, more is asked", asked(confirmed()));
        states.put("Confirmed, more is granted", granted(confirmed()));
        states.put("Confirmed, more was denied", denied(confirmed()));
        states.put("Running", running());
        states.put("Running, more is asked", asked(running()));
        states.put("Running, more is granted", granted(running()));
        states.put("Running, more was denied", denied(running()));
        states.put("Running, machines are lost", losing());
        states.put("Running, others are booked for lost machines", extending());
        states.put("Releasing", releasing(List.of(), false));
        states.put("Releasing after a refusal", releasing(List.of(FULL), false));
        states.put("Releasing what was deployed", releasing(List.of(), true));
        states.put("Released", new Released(header(), List.of()));
        states.put("Released after a refusal", new Released(header(), List.of(FULL)));
        states.put("Forgotten", new Forgotten(header()));
        return states;
    }

    static Header header() {
        return new Header(AT_OSAKA, spec(), SHARE_SEQUENCE, SEQUENCE);
    }

    static Holding holding() {
        Instant until = NOON.plus(PACE.holdFor());
        Map<Participant, Instant> answered = Map.of(
                Participant.PLACEMENT, until, Participant.NETWORK, until.plusSeconds(1), Participant.CACHE, until);
        Facts.OfSite known = new Facts.OfSite(facts().hosts(), facts().segment(), null, facts().cache());
        return new Holding(
                header(),
                known,
                answered,
                PACE.holdFor(),
                HoldPurpose.FIRM,
                1,
                NOON.plusSeconds(5),
                NOON.plusSeconds(40));
    }

    static Held held() {
        return new Held(header(), facts(), NOON.plus(PACE.holdFor()));
    }

    static Confirming confirming() {
        return new Confirming(header(), facts(), cluster(), OTHERS, 1, NOON.plusSeconds(5));
    }

    static Confirmed confirmed() {
        return new Confirmed(header(), facts(), cluster(), START.minus(PACE.lead()));
    }

    static Running running() {
        PartStatus ready = new PartStatus(Progress.READY, List.of(), List.of());
        return new Running(
                header(),
                facts(),
                cluster(),
                Map.of(Participant.PLACEMENT, ready, Participant.NETWORK, ready, Participant.CACHE, ready),
                OTHERS,
                null,
                1,
                NOON.plusSeconds(5));
    }

    /** The host of its first machine is dead. */
    static Running losing() {
        PartStatus losing = new PartStatus(Progress.DEGRADED, List.of(), List.of("vcompute-2-1"));
        return running().with(Participant.PLACEMENT, losing).revised(new Revision.Planned(NOON.plusSeconds(5), null));
    }

    static Running extending() {
        AllocationSpec more =
                spec().with(spec().groups().stream().map(g -> g.plus(1)).toList());
        Facts.OfSite known = facts().with(chosen(Participant.PLACEMENT, more));
        return losing().revised(new Revision.Replacing(
                Set.of(1), new Revision.Extension(more, known, OTHERS, NOON.plusSeconds(60)), null));
    }

    /** What the master asks of a lease: an hour more. */
    static AllocationSpec longer() {
        return spec().with(new TimeWindow(START, END.plusSeconds(3600)));
    }

    static Revision.Asked asked() {
        return new Revision.Asked(longer(), new Revision.Extension(longer(), facts(), OTHERS, NOON.plusSeconds(40)));
    }

    static Leased asked(Leased lease) {
        return lease.told(header(), NOON.plusSeconds(5)).revised(asked());
    }

    static Leased granted(Leased lease) {
        return lease.settled().revised(new Revision.Granted(longer(), facts(), longer()));
    }

    static Leased denied(Leased lease) {
        return lease.revised(new Revision.Denied(List.of(FULL)));
    }

    static Releasing releasing(List<Refusal> refusals, boolean deployed) {
        return new Releasing(header(), OTHERS, refusals, Map.of(), deployed, 1, NOON.plusSeconds(5));
    }
}
