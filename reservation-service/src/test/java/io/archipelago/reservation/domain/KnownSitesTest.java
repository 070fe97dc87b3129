package io.archipelago.reservation.domain;

import static io.archipelago.reservation.domain.AllocationStates.SEQUENCE;
import static io.archipelago.reservation.domain.AllocationStates.SHARE_SEQUENCE;
import static io.archipelago.reservation.domain.DomainFixture.AT_OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.NOON;
import static io.archipelago.reservation.domain.DomainFixture.OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.PACE;
import static io.archipelago.reservation.domain.DomainFixture.TOKYO;
import static io.archipelago.reservation.domain.DomainFixture.cluster;
import static io.archipelago.reservation.domain.DomainFixture.facts;
import static io.archipelago.reservation.domain.DomainFixture.shared;
import static io.archipelago.reservation.domain.DomainFixture.spec;
import static io.archipelago.reservation.domain.DomainFixture.without;
import static io.archipelago.reservation.domain.ReplacementFixture.FIRST;
import static io.archipelago.reservation.domain.ReplacementFixture.bookedByAll;
import static io.archipelago.reservation.domain.ReplacementFixture.command;
import static io.archipelago.reservation.domain.ReplacementFixture.due;
import static io.archipelago.reservation.domain.ReplacementFixture.extend;
import static io.archipelago.reservation.domain.ReplacementFixture.lose;
import static io.archipelago.reservation.domain.ReplacementFixture.refused;
import static io.archipelago.reservation.domain.ReplacementFixture.replace;
import static io.archipelago.reservation.domain.ReplacementFixture.running;
import static io.archipelago.reservation.domain.ReplacementFixture.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationCommand.DeployAllocation;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.federation.ShareMessage.ConfirmShare;
import io.archipelago.reservation.domain.Leased.Running;
import io.archipelago.reservation.domain.Outgoing.ToSite;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What osaka does about what it hears of the other sites of its cluster. */
class KnownSitesTest {

    private final AllocationMoves moves = new AllocationMoves(PACE);

    @Test
    void tellsWithTheDeployWhatItHearsOfOtherSitesWhileOthersAreBooked() {
        // Given
        Running extending = extend(lose(running(), FIRST), NOON);
        Facts.Shared other = without(1, shared(TOKYO));
        ConfirmShare confirm =
                new ConfirmShare(AT_OSAKA, SHARE_SEQUENCE + 1, cluster().with(other));

        // When
        Decision<Allocation> heard = moves.onCommand(extending, confirm, NOON).orElseThrow();

        // Then
        assertThat(heard.messages()).hasSize(1);
        assertThat(status(heard).sequence()).isEqualTo(SHARE_SEQUENCE + 1);

        for (Decision<Allocation> ended :
                List.of(bookedByAll((Running) heard.next()), refused((Running) heard.next(), NOON))) {
            // When
            DeployAllocation deploy = (DeployAllocation) command(ended);

            // Then
            assertThat(deploy.cluster().at(TOKYO)).contains(other);
            assertThat(deploy.cluster().at(OSAKA)).contains(status(ended).facts());
            assertThat(status(ended).sequence()).isEqualTo(SHARE_SEQUENCE + 1);
        }
    }

    @Test
    void passesOverMachinesThatHaveNoName() {
        // Given
        Facts.Shared tokyo = shared(TOKYO);
        MachineGroup all = tokyo.groups().getFirst().plus(Integer.MAX_VALUE - 10);
        Facts.Shared absurd =
                new Facts.Shared(TOKYO, tokyo.siteNumber(), List.of(all), tokyo.vlan(), tokyo.endpoint(), tokyo.mtu());
        ConfirmShare confirm =
                new ConfirmShare(AT_OSAKA, SHARE_SEQUENCE + 1, cluster().with(absurd));

        // When
        Decision<Allocation> running = moves.onCommand(running(), confirm, NOON).orElseThrow();
        Decision<Allocation> held =
                moves.onCommand(AllocationStates.held(), confirm, NOON).orElseThrow();

        // Then
        assertThat(((Running) running.next()).cluster()).isEqualTo(running().cluster());
        assertThat(held.next()).isInstanceOf(Allocation.Releasing.class);
    }

