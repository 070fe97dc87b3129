package io.archipelago.reservation.domain;

import static io.archipelago.reservation.domain.AllocationStates.SEQUENCE;
import static io.archipelago.reservation.domain.DomainFixture.NOON;
import static io.archipelago.reservation.domain.DomainFixture.PACE;
import static io.archipelago.reservation.domain.DomainFixture.facts;
import static io.archipelago.reservation.domain.DomainFixture.moved;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.allocation.AllocationCommand;
import io.archipelago.contracts.allocation.AllocationCommand.ConfirmAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.DeployAllocation;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.reservation.domain.Outgoing.ToParticipants;
import io.archipelago.reservation.domain.Revision.Asked;
import io.archipelago.reservation.domain.Revision.Granted;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RelocationsTest {

    private static final Facts.OfSite ELSEWHERE = facts().with(moved(1).chosen());

    private final AllocationMoves moves = new AllocationMoves(PACE);

    @Test
    void whatIsDeployedLaterIsDeployedWhereItIsThen() {
        // When
        Leased known = (Leased) after(AllocationStates.confirmed());
        Decision<Allocation> begun =
                moves.onDue(known, AllocationStates.confirmed().deployAt()).orElseThrow();

        // Then
        assertThat(told(begun))
                .first()
                .isInstanceOfSatisfying(
                        DeployAllocation.class,
                        deploy -> assertThat(deploy.facts()).isEqualTo(ELSEWHERE));
    }

    @Test
    void whatIsConfirmedAgainIsConfirmedWhereItIs() {
        // When
        Allocation known = after(AllocationStates.confirming());
        Decision<Allocation> again = moves.onDue(known, NOON.plusSeconds(5)).orElseThrow();

        // Then
        assertThat(told(again))
                .first()
                .isInstanceOfSatisfying(
                        ConfirmAllocation.class,
                        confirm -> assertThat(confirm.facts()).isEqualTo(ELSEWHERE));
    }

    @Test
    void whatWasToldToDeployBeforeIsToldAgain() {
        // When
        Decision<Allocation> decision = moves.onEvent(AllocationStates.running(), moved(SEQUENCE - 1), NOON)
                .orElseThrow();

        // Then
        assertThat(told(decision)).singleElement().isInstanceOfSatisfying(DeployAllocation.class, deploy -> {
            assertThat(deploy.facts()).isEqualTo(ELSEWHERE);
            assertThat(deploy.sequence()).isEqualTo(SEQUENCE + 1);
        });
        assertThat(decision.next().due()).isEqualTo(NOON.plus(PACE.again(1)));
    }

    @Test
    void whatIsBookedBesideItKeepsItsOwnPlace() {
        // When
        Leased asked = (Leased) after(AllocationStates.asked(AllocationStates.confirmed()));
        Leased granted = (Leased) after(AllocationStates.granted(AllocationStates.confirmed()));

        // Then
        assertThat(((Asked) Objects.requireNonNull(asked.revision()))
                        .extension()
                        .facts()
                        .pool())
                .isEqualTo(ELSEWHERE.pool());
        assertThat(((Granted) Objects.requireNonNull(granted.revision()))
                        .facts()
                        .pool())
                .isEqualTo(ELSEWHERE.pool());
        assertThat(List.of(asked.facts(), granted.facts())).containsOnly(ELSEWHERE);
    }

    @Test
    void whatIsKnownIsNotSaidTwice() {
        for (Allocation state :
                List.of(AllocationStates.confirming(), AllocationStates.confirmed(), AllocationStates.running())) {
            assertThat(moves.onEvent(after(state), moved(SEQUENCE), NOON)).isEmpty();
        }
    }

    private Allocation after(Allocation state) {
        return moves.onEvent(state, moved(SEQUENCE), NOON).orElseThrow().next();
    }

    private static List<AllocationCommand> told(Decision<Allocation> decision) {
        return decision.messages().stream()
                .filter(ToParticipants.class::isInstance)
                .map(message -> ((ToParticipants) message).command())
                .toList();
    }
}
