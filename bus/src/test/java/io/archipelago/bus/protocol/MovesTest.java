package io.archipelago.bus.protocol;

import static io.archipelago.bus.protocol.ProtocolFixture.ALLOCATION;
import static io.archipelago.bus.protocol.ProtocolFixture.BOOKED;
import static io.archipelago.bus.protocol.ProtocolFixture.FACTS;
import static io.archipelago.bus.protocol.ProtocolFixture.NOON;
import static io.archipelago.bus.protocol.ProtocolFixture.OTHER;
import static io.archipelago.bus.protocol.ProtocolFixture.SEQUENCE;
import static io.archipelago.bus.protocol.ProtocolFixture.TERMS;
import static io.archipelago.bus.protocol.ProtocolFixture.confirmed;
import static io.archipelago.bus.protocol.ProtocolFixture.deploy;
import static io.archipelago.bus.protocol.ProtocolFixture.deploying;
import static io.archipelago.bus.protocol.ProtocolFixture.granted;
import static io.archipelago.bus.protocol.ProtocolFixture.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.PartDecision.Book;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationCommand.ConfirmAllocation;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationConfirmed;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationMoved;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.Refusal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A participant that has two pools, in one of which every lease begins. */
class MovesTest {

    private static final Facts.Chosen ELSEWHERE = new Facts.Pool(new HostId("tokyo-s02"), "vg0", "10.254.1.2:3260");
    private static final Instant BEFORE = BOOKED.start().minusSeconds(1);
    private static final Pool HERE = new Pool("tokyo-s01", Amounts.of("bytes", 4), null, true, Map.of());
    private static final Pool THERE = new Pool("tokyo-s02", Amounts.of("bytes", 4), null, true, Map.of());

    private final ParticipantProtocol protocol = new ParticipantProtocol(new Storage(), TERMS);

    @Test
    void isMovedFromWhereItCanNotStayAndSaysSo() {
        for (Pool here : List.of(
                HERE.closedAt(List.of(BOOKED)),
                HERE.closed(),
                new Pool(HERE.id(), Amounts.of("bytes", 3), null, true, Map.of()))) {
            // Given
            PartView view = in(here, THERE);

            // When
            PartDecision decision = protocol.onDisplaced(view);

            // Then
            assertThat(ParticipantProtocol.isDisplaced(view)).isTrue();
            assertThat(decision.next()).isEqualTo(confirmed().moved(ELSEWHERE));
            assertThat(decision.bookings()).isEqualTo(new Book(List.of(booking(THERE))));
            assertThat(decision.answers()).containsExactly(moved(SEQUENCE));
        }
    }

    @Test
    void staysWhereItCan() {
        // Given
        PartView view = in(HERE, THERE);

        // Then
        assertThat(ParticipantProtocol.isDisplaced(view)).isFalse();
        assertThat(protocol.onDisplaced(view)).isEqualTo(PartDecision.NOTHING);
    }

    @Test
    void staysIfThereIsNoOtherPlace() {
        // Given
        PartView view = in(HERE.closed(), THERE.closedAt(List.of(BOOKED)));

        // Then
        assertThat(ParticipantProtocol.isDisplaced(view)).isTrue();
        assertThat(protocol.onDisplaced(view)).isEqualTo(PartDecision.NOTHING);
    }

    @Test
    void staysOnceItHasBegunAndAsLongAsMoreIsAskedForIt() {
        for (Part part : List.of(
                deploying(Progress.READY),
                deploying(Progress.WAITING),
                confirmed().extended(SEQUENCE, granted()))) {
            PartView view = view(part, calendar(HERE.closedAt(List.of(BOOKED)), THERE));

            assertThat(ParticipantProtocol.isDisplaced(view)).isTrue();
            assertThat(protocol.onDisplaced(view)).isEqualTo(PartDecision.NOTHING);
        }
    }

