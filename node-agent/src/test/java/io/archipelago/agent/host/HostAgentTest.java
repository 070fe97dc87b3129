package io.archipelago.agent.host;

import static io.archipelago.agent.SiteFixture.COMPUTE;
import static io.archipelago.agent.SiteFixture.GATEWAY;
import static io.archipelago.agent.SiteFixture.STORAGE;
import static io.archipelago.agent.SiteFixture.cache;
import static io.archipelago.agent.SiteFixture.cacheKey;
import static io.archipelago.agent.SiteFixture.disk;
import static io.archipelago.agent.SiteFixture.diskKey;
import static io.archipelago.agent.SiteFixture.link;
import static io.archipelago.agent.SiteFixture.linkKey;
import static io.archipelago.agent.SiteFixture.machine;
import static io.archipelago.agent.SiteFixture.machineKey;
import static io.archipelago.agent.SiteFixture.segment;
import static io.archipelago.agent.SiteFixture.segmentKey;
import static io.archipelago.agent.SiteFixture.volume;
import static io.archipelago.agent.SiteFixture.volumeKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.agent.AgentFixture;
import io.archipelago.agent.SiteFixture;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.Phase;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an agent makes and removes, and what it says of it. */
class HostAgentTest {

    private static final Duration A_WHILE = Duration.ofSeconds(10);

    private final SiteFixture site = new SiteFixture();
    private final AgentFixture compute = site.agent(COMPUTE);
    private final AgentFixture gateway = site.agent(GATEWAY);
    private final AgentFixture storage = site.agent(STORAGE);

    @AfterEach
    void nothingForbiddenWasTried() {
        assertThat(site.site().violations()).isEmpty();
    }

    @Test
    void doesAndSaysNothingBeforeItHasReadTheTopicToItsEnd() {
        // Given
        compute.wants(segmentKey(), 1, segment(100));

        // When
        compute.step(site.now());
        site.pass(A_WHILE);

        // Then
        assertThat(site.has(COMPUTE, segmentKey())).isFalse();
        assertThat(compute.reports()).isEmpty();
    }

    @Test
    void makesAMachineFromMessagesThatComeInAnyOrder() {
        // Given
        site.caughtUp();

        // When
        compute.wants(machineKey("n1"), 1, machine("n1"));
        site.pass(A_WHILE);
        compute.wants(diskKey("n1"), 1, disk(COMPUTE, "n1"));
        site.pass(A_WHILE);
        compute.wants(segmentKey(), 1, segment(100));
        site.pass(A_WHILE);
        storage.wants(volumeKey("n1"), 1, volume("n1", COMPUTE));
        site.pass(A_WHILE);

        // Then
        assertThat(site.has(COMPUTE, machineKey("n1"))).isTrue();
        assertThat(compute.last(machineKey("n1")).phase()).isEqualTo(Phase.READY);
        assertThat(compute.said(machineKey("n1")))
                .first()
                .returns(Phase.PENDING, ResourceObserved::phase)
                .returns("waits for " + diskKey("n1"), ResourceObserved::reason);
    }

    @Test
    void makesAWholeClusterPartWithinTheTimesThatItsPartsTake() {
        // Given
        site.latency(Duration.ofMillis(300));
        site.caughtUp();
        wantCluster();

        // When
        site.pass(Duration.ofSeconds(2));

        // Then
        assertThat(compute.phases(machineKey("n1"))).containsExactly(Phase.PENDING, Phase.PENDING, Phase.READY);
        assertThat(gateway.last(linkKey()).phase()).isEqualTo(Phase.READY);
        assertThat(gateway.last(cacheKey()).phase()).isEqualTo(Phase.READY);
    }

    @Test
    void aDiskWaitsUntilItsVolumeIsExportedToThisHost() {
        // Given
        site.caughtUp();
        storage.wants(volumeKey("n1"), 1, volume("n1", SiteFixture.SECOND));
        compute.wants(diskKey("n1"), 1, disk(COMPUTE, "n1"));
        site.pass(A_WHILE);
        assertThat(compute.last(diskKey("n1")))
                .returns(Phase.PENDING, ResourceObserved::phase)
                .returns(volumeKey("n1") + " is not exported to this host", ResourceObserved::reason);

        // When
        storage.wants(volumeKey("n1"), 2, volume("n1", COMPUTE));
        site.pass(A_WHILE);

        // Then
        assertThat(compute.last(diskKey("n1")).phase()).isEqualTo(Phase.READY);
    }

