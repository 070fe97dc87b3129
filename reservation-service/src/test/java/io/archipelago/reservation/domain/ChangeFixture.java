package io.archipelago.reservation.domain;

import static io.archipelago.reservation.domain.DomainFixture.END;
import static io.archipelago.reservation.domain.DomainFixture.NOON;
import static io.archipelago.reservation.domain.DomainFixture.OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.PACE;
import static io.archipelago.reservation.domain.DomainFixture.SITES;
import static io.archipelago.reservation.domain.DomainFixture.START;
import static io.archipelago.reservation.domain.DomainFixture.at;
import static io.archipelago.reservation.domain.DomainFixture.shared;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.federation.ShareMessage.ConfirmShare;
import io.archipelago.contracts.federation.ShareMessage.ReviseShare;
import io.archipelago.contracts.federation.ShareMessage.ShareHeld;
import io.archipelago.contracts.federation.ShareMessage.ShareRefused;
import io.archipelago.reservation.domain.Outgoing.ToSite;
import io.archipelago.reservation.domain.Proposal.Declined;
import io.archipelago.reservation.domain.Proposal.Made;
import io.archipelago.reservation.domain.Proposal.Wish;
import io.archipelago.reservation.domain.Reservation.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** A cluster of two sites, each of which gives two compute machines, and what is asked of it and said to it. */
final class ChangeFixture {

    static final TimeWindow LONGER = new TimeWindow(START, END.plusSeconds(3600));
    static final int ALL = 4;
    static final MachineGroup TWO = shared(OSAKA).groups().getFirst();

    private static final ReservationMoves MOVES = new ReservationMoves(SITES, PACE);

    private ChangeFixture() {}

    static Stream<Reservation> clusters() {
        return Stream.of(ReservationStates.scheduled(), ReservationStates.running(State.ACTIVE, Progress.READY));
    }

    static Wish wish(TimeWindow window, int computes) {
        return new Wish(window, computes, Set.of());
    }

    static Decision<Reservation> made(Reservation reservation, Wish wish) {
        return ((Made) MOVES.change(reservation, wish, NOON)).decision();
    }

    static Declined declined(Reservation reservation, Wish wish) {
        return declined(reservation, wish, NOON);
    }

    static Declined declined(Reservation reservation, Wish wish, Instant now) {
        return (Declined) MOVES.change(reservation, wish, now);
    }

    static Decision<Reservation> holds(Reservation asked, SiteId site, long sequence) {
        Facts.Shared said = shared(site);
        return MOVES.onAnswer(asked, new ShareHeld(at(site), sequence, END, said), NOON)
                .orElseThrow();
    }

    static Decision<Reservation> refuses(Reservation asked, SiteId site, long sequence, Refusal why) {
        return MOVES.onAnswer(asked, new ShareRefused(at(site), sequence, List.of(why)), NOON)
                .orElseThrow();
    }

    static TimeWindow window(Reservation reservation) {
        return reservation.details().request().window();
    }

    static Map<SiteId, List<Refusal>> refusals(Reservation reservation) {
        return ((Change.Refused) Objects.requireNonNull(((Clustered) reservation).change())).refusals();
    }

    static Map<SiteId, MachineGroup> revised(Decision<Reservation> decision) {
        return messages(decision).stream()
                .filter(ReviseShare.class::isInstance)
                .map(ReviseShare.class::cast)
                .collect(java.util.stream.Collectors.toMap(
                        revise -> revise.allocation().site(),
                        revise -> revise.groups().getFirst()));
    }

    static TimeWindow revisedWindow(Decision<Reservation> decision) {
        return ((ReviseShare) messages(decision).getFirst()).window();
    }

    static List<ConfirmShare> confirmed(Decision<Reservation> decision) {
        return messages(decision).stream()
                .filter(ConfirmShare.class::isInstance)
                .map(ConfirmShare.class::cast)
                .toList();
    }

    static List<ShareMessage> messages(Decision<Reservation> decision) {
        List<ShareMessage> messages = new ArrayList<>();
        decision.messages().forEach(message -> messages.add(((ToSite) message).message()));
        return messages;
    }
}
