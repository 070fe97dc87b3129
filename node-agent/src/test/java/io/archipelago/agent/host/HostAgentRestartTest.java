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
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.Phase;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What outlives an agent's crash and a host's power cut, with and without a broker. */
class HostAgentRestartTest {

    private static final Duration A_WHILE = Duration.ofSeconds(10);
    private static final Instant NOON = NINE.plus(Duration.ofHours(3));

    private final SiteFixture site = new SiteFixture();
    private final AgentFixture compute = site.agent(COMPUTE);
    private final AgentFixture gateway = site.agent(GATEWAY);
    private final AgentFixture storage = site.agent(STORAGE);

    @BeforeEach
    void aClusterRuns() {
        site.caughtUp();
        storage.wants(volumeKey("n1"), 1, volume("n1", COMPUTE));
        compute.wantsUntil(NOON, segmentKey(), 1, segment(100));
        compute.wants(diskKey("n1"), 1, disk(COMPUTE, "n1"));
        compute.wantsUntil(NOON, machineKey("n1"), 1, machine("n1"));
        gateway.wantsUntil(NOON, segmentKey(), 1, segment(100));
        gateway.wantsUntil(NOON, linkKey(), 1, link(7000));
        gateway.wants(cacheKey(), 1, cache());
        site.pass(A_WHILE);
        assertThat(compute.last(machineKey("n1")).phase()).isEqualTo(Phase.READY);
    }

    @AfterEach
    void nothingForbiddenWasTried() {
        assertThat(site.site().violations()).isEmpty();
    }

    @Test
    void aCrashedAgentFindsEverythingAgainAndSaysSoUnderAHigherEpoch() {
        // Given
        var before = site.host(COMPUTE).contents();
        compute.forgetReports();

        // When
        compute.crash();
        site.pass(A_WHILE);
        compute.start();
        compute.caughtUp();
        site.pass(Duration.ofSeconds(1));

        // Then
        assertThat(site.host(COMPUTE).contents()).isEqualTo(before);
        assertThat(compute.phases(machineKey("n1"))).containsExactly(Phase.READY);
        assertThat(compute.last(machineKey("n1")).epoch()).isEqualTo(2);
        assertThat(compute.heartbeats()).extracting(HostHeartbeat::epoch).containsOnly(2L);
    }

    @Test
    void anAgentThatMissedARemovalCarriesItOutWhenItIsBack() {
        // Given
        compute.crash();
        compute.wantsGone(machineKey("n1"), 2, machine("n1"));

        // When
        compute.start();
        compute.caughtUp();
        site.pass(A_WHILE);

        // Then
        assertThat(site.has(COMPUTE, machineKey("n1"))).isFalse();
        assertThat(compute.last(machineKey("n1"))).returns(2L, ResourceObserved::generation);
    }

    @Test
    void withoutABrokerAStorageHostExportsItsVolumesAgain() {
        // Given
        cutPower(storage);

        // When
        storage.start().brokerUnreachable();
        site.pass(A_WHILE);

        // Then
        assertThat(site.host(STORAGE).contents().things().get(volumeKey("n1"))).returns(true, thing -> thing.working());
        assertThat(storage.reports()).as("there is no broker to tell").isEmpty();
    }

    @Test
    void withoutABrokerAMachineThatRanIsStartedAgain() {
        // Given
        cutPower(compute);

        // When
        compute.start().brokerUnreachable();
        site.pass(A_WHILE);

        // Then
        assertThat(site.host(COMPUTE).things(site.now()))
                .containsOnlyKeys(diskKey("n1"), machineKey("n1"), segmentKey());
    }

    @Test
    void aMachineThatCanNotBeLookedAtIsStillKnownToHaveRun() {
        // Given
        var known = compute.copy().running();
        assertThat(known).containsExactly(machineKey("n1"));

        // When
        site.host(COMPUTE).cutPower(site.now());
        site.pass(A_WHILE);

        // Then
        assertThat(compute.last(machineKey("n1")).reason()).isEqualTo("the host is switched off");
        assertThat(compute.copy().running()).isEqualTo(known);
    }

    @Test
    void withoutABrokerAMachineThatRanIsStartedAlsoIfItsVolumeComesBackLate() {
        // Given
        site.host(STORAGE).lose(volumeKey("n1"));
        storage.crash();
        cutPower(compute);
        compute.start().brokerUnreachable();
        site.pass(Duration.ofMinutes(5));
        assertThat(site.has(COMPUTE, machineKey("n1"))).isFalse();

        // When
        site.host(STORAGE).plant(volumeKey("n1"), volume("n1", COMPUTE), site.now());
        site.pass(A_WHILE);

        // Then
        assertThat(site.has(COMPUTE, machineKey("n1"))).isTrue();
    }

