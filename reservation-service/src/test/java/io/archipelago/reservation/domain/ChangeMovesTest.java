package io.archipelago.reservation.domain;

import static io.archipelago.reservation.domain.DomainFixture.END;
import static io.archipelago.reservation.domain.DomainFixture.FULL;
import static io.archipelago.reservation.domain.DomainFixture.NOON;
import static io.archipelago.reservation.domain.DomainFixture.OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.PACE;
import static io.archipelago.reservation.domain.DomainFixture.SITES;
import static io.archipelago.reservation.domain.DomainFixture.START;
import static io.archipelago.reservation.domain.DomainFixture.TOKYO;
import static io.archipelago.reservation.domain.DomainFixture.WINDOW;
import static io.archipelago.reservation.domain.DomainFixture.at;
import static io.archipelago.reservation.domain.DomainFixture.cluster;
import static io.archipelago.reservation.domain.DomainFixture.shared;
import static io.archipelago.reservation.domain.ReservationStates.SEQUENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.federation.ShareMessage.ConfirmShare;
import io.archipelago.contracts.federation.ShareMessage.ReleaseShare;
import io.archipelago.contracts.federation.ShareMessage.ReviseShare;
import io.archipelago.contracts.federation.ShareMessage.ShareConfirmed;
import io.archipelago.contracts.federation.ShareMessage.ShareHeld;
import io.archipelago.contracts.federation.ShareMessage.ShareRefused;
import io.archipelago.contracts.federation.ShareMessage.ShareStatus;
import io.archipelago.reservation.domain.Clustered.Running;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How a cluster of two sites, each of which gives two compute machines, comes to be otherwise. */
class ChangeMovesTest {

    private static final TimeWindow LONGER = new TimeWindow(START, END.plusSeconds(3600));
    private static final int ALL = 4;
    private static final MachineGroup TWO = shared(OSAKA).groups().getFirst();

    private final ReservationMoves moves = new ReservationMoves(SITES, PACE);

