package io.archipelago.bus.protocol;

import static io.archipelago.bus.protocol.ProtocolFixture.ALLOCATION;
import static io.archipelago.bus.protocol.ProtocolFixture.CHOSEN;
import static io.archipelago.bus.protocol.ProtocolFixture.CLUSTER;
import static io.archipelago.bus.protocol.ProtocolFixture.FACTS;
import static io.archipelago.bus.protocol.ProtocolFixture.FULL;
import static io.archipelago.bus.protocol.ProtocolFixture.HOLD_FOR;
import static io.archipelago.bus.protocol.ProtocolFixture.NOON;
import static io.archipelago.bus.protocol.ProtocolFixture.OTHER;
import static io.archipelago.bus.protocol.ProtocolFixture.SEQUENCE;
import static io.archipelago.bus.protocol.ProtocolFixture.TERMS;
import static io.archipelago.bus.protocol.ProtocolFixture.WINDOW;
import static io.archipelago.bus.protocol.ProtocolFixture.booking;
import static io.archipelago.bus.protocol.ProtocolFixture.calendar;
import static io.archipelago.bus.protocol.ProtocolFixture.confirm;
import static io.archipelago.bus.protocol.ProtocolFixture.confirmed;
import static io.archipelago.bus.protocol.ProtocolFixture.deploy;
import static io.archipelago.bus.protocol.ProtocolFixture.deploying;
import static io.archipelago.bus.protocol.ProtocolFixture.held;
import static io.archipelago.bus.protocol.ProtocolFixture.hold;
import static io.archipelago.bus.protocol.ProtocolFixture.holdOfOthers;
import static io.archipelago.bus.protocol.ProtocolFixture.leavings;
import static io.archipelago.bus.protocol.ProtocolFixture.refused;
import static io.archipelago.bus.protocol.ProtocolFixture.release;
import static io.archipelago.bus.protocol.ProtocolFixture.released;
import static io.archipelago.bus.protocol.ProtocolFixture.releasing;
import static io.archipelago.bus.protocol.ProtocolFixture.view;
import static io.archipelago.bus.protocol.ProtocolFixture.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.protocol.PartDecision.Book;
import io.archipelago.bus.protocol.PartDecision.Confirm;
import io.archipelago.bus.protocol.PartDecision.Drop;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationProgress;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.allocation.ResourceStatus;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKind;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ParticipantProtocolTest {

    private final ParticipantProtocol protocol = ProtocolFixture.protocol();

    @Test
    void booksTheWindowWithTheTimeForDeployingAndCleaning() {
        // When
        PartDecision decision = protocol.onCommand(hold(1), view(null), NOON);

        // Then
        Instant until = NOON.plus(HOLD_FOR);
        TimeWindow booked =
                new TimeWindow(WINDOW.start().minus(TERMS.lead()), WINDOW.end().plus(TERMS.turnRound()));
        assertThat(booked).isEqualTo(protocol.booked(WINDOW));
        assertThat(decision.bookings())
                .isEqualTo(new Book(List.of(
                        new Booking(ALLOCATION, "pool", null, booking(null).amounts(), booked, until))));
        assertThat(decision.next()).isEqualTo(new Part.Held(ALLOCATION, 1, hold(1).spec(), CHOSEN, 1, until, false));
        assertThat(decision.answers())
                .containsExactly(new AllocationHeld(ALLOCATION, 1, Participant.STORAGE, until, CHOSEN));
    }

    @Test
    void tellsWhenTheWindowItselfCouldStart() {
        // Given
        Booking blocker = ProtocolFixture.blocker(WINDOW);

        // When
        PartDecision decision = protocol.onCommand(hold(1), view(null, calendar(blocker)), NOON);

        // Then
        Refusal refusal = ((AllocationRefused) decision.answers().getFirst()).refusal();
        Instant start = WINDOW.end().plus(TERMS.lead());
        assertThat(refusal).isEqualTo(FULL.withEarliestStart(start).missing(3, WINDOW));
        assertThat(decision.next()).isEqualTo(new Part.Refused(ALLOCATION, 1, refusal));
    }

    @Test
    void tellsWithinTheWindowWhenItWouldNotFit() {
        // Given
        TimeWindow taken =
                new TimeWindow(WINDOW.start().plusSeconds(1200), WINDOW.start().plusSeconds(1500));

        // When
        PartDecision decision = protocol.onCommand(hold(1), view(null, calendar(ProtocolFixture.blocker(taken))), NOON);

        // Then: until it is cleaned before, and from when it is deployed after
        Refusal refusal = ((AllocationRefused) decision.answers().getFirst()).refusal();
        assertThat(refusal.missing())
                .isEqualTo(new Refusal.Missing(
                        3,
                        new TimeWindow(
                                taken.start().minus(TERMS.turnRound()),
                                taken.end().plus(TERMS.lead()))));
    }

    @Test
    void doesNotStandInItsOwnWayWhenItHoldsAnew() {
        PartDecision decision = protocol.onCommand(hold(SEQUENCE + 1), view(held()), NOON.plusSeconds(30));

        assertThat(decision.next())
                .isEqualTo(new Part.Held(
                        ALLOCATION, SEQUENCE + 1, hold(1).spec(), CHOSEN, 1, NOON.plusSeconds(90), false));
    }

    @Test
    void confirmsUntilTheVeryInstantAtWhichTheHoldRunsOut() {
        // Given
        Instant until = NOON.plus(HOLD_FOR);

        // When
        PartDecision before = protocol.onCommand(confirm(SEQUENCE + 1), view(held()), until.minusNanos(1));
        PartDecision then = protocol.onCommand(confirm(SEQUENCE + 1), view(held()), until);

        // Then
        assertThat(before.bookings()).isEqualTo(new Confirm());
        assertThat(before.next())
                .isEqualTo(new Part.Confirmed(
                        SEQUENCE + 1,
                        new Lease(ALLOCATION, hold(1).spec(), FACTS, CLUSTER, ProtocolFixture.BOOKED),
                        null));
        assertThat(then.bookings()).isEqualTo(new Drop());
        assertThat(refusalOf(then)).isEqualTo(ErrorCode.HOLD_EXPIRED);
    }

    @Test
    void givesAHoldBackAtTheInstantAtWhichItRunsOut() {
        // Given
        Instant until = NOON.plus(HOLD_FOR);

        // When
        PartDecision before = protocol.onDue(view(held()), until.minusNanos(1));
        PartDecision then = protocol.onDue(view(held()), until);

        // Then
        assertThat(held().due()).isEqualTo(until);
        assertThat(before).isEqualTo(PartDecision.NOTHING);
        assertThat(then.bookings()).isEqualTo(new Drop());
        assertThat(then.next()).isInstanceOf(Part.Refused.class);
        assertThat(then.answers().getFirst().sequence()).isEqualTo(SEQUENCE);
        assertThat(refusalOf(then)).isEqualTo(ErrorCode.HOLD_EXPIRED);
    }

    @Test
    void doesNotConfirmAHoldWhoseRowsAreGone() {
        PartDecision decision = protocol.onCommand(confirm(SEQUENCE + 1), view(held(), calendar()), NOON);

        assertThat(refusalOf(decision)).isEqualTo(ErrorCode.HOLD_EXPIRED);
        assertThat(decision.bookings()).isEqualTo(new Drop());
    }

    @Test
    void tellsTheTruthOfNowWhenAskedAgain() {
        PartDecision early = protocol.onCommand(hold(SEQUENCE), view(held()), NOON);
        PartDecision late = protocol.onCommand(hold(SEQUENCE), view(held()), NOON.plus(HOLD_FOR));

        assertThat(early.answers())
                .containsExactly(
                        new AllocationHeld(ALLOCATION, SEQUENCE, Participant.STORAGE, NOON.plus(HOLD_FOR), CHOSEN));
        assertThat(refusalOf(late)).isEqualTo(ErrorCode.HOLD_EXPIRED);
    }

    @Test
    void remembersAReleaseOfWhatItNeverHeldSoThatALateHoldFindsIt() {
        // Given
        Part released = protocol.onCommand(release(2), view(null), NOON).next();

        // When
        PartDecision late = protocol.onCommand(hold(1), view(released), NOON);

        // Then
        assertThat(released).isEqualTo(new Part.Released(ALLOCATION, 2));
        assertThat(late).isEqualTo(PartDecision.NOTHING);
    }

    @Test
    void holdsAgainAfterItGaveBack() {
        assertThat(protocol.onCommand(hold(SEQUENCE + 1), view(refused()), NOON).next())
                .isInstanceOf(Part.Held.class);
        assertThat(protocol.onCommand(hold(SEQUENCE + 1), view(released()), NOON)
                        .next())
                .isInstanceOf(Part.Held.class);
    }

    @Test
    void waitsForWhatAnEarlierBookingLeft() {
        // Given
        PartView blocked = view(confirmed(), calendar(booking(null), leavings()));

        // When
        PartDecision decision = protocol.onCommand(deploy(SEQUENCE + 1), blocked, NOON);

        // Then
        assertThat(decision.next())
                .isEqualTo(new Part.Deploying(
                        SEQUENCE + 1,
                        confirmed().lease(),
                        Progress.WAITING,
                        Set.of(OTHER),
                        NOON.plus(TERMS.lookAgain()),
                        null,
                        null));
        assertThat(decision.publish()).isEmpty();
        assertThat(decision.answers())
                .containsExactly(new AllocationProgress(
                        ALLOCATION,
                        SEQUENCE + 1,
                        Participant.STORAGE,
                        Progress.WAITING,
                        List.of(new ResourceStatus(
                                ResourceKind.VOLUME,
                                "tokyo",
                                Phase.PENDING,
                                "waits until what an earlier booking left is seen gone",
                                null)),
                        List.of()));
    }

    @Test
    void beginsNothingBeforeItsBookedTimeHoweverEarlyItIsTold() {
        // Given
        Instant begins = protocol.booked(WINDOW).start();
        Instant early = begins.minusSeconds(180);

        // When
        PartDecision told = protocol.onCommand(deploy(SEQUENCE + 1), view(confirmed()), early);

        // Then
        Part.Deploying waiting = (Part.Deploying) Objects.requireNonNull(told.next());
        assertThat(waiting.progress()).isEqualTo(Progress.WAITING);
        assertThat(waiting.due()).isEqualTo(begins);
        assertThat(told.publish()).isEmpty();
        assertThat(((AllocationProgress) told.answers().getFirst()).resources())
                .extracting(ResourceStatus::reason)
                .containsExactly("waits until the time that is booked for it begins");

        // When
        PartDecision begun = protocol.onDue(view(waiting), begins);

        // Then
        assertThat(begun.publish()).isNotEmpty();
    }

    @Test
    void looksAgainWithoutRepeatingItselfAndBeginsOnceTheWayIsFree() {
        // Given
        Instant due = NOON.plus(TERMS.lookAgain());
        PartView blocked = view(waiting(), calendar(booking(null), leavings()));

        // When
        PartDecision early = protocol.onDue(blocked, due.minusNanos(1));
        PartDecision still = protocol.onDue(blocked, due);
        PartDecision free = protocol.onDue(view(waiting()), due);

        // Then
        assertThat(waiting().due()).isEqualTo(due);
        assertThat(early).isEqualTo(PartDecision.NOTHING);
        assertThat(still.answers()).isEmpty();
        assertThat(still.next()).extracting(Part::due).isEqualTo(due.plus(TERMS.lookAgain()));
        assertThat(free.publish()).hasSize(2);
        assertThat(free.next()).isEqualTo(deploying(Progress.DEPLOYING));
    }

    @Test
    void saysSoWhenItWaitsForSomebodyElse() {
        // Given
        Part.Deploying forNobody = new Part.Deploying(
                SEQUENCE, confirmed().lease(), Progress.WAITING, Set.of(ALLOCATION), NOON, null, null);

        // When
        PartDecision decision = protocol.onDue(view(forNobody, calendar(booking(null), leavings())), NOON);

        // Then
        assertThat(decision.answers()).hasSize(1);
        assertThat(decision.next()).isEqualTo(waiting());
    }

    @Test
    void asksForThePoolsOnlyWhereItBooks() {
        assertThat(protocol.books(hold(1))).isTrue();
        assertThat(protocol.books(holdOfOthers(1))).isFalse();
        assertThat(protocol.books(confirm(1))).isTrue();
        assertThat(protocol.books(deploy(1))).isTrue();
        assertThat(protocol.books(release(1))).isFalse();
        assertThat(protocol.books(waiting())).isTrue();
        assertThat(protocol.books(held())).isFalse();
        assertThat(protocol.books(deploying(Progress.DEPLOYING).tellingAt(NOON)))
                .isFalse();
    }

    @Test
    void hasNothingDueWhereNobodyWaits() {
        for (Part part : List.of(refused(), confirmed(), releasing(), released(), deploying(Progress.READY))) {
            assertThat(part.due()).isNull();
            assertThat(protocol.onDue(view(part), NOON.plusSeconds(1_000_000))).isEqualTo(PartDecision.NOTHING);
        }
        assertThat(protocol.onDue(view(null), NOON)).isEqualTo(PartDecision.NOTHING);
    }

    @Test
    void knowsWhetherItStandsAtTheMaster() {
        assertThat(confirmed().lease().atMaster()).isTrue();
    }

    @Test
    void decidesReleasesAndObservationsWithoutThePools() {
        // Given
        Calendar none = new Calendar(List.of(), List.of(), NOON);

        // When
        PartDecision decision = protocol.onCommand(release(SEQUENCE + 1), view(confirmed(), none), NOON);

        // Then
        assertThat(decision.next()).isEqualTo(new Part.Released(ALLOCATION, SEQUENCE + 1));
    }

    private static ErrorCode refusalOf(PartDecision decision) {
        assertThat(decision.answers()).singleElement().isInstanceOf(AllocationRefused.class);
        return ((AllocationRefused) decision.answers().getFirst()).refusal().code();
    }
}