    @Test
    void ignoresALowerGenerationAndSaysAgainWhatItFollows() {
        // Given
        site.caughtUp();
        compute.wants(segmentKey(), 5, segment(100));
        site.pass(A_WHILE);
        compute.forgetReports();

        // When
        compute.wants(segmentKey(), 4, segment(200));
        site.pass(Duration.ofMillis(10));

        // Then
        assertThat(site.spec(COMPUTE, segmentKey())).isEqualTo(segment(100));
        assertThat(compute.last(segmentKey()))
                .returns(5L, ResourceObserved::generation)
                .returns(Phase.READY, ResourceObserved::phase);
    }

    @Test
    void followsAHigherGeneration() {
        // Given
        site.caughtUp();
        compute.wants(segmentKey(), 1, segment(100));
        site.pass(A_WHILE);

        // When
        compute.wants(segmentKey(), 2, segment(200));
        site.pass(A_WHILE);

        // Then
        assertThat(site.spec(COMPUTE, segmentKey())).isEqualTo(segment(200));
        assertThat(compute.last(segmentKey()).generation()).isEqualTo(2);
    }

    @Test
    void removesUsersBeforeWhatTheyStandOn() {
        // Given
        site.latency(Duration.ofSeconds(1));
        site.caughtUp();
        wantCluster();
        site.pass(A_WHILE);

        // When
        compute.wantsGone(segmentKey(), 2, segment(100));
        compute.wantsGone(diskKey("n1"), 2, disk(COMPUTE, "n1"));
        compute.wantsGone(machineKey("n1"), 2, machine("n1"));
        gateway.wantsGone(segmentKey(), 2, segment(100));
        gateway.wantsGone(linkKey(), 2, link(7000));
        gateway.wantsGone(cacheKey(), 2, cache());
        site.pass(Duration.ofMillis(500));

        // Then
        assertThat(compute.last(segmentKey()))
                .returns(Phase.PENDING, ResourceObserved::phase)
                .returns("waits until " + machineKey("n1") + " is gone", ResourceObserved::reason);
        assertThat(compute.last(diskKey("n1")).reason()).isEqualTo("waits until " + machineKey("n1") + " is gone");
        assertThat(gateway.last(segmentKey()).reason())
                .isEqualTo("waits until " + cacheKey() + ", " + linkKey() + " is gone");

        // When
        site.pass(A_WHILE);

        // Then
        assertThat(site.host(COMPUTE).things(site.now())).isEmpty();
        assertThat(site.host(GATEWAY).things(site.now())).isEmpty();
    }

    @Test
    void aSegmentStaysAsLongAsAMachineStandsOnItThatNobodyWantsGone() {
        // Given
        site.caughtUp();
        wantCluster();
        site.pass(A_WHILE);

        // When
        compute.wantsGone(segmentKey(), 2, segment(100));
        site.pass(Duration.ofMinutes(5));

        // Then
        assertThat(site.has(COMPUTE, segmentKey())).isTrue();
        assertThat(site.has(COMPUTE, machineKey("n1"))).isTrue();
    }

    @Test
    void noMachineIsPluggedIntoASegmentThatIsToGo() {
        // Given
        site.caughtUp();
        wantCluster();
        storage.wants(volumeKey("n2"), 1, volume("n2", COMPUTE));
        compute.wants(diskKey("n2"), 1, disk(COMPUTE, "n2"));
        site.pass(A_WHILE);
        compute.wantsGone(segmentKey(), 2, segment(100));

        // When
        compute.wants(machineKey("n2"), 1, machine("n2"));
        site.pass(A_WHILE);

        // Then
        assertThat(site.has(COMPUTE, segmentKey())).isTrue();
        assertThat(site.has(COMPUTE, machineKey("n2"))).isFalse();
        assertThat(compute.last(machineKey("n2")).reason()).isEqualTo("waits for " + segmentKey());
    }