    static Stream<Reservation> clusters() {
        return Stream.of(ReservationStates.scheduled(), ReservationStates.running(State.ACTIVE, Progress.READY));
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void isSoOnceAllSitesHoldIt(Reservation agreed) {
        // When
        Decision<Reservation> asked = made(agreed, wish(LONGER, ALL));

        // Then
        assertThat(asked.messages())
                .containsExactlyInAnyOrder(
                        new ToSite(TOKYO, new ReviseShare(at(TOKYO), SEQUENCE + 1, LONGER, List.of(TWO))),
                        new ToSite(OSAKA, new ReviseShare(at(OSAKA), SEQUENCE + 1, LONGER, List.of(TWO))));
        assertThat(window(asked.next())).as("it is not yet so").isEqualTo(WINDOW);

        // When
        Decision<Reservation> one = holds(asked.next(), TOKYO, SEQUENCE + 1);

        // Then
        assertThat(one.messages()).isEmpty();
        assertThat(window(one.next())).isEqualTo(WINDOW);

        // When
        Decision<Reservation> both = holds(one.next(), OSAKA, SEQUENCE + 1);

        // Then
        assertThat(both.messages())
                .containsExactlyInAnyOrder(
                        new ToSite(TOKYO, new ConfirmShare(at(TOKYO), SEQUENCE + 2, cluster(), LONGER)),
                        new ToSite(OSAKA, new ConfirmShare(at(OSAKA), SEQUENCE + 2, cluster(), LONGER)));
        assertThat(window(both.next())).isEqualTo(LONGER);
        assertThat(((Clustered) both.next()).change()).isNull();
        assertThat(both.next().state()).isEqualTo(agreed.state());
        assertThat(both.next().due()).as("asked again").isBefore(END);
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void staysAsItWasIfOneSiteRefuses(Reservation agreed) {
        // Given
        Decision<Reservation> asked = made(agreed, wish(LONGER, ALL));
        Reservation one = holds(asked.next(), TOKYO, SEQUENCE + 1).next();

        // When
        Decision<Reservation> refused = refuses(one, OSAKA, SEQUENCE + 1, FULL);

        // Then
        assertThat(refused.messages())
                .containsExactlyInAnyOrder(
                        new ToSite(TOKYO, new ConfirmShare(at(TOKYO), SEQUENCE + 2, cluster(), WINDOW)),
                        new ToSite(OSAKA, new ConfirmShare(at(OSAKA), SEQUENCE + 2, cluster(), WINDOW)));
        assertThat(window(refused.next())).isEqualTo(WINDOW);
        assertThat(((Clustered) refused.next()).change())
                .isEqualTo(new Change.Refused(
                        agreed.details()
                                .request()
                                .with(
                                        LONGER,
                                        four(agreed),
                                        agreed.details().request().policy()),
                        Map.of(OSAKA, List.of(FULL))));
    }

    private static MachineGroup four(Reservation of) {
        return Plans.group(of.details().request().compute(), 1, ALL);
    }

    @Test
    void staysAsItWasIfOneSiteSaysNothing() {
        // Given
        Decision<Reservation> asked = made(ReservationStates.scheduled(), wish(LONGER, ALL));
        Reservation one = holds(asked.next(), TOKYO, SEQUENCE + 1).next();
        Instant again = NOON.plus(PACE.again(1));
        Instant end = NOON.plus(PACE.holdFor().multipliedBy(2)).minus(PACE.margin());

        // Then
        assertThat(moves.onDue(one, again).orElseThrow().messages())
                .containsExactly(new ToSite(OSAKA, new ReviseShare(at(OSAKA), SEQUENCE + 1, LONGER, List.of(TWO))));
        Decision<Reservation> given = moves.onDue(one, end).orElseThrow();
        assertThat(given.messages()).hasSize(2);
        assertThat(refusals(given.next()).get(OSAKA))
                .singleElement()
                .satisfies(why -> assertThat(why.code()).isEqualTo(ErrorCode.NO_ANSWER));
        assertThat(window(given.next())).isEqualTo(WINDOW);
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void getsMoreMachinesWhereThereAreMostOrElsewhere(Reservation agreed) {
        // When
        Decision<Reservation> asked = made(agreed, wish(WINDOW, ALL + 3));

        // Then
        assertThat(revised(asked)).containsExactlyEntriesOf(Map.of(OSAKA, TWO.plus(3)));

        // When: osaka has room for three in all
        Refusal one = new Refusal(ErrorCode.NO_CAPACITY, "machines", "full", null, null, 3);
        Decision<Reservation> elsewhere = refuses(asked.next(), OSAKA, SEQUENCE + 1, one);

        // Then
        assertThat(revised(elsewhere)).isEqualTo(Map.of(OSAKA, TWO.plus(1), TOKYO, TWO.plus(2)));

        // When
        Reservation held = holds(elsewhere.next(), OSAKA, SEQUENCE + 2).next();
        Decision<Reservation> both = holds(held, TOKYO, SEQUENCE + 1);

        // Then
        Facts.OfCluster known = ((Clustered) both.next()).cluster();
        assertThat(known.at(OSAKA).orElseThrow().groups()).containsExactly(TWO.plus(1));
        assertThat(known.at(TOKYO).orElseThrow().groups()).containsExactly(TWO.plus(2));
        assertThat(both.next().details().request().compute().count()).isEqualTo(ALL + 3);
        assertThat(both.messages())
                .containsExactlyInAnyOrder(
                        new ToSite(TOKYO, new ConfirmShare(at(TOKYO), SEQUENCE + 2, known, WINDOW)),
                        new ToSite(OSAKA, new ConfirmShare(at(OSAKA), SEQUENCE + 3, known, WINDOW)));
        if (both.next() instanceof Running running) {
            assertThat(running.state()).isEqualTo(State.DEPLOYING);
            assertThat(running.completeBy()).isEqualTo(NOON.plus(PACE.deployWithin()));
        }
    }

    @Test
    void isNotCompleteForWhatTheOtherSiteSays() {
        // Given: osaka gets machines
        Reservation active = ReservationStates.running(State.ACTIVE, Progress.READY);
        Reservation agreed = holds(made(active, wish(WINDOW, ALL + 1)).next(), OSAKA, SEQUENCE + 1)
                .next();

        // When
        Reservation heard = moves.onAnswer(
                        agreed,
                        new ShareStatus(at(TOKYO), SEQUENCE + 1, Progress.READY, List.of(), null, shared(TOKYO)),
                        NOON)
                .orElseThrow()
                .next();

        // Then
        assertThat(heard.state()).isEqualTo(State.DEPLOYING);
    }

    @Test
    void isStillScheduledWhenItsSitesHaveHeardOfIt() {
        // Given
        Reservation asked =
                made(ReservationStates.scheduled(), wish(LONGER, ALL)).next();
        Reservation agreed = holds(holds(asked, TOKYO, SEQUENCE + 1).next(), OSAKA, SEQUENCE + 1)
                .next();

        for (SiteId site : List.of(TOKYO, OSAKA)) {
            // When
            agreed = moves.onAnswer(agreed, new ShareConfirmed(at(site), SEQUENCE + 2), NOON)
                    .orElseThrow()
                    .next();

            // Then
            assertThat(agreed.state()).isEqualTo(State.SCHEDULED);
        }
        assertThat(agreed.due()).isEqualTo(LONGER.end());
    }

    @Test
    void isNotAskedForBeforeAllHaveHeardOfTheLastOne() {
        Reservation agreed = holds(
                        holds(
                                        made(ReservationStates.scheduled(), wish(LONGER, ALL))
                                                .next(),
                                        TOKYO,
                                        SEQUENCE + 1)
                                .next(),
                        OSAKA,
                        SEQUENCE + 1)
                .next();

        assertThat(declined(agreed, wish(WINDOW, ALL)).code()).isEqualTo(ErrorCode.CONFLICT);
    }

    @Test
    void givesASiteOneForItsLast() {
        // Given: osaka loses one, and has one left
        Reservation fewer = holds(
                        made(
                                        ReservationStates.running(State.ACTIVE, Progress.READY),
                                        new Wish(WINDOW, ALL - 1, Set.of("vcompute-2-1")))
                                .next(),
                        OSAKA,
                        SEQUENCE + 1)
                .next();
        Reservation told = fewer;
        for (SiteId site : List.of(TOKYO, OSAKA)) {
            told = moves.onAnswer(
                            told,
                            new ShareConfirmed(
                                    at(site),
                                    Objects.requireNonNull(told.shares().get(site))
                                            .sequence()),
                            NOON)
                    .orElseThrow()
                    .next();
        }

        // Then
        assertThat(revised(made(told, new Wish(WINDOW, ALL - 1, Set.of("vcompute-2-2")))))
                .isEqualTo(Map.of(OSAKA, TWO.plus(1).without(Set.of(1, 2))));
    }

    @Test
    void isRefusedIfNoSiteHasMachines() {
        // Given
        Decision<Reservation> asked = made(ReservationStates.scheduled(), wish(WINDOW, ALL + 3));

        // When
        Decision<Reservation> tokyo = refuses(asked.next(), OSAKA, SEQUENCE + 1, FULL);

        // Then
        assertThat(revised(tokyo)).isEqualTo(Map.of(TOKYO, TWO.plus(3)));
        assertThat(confirmed(tokyo)).containsExactly(new ConfirmShare(at(OSAKA), SEQUENCE + 2, cluster(), WINDOW));

        // When
        Decision<Reservation> refused = refuses(tokyo.next(), TOKYO, SEQUENCE + 1, FULL);

        // Then
        assertThat(refusals(refused.next())).containsOnlyKeys(TOKYO, OSAKA);
        assertThat(confirmed(refused)).containsExactly(new ConfirmShare(at(TOKYO), SEQUENCE + 2, cluster(), WINDOW));
        assertThat(refused.next().details().request())
                .isEqualTo(DomainFixture.details().request());
        assertThat(refused.next().details().revision())
                .as("what a lost update is told by")
                .isOne();
    }

    @Test
    void tellsSitesThatGiveWhatTheyGaveOfTheOthers() {
        // Given
        Decision<Reservation> asked = made(ReservationStates.scheduled(), wish(WINDOW, ALL + 1));

        // When
        Decision<Reservation> held = holds(asked.next(), OSAKA, SEQUENCE + 1);

        // Then
        assertThat(confirmed(held))
                .extracting(ConfirmShare::allocation)
                .containsExactlyInAnyOrder(at(TOKYO), at(OSAKA));
    }

    @Test
    void losesTheLastMachinesOfWhereThereAreMost() {
        assertThat(revised(made(ReservationStates.scheduled(), wish(WINDOW, ALL - 1))))
                .isEqualTo(Map.of(TOKYO, TWO.without(Set.of(2))));
        assertThat(revised(made(ReservationStates.scheduled(), wish(WINDOW, ALL - 2))))
                .isEqualTo(Map.of(TOKYO, TWO.without(Set.of(2)), OSAKA, TWO.without(Set.of(2))));
    }

    @Test
    void losesTheMachinesThatAreNamedAndGetsOthersForThemIfItIsToHaveAsMany() {
        Wish fewer = new Wish(WINDOW, ALL - 1, Set.of("vcompute-2-1"));
        Wish others = new Wish(WINDOW, ALL, Set.of("vcompute-2-1"));

        assertThat(revised(made(ReservationStates.scheduled(), fewer)))
                .isEqualTo(Map.of(OSAKA, TWO.without(Set.of(1))));
        assertThat(revised(made(ReservationStates.scheduled(), others)))
                .isEqualTo(Map.of(OSAKA, TWO.plus(1).without(Set.of(1))));
    }

    @Test
    void keepsAMachineAtEachSite() {
        assertThat(declined(ReservationStates.scheduled(), wish(WINDOW, 1)).field())
                .isEqualTo("machines.compute.count");
        assertThat(declined(ReservationStates.scheduled(), new Wish(WINDOW, 2, Set.of("vcompute-2-1", "vcompute-2-2")))
                        .field())
                .isEqualTo("machines.compute.count");
    }

    @Test
    void losesNothingThatIsNotThere() {
        for (String name : List.of("vcompute-2-3", "vfrontend-1", "x")) {
            Declined declined = declined(ReservationStates.scheduled(), new Wish(WINDOW, ALL - 1, Set.of(name)));

            assertThat(declined.field()).isEqualTo("leaving");
            assertThat(declined.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        }
    }

    @Test
    void asksNobodyForWhatIsSoAlready() {
        Decision<Reservation> same = made(ReservationStates.scheduled(), wish(WINDOW, ALL));

        assertThat(same.messages()).isEmpty();
        assertThat(((Clustered) same.next()).change()).isNull();
    }

    @Test
    void isOneAtATime() {
        Reservation asked =
                made(ReservationStates.scheduled(), wish(LONGER, ALL)).next();

        assertThat(declined(asked, wish(WINDOW, ALL - 1)).code()).isEqualTo(ErrorCode.CONFLICT);
    }

    @Test
    void isOfWhatIsScheduledOrRuns() {
        for (Reservation reservation : ReservationStates.all().values()) {
            if (!(reservation instanceof Clustered)) {
                assertThat(declined(reservation, wish(LONGER, ALL)).code()).isEqualTo(ErrorCode.CONFLICT);
            }
        }
    }

    @Test
    void startsOtherwiseOnlyBeforeItIsDeployed() {
        TimeWindow later = new TimeWindow(START.plusSeconds(60), END);
        TimeWindow past = new TimeWindow(NOON.minusSeconds(1), END);

        assertThat(revisedWindow(made(ReservationStates.scheduled(), wish(later, ALL))))
                .isEqualTo(later);
        assertThat(declined(ReservationStates.scheduled(), wish(past, ALL)).field())
                .isEqualTo("window.start");
        assertThat(declined(ReservationStates.running(State.ACTIVE, Progress.READY), wish(later, ALL))
                        .field())
                .isEqualTo("window.start");
        assertThat(declined(
                                ReservationStates.scheduled(),
                                wish(later, ALL),
                                START.minus(PACE.lead()).minusSeconds(1))
                        .field())
                .isEqualTo("window.start");
    }

    @Test
    void isNotAskedForWhenItEndsBeforeAllCouldAgree() {
        assertThat(declined(ReservationStates.scheduled(), wish(LONGER, ALL), END.minusSeconds(1))
                        .code())
                .isEqualTo(ErrorCode.CONFLICT);
        assertThat(declined(
                                ReservationStates.running(State.ACTIVE, Progress.READY),
                                wish(new TimeWindow(START, START.plusSeconds(1)), ALL),
                                START.plusSeconds(60))
                        .field())
                .isEqualTo("window.end");
    }

    @Test
    void isGivenUpWithTheCluster() {
        // Given
        Reservation asked =
                made(ReservationStates.scheduled(), wish(LONGER, ALL)).next();

        // When
        Decision<Reservation> cancelled = moves.cancel(asked, NOON).orElseThrow();

        // Then
        assertThat(cancelled.messages())
                .containsExactlyInAnyOrder(
                        new ToSite(TOKYO, new ReleaseShare(at(TOKYO), SEQUENCE + 2)),
                        new ToSite(OSAKA, new ReleaseShare(at(OSAKA), SEQUENCE + 2)));
        assertThat(cancelled.next().shares().values()).allMatch(share -> share.revised() == null);
    }

    private static Wish wish(TimeWindow window, int computes) {
        return new Wish(window, computes, Set.of());
    }

    private Decision<Reservation> made(Reservation reservation, Wish wish) {
        return ((Made) moves.change(reservation, wish, NOON)).decision();
    }

    private Declined declined(Reservation reservation, Wish wish) {
        return declined(reservation, wish, NOON);
    }

    private Declined declined(Reservation reservation, Wish wish, Instant now) {
        return (Declined) moves.change(reservation, wish, now);
    }

    private Decision<Reservation> holds(Reservation asked, SiteId site, long sequence) {
        Facts.Shared said = shared(site);
        return moves.onAnswer(asked, new ShareHeld(at(site), sequence, END, said), NOON)
                .orElseThrow();
    }

    private Decision<Reservation> refuses(Reservation asked, SiteId site, long sequence, Refusal why) {
        return moves.onAnswer(asked, new ShareRefused(at(site), sequence, List.of(why)), NOON)
                .orElseThrow();
    }

    private static TimeWindow window(Reservation reservation) {
        return reservation.details().request().window();
    }

    private static Map<SiteId, List<Refusal>> refusals(Reservation reservation) {
        return ((Change.Refused) Objects.requireNonNull(((Clustered) reservation).change())).refusals();
    }

    private static Map<SiteId, MachineGroup> revised(Decision<Reservation> decision) {
        return messages(decision).stream()
                .filter(ReviseShare.class::isInstance)
                .map(ReviseShare.class::cast)
                .collect(java.util.stream.Collectors.toMap(
                        revise -> revise.allocation().site(),
                        revise -> revise.groups().getFirst()));
    }

    private static TimeWindow revisedWindow(Decision<Reservation> decision) {
        return ((ReviseShare) messages(decision).getFirst()).window();
    }

    private static List<ConfirmShare> confirmed(Decision<Reservation> decision) {
        return messages(decision).stream()
                .filter(ConfirmShare.class::isInstance)
                .map(ConfirmShare.class::cast)
                .toList();
    }

    private static List<ShareMessage> messages(Decision<Reservation> decision) {
        List<ShareMessage> messages = new ArrayList<>();
        decision.messages().forEach(message -> messages.add(((ToSite) message).message()));
        return messages;
    }
}
