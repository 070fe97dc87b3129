package io.archipelago.reservation.domain;

import static io.archipelago.reservation.domain.ChangeFixture.ALL;
import static io.archipelago.reservation.domain.ChangeFixture.LONGER;
import static io.archipelago.reservation.domain.ChangeFixture.TWO;
import static io.archipelago.reservation.domain.ChangeFixture.confirmed;
import static io.archipelago.reservation.domain.ChangeFixture.declined;
import static io.archipelago.reservation.domain.ChangeFixture.holds;
import static io.archipelago.reservation.domain.ChangeFixture.made;
import static io.archipelago.reservation.domain.ChangeFixture.refusals;
import static io.archipelago.reservation.domain.ChangeFixture.refuses;
import static io.archipelago.reservation.domain.ChangeFixture.revisedWindow;
import static io.archipelago.reservation.domain.ChangeFixture.window;
import static io.archipelago.reservation.domain.ChangeFixture.wish;
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
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.federation.ShareMessage.ConfirmShare;
import io.archipelago.contracts.federation.ShareMessage.ReleaseShare;
import io.archipelago.contracts.federation.ShareMessage.ReviseShare;
import io.archipelago.contracts.federation.ShareMessage.ShareConfirmed;
import io.archipelago.contracts.federation.ShareMessage.ShareStatus;
import io.archipelago.reservation.domain.Outgoing.ToSite;
import io.archipelago.reservation.domain.Reservation.State;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How a cluster of two sites, each of which gives two compute machines, comes to be otherwise. */
class ChangeMovesTest {

    private final ReservationMoves moves = new ReservationMoves(SITES, PACE);

    @ParameterizedTest
    @MethodSource("io.archipelago.reservation.domain.ChangeFixture#clusters")
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
    @MethodSource("io.archipelago.reservation.domain.ChangeFixture#clusters")
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
        TimeWindow atOnce = new TimeWindow(NOON, END);
        TimeWindow past = new TimeWindow(NOON.minusSeconds(1), END);

        assertThat(revisedWindow(made(ReservationStates.scheduled(), wish(later, ALL))))
                .isEqualTo(later);
        assertThat(revisedWindow(made(ReservationStates.scheduled(), wish(atOnce, ALL))))
                .isEqualTo(atOnce);
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
}