    @Test
    void withoutABrokerNoMachineIsStartedThatWasNotLastSeenRunning() {
        // Given
        site.host(STORAGE).lose(volumeKey("n1"));
        storage.crash();
        compute.wants(machineKey("n2"), 1, machine("n2"));
        compute.wants(diskKey("n2"), 1, disk(COMPUTE, "n2"));
        site.pass(A_WHILE);
        assertThat(compute.copy().specs()).anyMatch(spec -> spec.key().equals(machineKey("n2")));
        cutPower(compute);
        site.host(STORAGE).plant(volumeKey("n1"), volume("n1", COMPUTE), site.now());
        site.host(STORAGE).plant(volumeKey("n2"), volume("n2", COMPUTE), site.now());

        // When
        compute.start().brokerUnreachable();
        site.pass(A_WHILE);

        // Then
        assertThat(site.host(COMPUTE).things(site.now()))
                .containsKeys(diskKey("n1"), diskKey("n2"), segmentKey(), machineKey("n1"))
                .doesNotContainKey(machineKey("n2"));
    }

    @Test
    void withoutABrokerNeitherLinkNorCacheIsStarted() {
        // Given
        cutPower(gateway);

        // When
        gateway.start().brokerUnreachable();
        site.pass(A_WHILE);

        // Then
        assertThat(site.host(GATEWAY).things(site.now())).containsOnlyKeys(segmentKey());
    }

    @Test
    void withoutABrokerNothingIsRemoved() {
        // Given
        site.latency(Duration.ofMinutes(1));
        compute.wantsGone(machineKey("n1"), 2, machine("n1"));
        compute.step(site.now());
        compute.crash();
        site.host(COMPUTE).plant(machineKey("n1"), machine("n1"), site.now());

        // When
        compute.start().brokerUnreachable();
        site.pass(Duration.ofMinutes(10));

        // Then
        assertThat(site.has(COMPUTE, machineKey("n1"))).isTrue();
    }

    @Test
    void withoutABrokerAnEndedLeaseStopsAllTheSame() {
        // Given
        compute.crash();
        compute.start().brokerUnreachable();

        // When
        site.pass(Duration.between(site.now(), NOON).plusSeconds(5));

        // Then
        assertThat(site.host(COMPUTE).things(site.now())).containsOnlyKeys(diskKey("n1"));
    }

    @Test
    void withoutABrokerNothingIsStartedWhoseLeaseHasEnded() {
        // Given
        cutPower(compute);
        site.pass(Duration.between(site.now(), NOON).plusSeconds(5));

        // When
        compute.start().brokerUnreachable();
        site.pass(A_WHILE);

        // Then
        assertThat(site.host(COMPUTE).things(site.now())).containsOnlyKeys(diskKey("n1"));
    }

    @Test
    void whenTheBrokerIsBackEverythingElseFollows() {
        // Given
        cutPower(gateway);
        gateway.start().brokerUnreachable();
        site.pass(A_WHILE);

        // When
        gateway.caughtUp();
        site.pass(A_WHILE);

        // Then
        assertThat(site.host(GATEWAY).things(site.now())).containsOnlyKeys(cacheKey(), linkKey(), segmentKey());
        assertThat(gateway.last(linkKey())).returns(2L, ResourceObserved::epoch);
    }

    @Test
    void whatItsOwnerWasDoneWithMeanwhileIsForgotten() {
        // Given
        compute.wantsGone(machineKey("n1"), 2, machine("n1"));
        site.pass(A_WHILE);
        compute.crash();
        compute.tombstone(machineKey("n1"));
        compute.forgetReports();

        // When
        compute.start();
        compute.caughtUp();
        site.pass(Duration.ofSeconds(1));

        // Then
        assertThat(compute.reports()).contains(new Report.Forgotten(machineKey("n1")));
        assertThat(compute.said(machineKey("n1"))).isEmpty();
        assertThat(compute.copy().specs()).noneMatch(spec -> spec.key().equals(machineKey("n1")));
    }

    @Test
    void whatBecameOfAnOrphanIsSaidAfterARestart() {
        // Given
        site.host(COMPUTE).plant(machineKey("n9"), machine("n9"), site.now());
        site.pass(A_WHILE);
        assertThat(compute.last(machineKey("n9")).generation()).isZero();
        compute.crash();
        site.host(COMPUTE).lose(machineKey("n9"));

        // When
        compute.start();
        compute.caughtUp();
        site.pass(Duration.ofSeconds(1));

        // Then
        assertThat(compute.last(machineKey("n9")).phase()).isEqualTo(Phase.ABSENT);
    }

    @Test
    void aTopicThatFellBackDoesNotMakeTheAgentFallBack() {
        // Given
        compute.wants(segmentKey(), 7, segment(200));
        site.pass(A_WHILE);
        compute.crash();
        compute.wants(segmentKey(), 6, segment(300));

        // When
        compute.start();
        compute.caughtUp();
        site.pass(A_WHILE);

        // Then
        assertThat(site.spec(COMPUTE, segmentKey())).isEqualTo(segment(200));
        assertThat(compute.last(segmentKey()).generation()).isEqualTo(7);
    }

    private void cutPower(AgentFixture agent) {
        agent.crash();
        agent.forgetReports();
        var host = site.host(agent == compute ? COMPUTE : agent == storage ? STORAGE : GATEWAY);
        host.cutPower(site.now());
        site.pass(A_WHILE);
        host.restorePower();
    }
}
