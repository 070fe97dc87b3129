package io.archipelago.bus.protocol;

import static io.archipelago.bus.protocol.ProtocolFixture.ALLOCATION;
import static io.archipelago.bus.protocol.ProtocolFixture.BOOKED;
import static io.archipelago.bus.protocol.ProtocolFixture.CHOSEN;
import static io.archipelago.bus.protocol.ProtocolFixture.NOON;
import static io.archipelago.bus.protocol.ProtocolFixture.OTHER;
import static io.archipelago.bus.protocol.ProtocolFixture.POOL;
import static io.archipelago.bus.protocol.ProtocolFixture.calendar;
import static io.archipelago.bus.protocol.ProtocolFixture.confirm;
import static io.archipelago.bus.protocol.ProtocolFixture.hold;
import static io.archipelago.bus.protocol.ProtocolFixture.spec;
import static io.archipelago.bus.protocol.ProtocolFixture.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.protocol.PartDecision.Drop;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.HoldPurpose;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Counter-offers make way for what somebody has asked for, and for nothing else. The pool has 10 bytes, what is asked for takes 6. */
class MakingWayTest {

    private static final Instant SOON = NOON.plusSeconds(300);
    private static final Instant LATER = NOON.plusSeconds(600);

    private final MakingWay way = new MakingWay(ProtocolFixture.protocol());

    @Test
    void oneThatIsInTheWayMakesWay() {
        Part.Held offer = offer(OTHER, LATER);

        assertThat(way.of(hold(1), view(null, calendar(booked(offer, 5))), List.of(offer), NOON))
                .containsExactly(offer);
    }

    @Test
    void noMoreMakeWayThanNeededAndFirstThoseThatRunOutLast() {
        Part.Held first = offer(another(1), SOON);
        Part.Held last = offer(another(2), LATER);
        PartView view = view(null, calendar(booked(first, 3), booked(last, 3)));

        assertThat(way.of(hold(1), view, List.of(first, last), NOON)).containsExactly(last);
    }

    @Test
    void ifOneIsTooFewAllMakeWay() {
        Part.Held first = offer(another(1), SOON);
        Part.Held last = offer(another(2), LATER);
        PartView view = view(null, calendar(booked(first, 5), booked(last, 5)));

        assertThat(way.of(hold(1), view, List.of(first, last), NOON)).containsExactlyInAnyOrder(first, last);
    }

    @Test
    void noneMakesWayInVain() {
        Part.Held offer = offer(another(1), LATER);
        Booking firm = new Booking(OTHER, POOL.id(), null, Amounts.of("bytes", 5), BOOKED, null);

        assertThat(way.of(hold(1), view(null, calendar(booked(offer, 5), firm)), List.of(offer), NOON))
                .isEmpty();
    }

    @Test
    void noneMakesWayForAnotherOffer() {
        Part.Held offer = offer(OTHER, LATER);
        HoldAllocation firm = hold(1);
        HoldAllocation another = new HoldAllocation(
                firm.allocation(), 1, firm.addressees(), firm.spec(), firm.facts(), firm.holdFor(), HoldPurpose.OFFER);

        assertThat(way.of(another, view(null, calendar(booked(offer, 5))), List.of(offer), NOON))
                .isEmpty();
    }

    @Test
    void noneMakesWayForWhatBooksNothing() {
        Part.Held offer = offer(OTHER, LATER);

        assertThat(way.of(confirm(1), view(null, calendar(booked(offer, 5))), List.of(offer), NOON))
                .isEmpty();
    }

    @Test
    void doesNotMakeWayForItselfOnceItIsAskedForInEarnest() {
        Part.Held own = offer(ALLOCATION, LATER);
        Booking firm = new Booking(OTHER, POOL.id(), null, Amounts.of("bytes", 5), BOOKED, null);
        PartView view = view(own, calendar(booked(own, 5), firm));

        assertThat(way.of(hold(ProtocolFixture.SEQUENCE + 1), view, List.of(own), NOON))
                .isEmpty();
    }

    @Test
    void whatMakesWayIsGivenBackAndItsSiteIsTold() {
        Part.Held offer = offer(OTHER, LATER);

        PartDecision decision = way.giveUp(offer);

        assertThat(decision.bookings()).isEqualTo(new Drop());
        assertThat(decision.next()).isInstanceOf(Part.Refused.class);
        assertThat(decision.answers()).singleElement().satisfies(answer -> {
            assertThat(answer.allocation()).isEqualTo(OTHER);
            assertThat(answer.sequence()).isEqualTo(offer.sequence());
            assertThat(((AllocationRefused) answer).refusal().code()).isEqualTo(ErrorCode.HOLD_EXPIRED);
        });
    }

    private static Part.Held offer(AllocationId id, Instant until) {
        return new Part.Held(id, ProtocolFixture.SEQUENCE, spec(), CHOSEN, 1, until, true);
    }

    private static Booking booked(Part.Held offer, long bytes) {
        return new Booking(offer.allocation(), POOL.id(), null, Amounts.of("bytes", bytes), BOOKED, offer.until());
    }

    private static AllocationId another(int number) {
        return new AllocationId(new ReservationId(new UUID(0x7000, number)), ProtocolFixture.SITE);
    }
}