    @Test
    void whatIsWantedAgainWhileItGoesIsMadeAnewOnceItIsGone() {
        // Given
        site.latency(Duration.ofSeconds(1));
        site.caughtUp();
        compute.wants(segmentKey(), 1, segment(100));
        site.pass(A_WHILE);
        compute.wantsGone(segmentKey(), 2, segment(100));
        site.pass(Duration.ofMillis(500));

        // When
        compute.wants(segmentKey(), 3, segment(100));
        site.pass(Duration.ofMillis(100));

        // Then
        assertThat(compute.last(segmentKey()))
                .returns(3L, ResourceObserved::generation)
                .returns(Phase.PENDING, ResourceObserved::phase)
                .returns("is being removed", ResourceObserved::reason);

        // When
        site.pass(A_WHILE);

        // Then
        assertThat(compute.last(segmentKey()).phase()).isEqualTo(Phase.READY);
    }

    @Test
    void saysAbsentOfTheGenerationThatAskedForIt() {
        // Given
        site.caughtUp();
        compute.wants(segmentKey(), 1, segment(100));
        site.pass(A_WHILE);

        // When
        compute.wantsGone(segmentKey(), 2, segment(100));
        site.pass(A_WHILE);

        // Then
        assertThat(compute.last(segmentKey()))
                .returns(Phase.ABSENT, ResourceObserved::phase)
                .returns(2L, ResourceObserved::generation);
    }

    @Test
    void saysAbsentOfWhatNeverWasThere() {
        // Given
        site.caughtUp();

        // When
        compute.wantsGone(machineKey("n1"), 7, machine("n1"));
        site.pass(A_WHILE);

        // Then
        assertThat(compute.phases(machineKey("n1"))).containsExactly(Phase.ABSENT);
        assertThat(compute.last(machineKey("n1")).generation()).isEqualTo(7);
    }

    @Test
    void leavesNothingOnTheTopicOfAKeyThatItsOwnerIsDoneWith() {
        // Given
        site.caughtUp();
        compute.wantsGone(segmentKey(), 2, segment(100));
        site.pass(A_WHILE);
        compute.forgetReports();

        // When
        compute.tombstone(segmentKey());
        site.pass(Duration.ofMillis(10));

        // Then
        assertThat(compute.reports()).containsExactly(new Report.Forgotten(segmentKey()));
        assertThat(compute.copy().specs()).isEmpty();
    }

    @Test
    void aKindThatTheHostCannotCarryFailsWithASentence() {
        // Given
        site.caughtUp();

        // When
        gateway.wants(volumeKey("n1"), 1, volume("n1", COMPUTE));
        site.pass(A_WHILE);

        // Then
        assertThat(gateway.last(volumeKey("n1")))
                .returns(Phase.FAILED, ResourceObserved::phase)
                .returns("this host has no driver for volume, as its roles ask for none", ResourceObserved::reason);
    }

    @Test
    void whatNoDriverLooksAtIsNotSaidToBeGone() {
        // Given
        site.caughtUp();

        // When
        gateway.wants(volumeKey("n1"), 1, volume("n1", COMPUTE));
        gateway.wantsGone(volumeKey("n1"), 2, volume("n1", COMPUTE));
        site.pass(A_WHILE);

        // Then
        assertThat(gateway.last(volumeKey("n1"))).returns(Phase.FAILED, ResourceObserved::phase);
    }

    private void wantCluster() {
        storage.wants(volumeKey("n1"), 1, volume("n1", COMPUTE));
        compute.wants(segmentKey(), 1, segment(100));
        compute.wants(diskKey("n1"), 1, disk(COMPUTE, "n1"));
        compute.wants(machineKey("n1"), 1, machine("n1"));
        gateway.wants(segmentKey(), 1, segment(100));
        gateway.wants(linkKey(), 1, link(7000));
        gateway.wants(cacheKey(), 1, cache());
    }
}
