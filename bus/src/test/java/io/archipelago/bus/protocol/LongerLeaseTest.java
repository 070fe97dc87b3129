package io.archipelago.bus.protocol;

import static io.archipelago.bus.protocol.ProtocolFixture.ALLOCATION;
import static io.archipelago.bus.protocol.ProtocolFixture.BOOKED;
import static io.archipelago.bus.protocol.ProtocolFixture.CHOSEN;
import static io.archipelago.bus.protocol.ProtocolFixture.CLUSTER;
import static io.archipelago.bus.protocol.ProtocolFixture.FACTS;
import static io.archipelago.bus.protocol.ProtocolFixture.NOON;
import static io.archipelago.bus.protocol.ProtocolFixture.OTHER;
import static io.archipelago.bus.protocol.ProtocolFixture.POOL;
import static io.archipelago.bus.protocol.ProtocolFixture.SEQUENCE;
import static io.archipelago.bus.protocol.ProtocolFixture.STORAGE;
import static io.archipelago.bus.protocol.ProtocolFixture.TERMS;
import static io.archipelago.bus.protocol.ProtocolFixture.WINDOW;
import static io.archipelago.bus.protocol.ProtocolFixture.booking;
import static io.archipelago.bus.protocol.ProtocolFixture.calendar;
import static io.archipelago.bus.protocol.ProtocolFixture.confirm;
import static io.archipelago.bus.protocol.ProtocolFixture.confirmed;
import static io.archipelago.bus.protocol.ProtocolFixture.deploy;
import static io.archipelago.bus.protocol.ProtocolFixture.deploying;
import static io.archipelago.bus.protocol.ProtocolFixture.extend;
import static io.archipelago.bus.protocol.ProtocolFixture.in;
import static io.archipelago.bus.protocol.ProtocolFixture.lease;
import static io.archipelago.bus.protocol.ProtocolFixture.spec;
import static io.archipelago.bus.protocol.ProtocolFixture.view;
import static io.archipelago.bus.protocol.ProtocolFixture.volume;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.protocol.PartDecision.Book;
import io.archipelago.bus.protocol.PartDecision.Keep;
import io.archipelago.bus.protocol.Resource.Wanted;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationCommand.ConfirmAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.ExtendAllocation;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationConfirmed;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How a lease gets another window: the time that it is to have more is booked first, then it goes on with what it is to have. */
class LongerLeaseTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final TimeWindow LATER_END =
            new TimeWindow(WINDOW.start(), WINDOW.end().plus(HOUR));
    private static final TimeWindow LONGER_BOOKED =
            new TimeWindow(BOOKED.start(), BOOKED.end().plus(HOUR));

    private final ParticipantProtocol protocol = ProtocolFixture.protocol();

    @Test
    void booksTheTimeThatItIsToHaveMore() {
        for (Part.Leased part : List.of(confirmed(), deploying(Progress.READY))) {
            // When
            PartDecision decision = protocol.onCommand(during(LATER_END), view(part), NOON);

            // Then
            assertThat(decision.bookings()).isEqualTo(new Book(List.of(row(6, LONGER_BOOKED))));
            assertThat(decision.publish()).isEmpty();
            assertThat(decision.next())
                    .isEqualTo(part.extended(SEQUENCE + 1, new Part.Extension.Granted(spec().with(LATER_END), CHOSEN)));
            assertThat(decision.answers())
                    .endsWith(new AllocationHeld(ALLOCATION, SEQUENCE + 1, Participant.STORAGE, BOOKED.end(), CHOSEN));
        }
    }

    @Test
    void keepsTheMarginsThatWereBookedWhateverTheSiteSaysByNow() {
        // Given
        ParticipantProtocol thrifty = new ParticipantProtocol(
                new OneVolume(),
                new ParticipantProtocol.Terms(
                        Duration.ZERO, Duration.ZERO, TERMS.grace(), TERMS.lookAgain(), TERMS.tellEvery()));

        // When
        PartDecision decision = thrifty.onCommand(during(LATER_END), view(confirmed()), NOON);

        // Then
        assertThat(decision.bookings()).isEqualTo(new Book(List.of(row(1, LONGER_BOOKED))));
    }

    @Test
    void saysUntilWhenItCanBeHadIfTheWindowAfterIsTaken() {
        // Given
        Instant taken = BOOKED.end().plusSeconds(1234);
        Booking next = other(new TimeWindow(taken, taken.plus(HOUR)), null);

        // When
        PartDecision decision =
                protocol.onCommand(during(LATER_END), view(confirmed(), calendar(booking(null), next)), NOON);

        // Then
        Instant latest = WINDOW.end().plusSeconds(1234);
        Refusal refusal = refusal(decision);
        assertThat(decision.bookings()).isEqualTo(new Keep());
        assertThat(refusal.code()).isEqualTo(ErrorCode.NO_CAPACITY);
        assertThat(refusal.resource()).isEqualTo("volume space");
        assertThat(refusal.latestEnd()).isEqualTo(latest);
        assertThat(refusal.detail()).endsWith("until " + latest + " it can");
        assertThat(refusal.holdsOnlyUntil()).isNull();
    }

    @Test
    void namesTheEarliestStartThatIsFree() {
        // Given
        Booking before =
                other(new TimeWindow(BOOKED.start().minus(HOUR), BOOKED.start().minusSeconds(600)), null);
        TimeWindow earlier = new TimeWindow(WINDOW.start().minus(HOUR), WINDOW.end());
        Calendar calendar = new Calendar(List.of(POOL), List.of(booking(null), before), NOON.minus(HOUR));

        // When
        PartDecision decision = protocol.onCommand(during(earlier), view(confirmed(), calendar), NOON.minus(HOUR));

        // Then
        assertThat(refusal(decision).earliestStart()).isEqualTo(WINDOW.start().minusSeconds(600));
        assertThat(refusal(decision).latestEnd()).isNull();
    }

    @Test
    void saysIfOnlyHoldsStandInTheWay() {
        // Given
        Instant until = NOON.plusSeconds(30);
        Booking hold = other(new TimeWindow(BOOKED.end(), BOOKED.end().plus(HOUR)), until);

        // When
        PartDecision decision =
                protocol.onCommand(during(LATER_END), view(confirmed(), calendar(booking(null), hold)), NOON);

        // Then
        assertThat(refusal(decision).holdsOnlyUntil()).isEqualTo(until);
        assertThat(refusal(decision).latestEnd()).isNull();
    }

    /** Against looking at every second. */
    @Test
    void findsTheLatestEndWhateverIsBookedAfter() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            // Given
            Instant a = BOOKED.end().plusSeconds(random.nextInt(4000));
            Instant b = BOOKED.end().plusSeconds(random.nextInt(4000));
            List<Booking> others = List.of(
                    sized(2 + random.nextInt(4), new TimeWindow(a, a.plusSeconds(1 + random.nextInt(600)))),
                    sized(2 + random.nextInt(4), new TimeWindow(b, b.plusSeconds(1 + random.nextInt(600)))));

            // When
            PartDecision decision = protocol.onCommand(
                    during(LATER_END),
                    view(confirmed(), calendar(booking(null), others.getFirst(), others.getLast())),
                    NOON);

            // Then
            long free = 0;
            while (free < HOUR.toSeconds() && taken(others, BOOKED.end().plusSeconds(free)) <= 4) {
                free++;
            }
            if (free == HOUR.toSeconds()) {
                assertThat(decision.bookings()).as("seed " + seed).isInstanceOf(Book.class);
            } else {
                assertThat(refusal(decision).latestEnd())
                        .as("seed " + seed)
                        .isEqualTo(free == 0 ? null : WINDOW.end().plusSeconds(free));
            }
        }
    }

    private static long taken(List<Booking> bookings, Instant at) {
        return bookings.stream()
                .filter(b -> b.during().contains(at))
                .mapToLong(b -> b.amounts().get("bytes"))
                .sum();
    }

    @Test
    void isRefusedLessTimeThanTheLeaseHas() {
        // Given
        TimeWindow shorter = new TimeWindow(WINDOW.start(), WINDOW.end().minusSeconds(1));

        // When
        PartDecision decision = protocol.onCommand(during(shorter), view(confirmed()), NOON);

        // Then
        assertThat(refusal(decision).code()).isEqualTo(ErrorCode.CONFLICT);
        assertThat(decision.next()).isNull();
    }

    @Test
    void goesOnLongerOnceThatIsBooked() {
        // Given
        Part.Confirmed extended = confirmed().extended(SEQUENCE, granted());
        PartView view = view(extended, calendar(row(6, LONGER_BOOKED)));

        // When
        PartDecision decision = protocol.onCommand(confirmFor(SEQUENCE + 1, LATER_END), view, NOON);

        // Then
        Lease longer = lease().revised(spec().with(LATER_END), FACTS, CLUSTER);
        assertThat(longer.booked()).isEqualTo(LONGER_BOOKED);
        assertThat(decision.next()).isEqualTo(new Part.Confirmed(SEQUENCE + 1, longer, null));
        assertThat(decision.bookings()).isEqualTo(new Keep());
        assertThat(decision.answers())
                .containsExactly(new AllocationConfirmed(ALLOCATION, SEQUENCE + 1, Participant.STORAGE));
    }

    @Test
    void returnsToItsWindow() {
        // Given
        Part.Confirmed extended = confirmed().extended(SEQUENCE, granted());
        PartView view = view(extended, calendar(row(6, LONGER_BOOKED)));

        for (ConfirmAllocation back : List.of(confirm(SEQUENCE + 1), confirmFor(SEQUENCE + 1, WINDOW))) {
            // When
            PartDecision decision = protocol.onCommand(back, view, NOON);

            // Then
            assertThat(decision.next()).isEqualTo(new Part.Confirmed(SEQUENCE + 1, lease(), null));
            assertThat(decision.bookings()).isEqualTo(new Book(List.of(row(6, BOOKED))));
        }
    }

    @Test
    void isNotConfirmedForTimeThatIsNotBooked() {
        PartDecision decision = protocol.onCommand(confirmFor(SEQUENCE + 1, LATER_END), view(confirmed()), NOON);

        assertThat(refusal(decision).code()).isEqualTo(ErrorCode.CONFLICT);
        assertThat(decision.next()).isNull();
        assertThat(decision.bookings()).isEqualTo(new Keep());
    }

    @Test
    void givesBackTheTimeThatItHasNoLonger() {
        // Given
        TimeWindow shorter = new TimeWindow(WINDOW.start(), WINDOW.end().minusSeconds(60));

        // When
        PartDecision decision = protocol.onCommand(confirmFor(SEQUENCE + 1, shorter), view(confirmed()), NOON);

        // Then
        TimeWindow booked = new TimeWindow(BOOKED.start(), BOOKED.end().minusSeconds(60));
        assertThat(decision.bookings()).isEqualTo(new Book(List.of(row(6, booked))));
    }

    @Test
    void staysExtendedWhenItBegins() {
        // Given
        Part.Confirmed extended = confirmed().extended(SEQUENCE, granted());
        PartView view = view(extended, calendar(row(6, LONGER_BOOKED)));

        // When
        PartDecision begun = protocol.onCommand(deploy(SEQUENCE + 1), view, NOON);

        // Then
        assertThat(begun.bookings()).isEqualTo(new Keep());
        Part.Leased part = leased(begun);
        assertThat(part.extension()).isEqualTo(granted());

        // When
        PartDecision longer = protocol.onCommand(
                deploy(SEQUENCE + 2, spec().with(LATER_END)), view(part, calendar(row(6, LONGER_BOOKED))), NOON);

        // Then
        assertThat(longer.bookings()).isEqualTo(new Keep());
        assertThat(leased(longer).lease().booked()).isEqualTo(LONGER_BOOKED);
    }

    @Test
    void givesBackNoTimeInWhichItMayHaveBegun() {
        // Given
        TimeWindow later = new TimeWindow(WINDOW.start().plusSeconds(600), WINDOW.end());

        // When
        PartDecision decision =
                protocol.onCommand(deploy(SEQUENCE + 1, spec().with(later)), view(deploying(Progress.READY)), NOON);

        // Then
        assertThat(leased(decision).lease().booked()).isEqualTo(BOOKED);
        assertThat(decision.bookings()).isEqualTo(new Keep());
    }

    @Test
    void isRefusedTimeThatWhatItNoLongerWantsCanNotHaveEither() {
        // Given: of three bytes a volume is left, and the next lease leaves room for six
        Resource left = in(Phase.READY, volume(7)).removed();
        Booking next = sized(4, new TimeWindow(BOOKED.end(), BOOKED.end().plus(HOUR)));

        // When
        PartDecision alone = protocol.onCommand(
                during(LATER_END), view(deploying(Progress.READY), calendar(booking(null), next)), NOON);
        PartDecision beside = protocol.onCommand(
                during(LATER_END), view(deploying(Progress.READY), calendar(booking(null), next), left), NOON);

        // Then
        assertThat(alone.bookings()).isInstanceOf(Book.class);
        assertThat(refusal(beside).code()).isEqualTo(ErrorCode.NO_CAPACITY);
    }

    @Test
    void tellsTheAgentsUntilWhenTheyLetItStand() {
        // Given
        ParticipantProtocol machines = new ParticipantProtocol(new OneMachine(), TERMS);
        Resource machine =
                in(Phase.READY, Resource.wanted(OneMachine.WANTED, WINDOW.end().plus(TERMS.grace())));
        Resource volume = in(Phase.READY, volume(1));
        PartView view = view(deploying(Progress.READY), calendar(row(6, LONGER_BOOKED)), machine, volume);

        // When
        PartDecision same = machines.onCommand(deploy(SEQUENCE + 1), view, NOON);
        PartDecision longer = machines.onCommand(deploy(SEQUENCE + 1, spec().with(LATER_END)), view, NOON);

        // Then
        assertThat(same.publish()).isEmpty();
        assertThat(longer.publish())
                .containsExactly(machine.changed(machine.spec(), LATER_END.end().plus(TERMS.grace())));
    }

    @Test
    void answersAgainWhatItHasAnswered() {
        // Given
        Part.Confirmed extended = confirmed().extended(SEQUENCE, granted());
        Part.Confirmed denied = confirmed().extended(SEQUENCE, new Part.Extension.Denied(ProtocolFixture.FULL));

        // Then
        assertThat(protocol.onCommand(extend(SEQUENCE), view(extended), NOON).answers())
                .containsExactly(new AllocationHeld(ALLOCATION, SEQUENCE, Participant.STORAGE, BOOKED.end(), CHOSEN));
        assertThat(protocol.onCommand(extend(SEQUENCE), view(denied), NOON).answers())
                .containsExactly(
                        new AllocationRefused(ALLOCATION, SEQUENCE, Participant.STORAGE, ProtocolFixture.FULL));
    }

    private static Part.Leased leased(PartDecision decision) {
        return (Part.Leased) Objects.requireNonNull(decision.next());
    }

    private static Part.Extension granted() {
        return new Part.Extension.Granted(spec().with(LATER_END), CHOSEN);
    }

    private static ExtendAllocation during(TimeWindow window) {
        return new ExtendAllocation(ALLOCATION, SEQUENCE + 1, spec().with(window));
    }

    private static ConfirmAllocation confirmFor(long sequence, TimeWindow window) {
        return new ConfirmAllocation(ALLOCATION, sequence, FACTS, CLUSTER, spec().with(window));
    }

    private static Refusal refusal(PartDecision decision) {
        assertThat(decision.answers()).hasOnlyElementsOfType(AllocationRefused.class);
        return ((AllocationRefused) decision.answers().getFirst()).refusal();
    }

    private static Booking row(long bytes, TimeWindow during) {
        return new Booking(ALLOCATION, POOL.id(), null, Amounts.of("bytes", bytes), during, null);
    }

    private static Booking other(TimeWindow during, @Nullable Instant heldUntil) {
        return new Booking(OTHER, POOL.id(), null, Amounts.of("bytes", 6), during, heldUntil);
    }

    private static Booking sized(long bytes, TimeWindow during) {
        return new Booking(OTHER, POOL.id(), null, Amounts.of("bytes", bytes), during, null);
    }

    /** Books one byte. */
    private static final class OneVolume extends Bare {

        OneVolume() {
            super(Participant.STORAGE);
        }

        @Override
        public List<Claim> claims(AllocationId allocation, AllocationSpec spec, Facts.OfSite facts) {
            return List.of(new Claim(POOL.id(), null, Amounts.of("bytes", 1)));
        }
    }

    /** Wants one machine, and books nothing for it. */
    private static final class OneMachine extends Bare {

        private static final Wanted WANTED = new Wanted(
                STORAGE,
                ResourceKey.of(ResourceKind.MACHINE, ALLOCATION, "vcompute-1-1"),
                "vcompute-1-1",
                volume(1).spec());

        OneMachine() {
            super(Participant.PLACEMENT);
        }

        @Override
        public List<Wanted> deploy(Lease lease) {
            Resource volume = volume(1);
            return List.of(WANTED, new Wanted(volume.host(), volume.key(), volume.name(), volume.spec()));
        }
    }
}
