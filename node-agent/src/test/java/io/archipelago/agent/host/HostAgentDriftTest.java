package io.archipelago.agent.host;

import static io.archipelago.agent.SiteFixture.COMPUTE;
import static io.archipelago.agent.SiteFixture.GATEWAY;
import static io.archipelago.agent.SiteFixture.NINE;
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
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an agent does about drift, orphans and leases that end. */
class HostAgentDriftTest {

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
    void repairsWhatDisappearedAndSaysSo() {
        // Given
        site.caughtUp();
        compute.wants(segmentKey(), 1, segment(100));
        site.pass(A_WHILE);
        compute.forgetReports();

        // When
        assertThat(site.host(COMPUTE).lose(segmentKey())).isTrue();
        site.pass(Duration.ofSeconds(3));

        // Then
        assertThat(site.has(COMPUTE, segmentKey())).isTrue();
        assertThat(compute.phases(segmentKey())).containsExactly(Phase.PENDING, Phase.READY);
    }

    @Test
    void repairsWhatWasChangedUnderneath() {
        // Given
        site.caughtUp();
        compute.wants(segmentKey(), 1, segment(100));
        site.pass(A_WHILE);

        // When
        site.host(COMPUTE).plant(segmentKey(), segment(666), site.now());
        site.pass(Duration.ofSeconds(3));

        // Then
        assertThat(site.spec(COMPUTE, segmentKey())).isEqualTo(segment(100));
    }

    @Test
    void aMachineThatLostItsDiskIsStartedAgainOnceTheDiskIsBack() {
        // Given
        site.caughtUp();
        wantCluster();
        site.pass(A_WHILE);
        compute.forgetReports();

        // When
        site.host(COMPUTE).lose(diskKey("n1"));
        site.pass(Duration.ofSeconds(5));

        // Then
        assertThat(compute.phases(machineKey("n1"))).startsWith(Phase.PENDING).endsWith(Phase.READY);
        assertThat(compute.phases(diskKey("n1"))).startsWith(Phase.PENDING).endsWith(Phase.READY);
    }

    @Test
    void stopsMachineSegmentAndLinkByItselfWhenTheirTimeIsOver() {
        // Given
        Instant end = NINE.plus(Duration.ofMinutes(1));
        site.caughtUp();
        storage.wantsUntil(end, volumeKey("n1"), 1, volume("n1", COMPUTE));
        compute.wantsUntil(end, segmentKey(), 1, segment(100));
        compute.wantsUntil(end, diskKey("n1"), 1, disk(COMPUTE, "n1"));
        compute.wantsUntil(end, machineKey("n1"), 1, machine("n1"));
        gateway.wantsUntil(end, segmentKey(), 1, segment(100));
        gateway.wantsUntil(end, linkKey(), 1, link(7000));
        gateway.wantsUntil(end, cacheKey(), 1, cache());
        site.pass(Duration.ofSeconds(59));
        assertThat(site.has(COMPUTE, machineKey("n1"))).isTrue();

        // When
        site.pass(Duration.between(site.now(), end));

        // Then
        assertThat(site.host(COMPUTE).things(site.now())).containsOnlyKeys(diskKey("n1"));
        assertThat(site.host(GATEWAY).things(site.now())).containsOnlyKeys(cacheKey());
        assertThat(site.host(STORAGE).things(site.now())).containsOnlyKeys(volumeKey("n1"));
        assertThat(compute.last(machineKey("n1")))
                .returns(Phase.ABSENT, ResourceObserved::phase)
                .returns(1L, ResourceObserved::generation)
                .returns("its time ended at " + end, ResourceObserved::reason);
    }

    @Test
    void startsAgainWhatWasGivenMoreTime() {
        // Given
        Instant end = NINE.plus(Duration.ofMinutes(1));
        site.caughtUp();
        compute.wantsUntil(end, segmentKey(), 1, segment(100));
        site.pass(Duration.ofMinutes(2));
        assertThat(site.has(COMPUTE, segmentKey())).isFalse();

        // When
        compute.wantsUntil(end.plus(Duration.ofHours(1)), segmentKey(), 2, segment(100));
        site.pass(Duration.ofSeconds(1));

        // Then
        assertThat(compute.last(segmentKey()).phase()).isEqualTo(Phase.READY);
    }

    @Test
    void reportsAnOrphanAndLeavesItUntilItsOwnerWantsItGone() {
        // Given
        site.caughtUp();
        site.host(COMPUTE).plant(segmentKey(), segment(100), site.now());

        // When
        site.pass(Duration.ofMinutes(5));

        // Then
        assertThat(site.has(COMPUTE, segmentKey())).isTrue();
        assertThat(compute.last(segmentKey()))
                .returns(0L, ResourceObserved::generation)
                .returns(Phase.READY, ResourceObserved::phase)
                .returns("nobody desires it", ResourceObserved::reason);

        // When
        compute.wantsGone(segmentKey(), 9, segment(100));
        site.pass(A_WHILE);

        // Then
        assertThat(site.has(COMPUTE, segmentKey())).isFalse();
        assertThat(compute.last(segmentKey()))
                .returns(9L, ResourceObserved::generation)
                .returns(Phase.ABSENT, ResourceObserved::phase);
    }

    @Test
    void saysThatAnOrphanIsGoneThatSomebodyElseRemoved() {
        // Given
        site.caughtUp();
        site.host(COMPUTE).plant(segmentKey(), segment(100), site.now());
        site.pass(A_WHILE);
        compute.forgetReports();

        // When
        site.host(COMPUTE).lose(segmentKey());
        site.pass(A_WHILE);

        // Then
        assertThat(compute.last(segmentKey()))
                .returns(0L, ResourceObserved::generation)
                .returns(Phase.ABSENT, ResourceObserved::phase);
        assertThat(compute.reports()).contains(new Report.Forgotten(segmentKey()));
    }

    @Test
    void whatIsForgottenWhileItIsThereBecomesAnOrphan() {
        // Given
        site.caughtUp();
        compute.wants(segmentKey(), 1, segment(100));
        site.pass(A_WHILE);

        // When
        compute.tombstone(segmentKey());
        site.pass(A_WHILE);

        // Then
        assertThat(site.has(COMPUTE, segmentKey())).isTrue();
        assertThat(compute.last(segmentKey()).generation()).isZero();
    }

    @Test
    void aSegmentIsNotTakenFromUnderAnOrphan() {
        // Given
        site.caughtUp();
        wantCluster();
        site.pass(A_WHILE);
        compute.tombstone(machineKey("n1"));

        // When
        compute.wantsGone(segmentKey(), 2, segment(100));
        site.pass(A_WHILE);

        // Then
        assertThat(site.has(COMPUTE, segmentKey())).isTrue();
        assertThat(compute.last(segmentKey()).reason())
                .contains(machineKey("n1").toString());
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
