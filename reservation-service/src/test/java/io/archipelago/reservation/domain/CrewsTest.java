package io.archipelago.reservation.domain;

import static io.archipelago.reservation.domain.ChangeFixture.ALL;
import static io.archipelago.reservation.domain.ChangeFixture.TWO;
import static io.archipelago.reservation.domain.ChangeFixture.confirmed;
import static io.archipelago.reservation.domain.ChangeFixture.declined;
import static io.archipelago.reservation.domain.ChangeFixture.holds;
import static io.archipelago.reservation.domain.ChangeFixture.made;
import static io.archipelago.reservation.domain.ChangeFixture.refusals;
import static io.archipelago.reservation.domain.ChangeFixture.refuses;
import static io.archipelago.reservation.domain.ChangeFixture.revised;
import static io.archipelago.reservation.domain.ChangeFixture.wish;
import static io.archipelago.reservation.domain.DomainFixture.FULL;
import static io.archipelago.reservation.domain.DomainFixture.NOON;
import static io.archipelago.reservation.domain.DomainFixture.OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.PACE;
import static io.archipelago.reservation.domain.DomainFixture.SITES;
import static io.archipelago.reservation.domain.DomainFixture.TOKYO;
import static io.archipelago.reservation.domain.DomainFixture.WINDOW;
import static io.archipelago.reservation.domain.DomainFixture.at;
import static io.archipelago.reservation.domain.DomainFixture.cluster;
import static io.archipelago.reservation.domain.ReservationStates.SEQUENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.federation.ShareMessage.ConfirmShare;
import io.archipelago.contracts.federation.ShareMessage.ShareConfirmed;
import io.archipelago.reservation.domain.Clustered.Running;
import io.archipelago.reservation.domain.Outgoing.ToSite;
import io.archipelago.reservation.domain.Proposal.Declined;
import io.archipelago.reservation.domain.Proposal.Wish;
import io.archipelago.reservation.domain.Reservation.State;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which compute machines come and go when a cluster is to have more or fewer. */
class CrewsTest {

    private final ReservationMoves moves = new ReservationMoves(SITES, PACE);

    @ParameterizedTest
    @MethodSource("io.archipelago.reservation.domain.ChangeFixture#clusters")
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
}