    @Test
    void isNotDeployedWithAGatewayThatItCanNotBeJoinedWith() {
        // Given
        Facts.Shared tokyo = shared(TOKYO);
        Facts.Endpoint alone = new Facts.Endpoint("203.0.113.1", 20000, List.of());
        ConfirmShare confirm = new ConfirmShare(
                AT_OSAKA,
                SHARE_SEQUENCE + 1,
                cluster().with(new Facts.Shared(TOKYO, tokyo.siteNumber(), tokyo.groups(), tokyo.vlan(), alone, 1400)));

        // When
        Decision<Allocation> running = moves.onCommand(running(), confirm, NOON).orElseThrow();
        Decision<Allocation> held =
                moves.onCommand(AllocationStates.held(), confirm, NOON).orElseThrow();

        // Then
        assertThat(((Running) running.next()).cluster()).isEqualTo(running().cluster());
        assertThat(held.next()).isInstanceOf(Allocation.Releasing.class);
    }

    @Test
    void tellsAtOnceWhatItHearsOfOtherSitesElse() {
        // Given
        Running planned = lose(running(), FIRST);
        Facts.Shared other = without(1, shared(TOKYO));
        Facts.OfCluster asTheMasterKnowsIt = cluster().with(other);

        // When
        Decision<Allocation> heard = moves.onCommand(
                        planned, new ConfirmShare(AT_OSAKA, SHARE_SEQUENCE + 1, asTheMasterKnowsIt), NOON)
                .orElseThrow();

        // Then
        assertThat(command(heard))
                .isEqualTo(new DeployAllocation(AT_OSAKA, SEQUENCE + 1, spec(), facts(), asTheMasterKnowsIt));
        assertThat(((Running) heard.next()).revision()).isEqualTo(planned.revision());

        // When
        Optional<Decision<Allocation>> older =
                moves.onCommand(heard.next(), new ConfirmShare(AT_OSAKA, SHARE_SEQUENCE, cluster()), NOON);
        Decision<Allocation> again = moves.onCommand(
                        heard.next(), new ConfirmShare(AT_OSAKA, SHARE_SEQUENCE + 2, asTheMasterKnowsIt), NOON)
                .orElseThrow();

        // Then
        assertThat(older).isEmpty();
        assertThat(again.messages()).singleElement().isInstanceOf(ToSite.class);
    }

    @Test
    void knowsItsOwnShareBetterThanTheMaster() {
        // Given
        Running replaced = replace(lose(running(), FIRST));

        // When
        Decision<Allocation> heard = moves.onCommand(
                        replaced, new ConfirmShare(AT_OSAKA, SHARE_SEQUENCE + 1, cluster()), NOON)
                .orElseThrow();

        // Then
        assertThat(heard.messages()).singleElement().isInstanceOf(ToSite.class);
        assertThat(((Running) heard.next()).cluster()).isEqualTo(replaced.cluster());
    }

    @Test
    void beginsItsLeaseWithWhatItHeardOfOtherSitesBefore() {
        // Given
        Facts.OfCluster other = cluster().with(without(1, shared(TOKYO)));
        ConfirmShare confirm = new ConfirmShare(AT_OSAKA, SHARE_SEQUENCE + 1, other);

        // When
        Allocation confirming = moves.onCommand(AllocationStates.confirming(), confirm, NOON)
                .orElseThrow()
                .next();
        Allocation confirmed = moves.onEvent(confirming, DomainFixture.confirmed(SEQUENCE, Participant.STORAGE), NOON)
                .orElseThrow()
                .next();
        Allocation told = moves.onCommand(AllocationStates.confirmed(), confirm, NOON)
                .orElseThrow()
                .next();

        // Then
        for (Allocation lease : List.of(confirmed, told)) {
            Instant begins = Objects.requireNonNull(lease.due());
            assertThat(((DeployAllocation) command(due(lease, begins))).cluster())
                    .isEqualTo(other);
        }
    }
}