    @Test
    void whatHasBegunOnAHostThatIsLostIsNoBusinessOfThis() {
        // Given
        Calendar begun = new Calendar(List.of(HERE.closed(), THERE), List.of(booking(HERE)), BOOKED.start());

        // Then
        assertThat(ParticipantProtocol.isDisplaced(view(deploying(Progress.READY), begun)))
                .isFalse();
    }

    @Test
    void whoDeploysItWhereItWasIsToldWhereItIs() {
        // When
        Part.Confirmed moved = confirmed().moved(ELSEWHERE);
        PartDecision decision = protocol.onCommand(deploy(SEQUENCE + 1), view(moved, calendar(HERE, THERE)), NOON);

        // Then: told right, the same command is taken
        assertThat(decision).isEqualTo(PartDecision.answer(moved(SEQUENCE + 1)));
    }

    @Test
    void whoConfirmsItWhereItWasIsToldWhereItIs() {
        // Given
        Part.Confirmed moved = confirmed().moved(ELSEWHERE);
        PartView view = view(moved, new Calendar(List.of(HERE, THERE), List.of(booking(THERE)), NOON));

        // Then
        assertThat(protocol.onCommand(confirm(FACTS), view, NOON)).isEqualTo(PartDecision.answer(moved(SEQUENCE + 1)));
        assertThat(protocol.onCommand(confirm(FACTS.with(ELSEWHERE)), view, NOON)
                        .answers())
                .containsExactly(new AllocationConfirmed(ALLOCATION, SEQUENCE + 1, Participant.STORAGE));
    }

    @Test
    void isNotMovedByAParticipantThatCanNot() {
        assertThat(
                        new Bare(Participant.NETWORK) {}.move(
                                new ParticipantLogic.Request(
                                        ALLOCATION, confirmed().lease().spec(), FACTS, BOOKED),
                                Set.of(HERE.id()),
                                calendar(HERE, THERE)))
                .isInstanceOf(ParticipantLogic.DoesNotFit.class);
    }

    private static AllocationMoved moved(long sequence) {
        return new AllocationMoved(ALLOCATION, sequence, Participant.STORAGE, ELSEWHERE);
    }

    private static ConfirmAllocation confirm(Facts.OfSite facts) {
        Lease lease = confirmed().lease();
        return new ConfirmAllocation(ALLOCATION, SEQUENCE + 1, facts, lease.cluster(), lease.spec());
    }

    private static PartView in(Pool... pools) {
        return view(confirmed(), calendar(pools));
    }

    /** Another allocation has one byte here, and this one what it needs. */
    private static Calendar calendar(Pool... pools) {
        Booking other = new Booking(OTHER, HERE.id(), null, Amounts.of("bytes", 1), BOOKED, null);
        return new Calendar(List.of(pools), List.of(other, booking(HERE)), BEFORE);
    }

    private static Booking booking(Pool pool) {
        return new Booking(ALLOCATION, pool.id(), null, Amounts.of("bytes", 3), BOOKED, null);
    }

    private static final class Storage extends Bare {

        Storage() {
            super(Participant.STORAGE);
        }

        @Override
        public Choice move(Request request, Set<String> left, Calendar calendar) {
            assertThat(left).containsExactly(HERE.id());
            return calendar.availability().hasRoom(THERE, Amounts.of("bytes", 3), request.booked())
                            && !calendar.pools().contains(THERE.closedAt(List.of(BOOKED)))
                    ? new Chosen(ELSEWHERE)
                    : new DoesNotFit(Refusal.of(ErrorCode.NO_CAPACITY, "volume space", "full"));
        }

        @Override
        public List<Claim> claims(AllocationId allocation, AllocationSpec spec, Facts.OfSite facts) {
            Facts.Pool chosen = Objects.requireNonNull(facts.pool());
            return List.of(new Claim(chosen.host().value(), null, Amounts.of("bytes", 3)));
        }
    }
}
