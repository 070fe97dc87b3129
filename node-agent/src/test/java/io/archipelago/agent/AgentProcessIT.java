package io.archipelago.agent;

import static io.archipelago.agent.SiteFixture.CLUSTER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.archipelago.agent.AgentProcess.Home;
import io.archipelago.agent.state.HostDirectory;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.HostMessage;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec;
import io.archipelago.contracts.host.ResourceSpec.DiskSpec;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import io.archipelago.contracts.host.SpecDigest;
import io.archipelago.wire.Sealed;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agents of a site as a process would run them, against a real broker. */
class AgentProcessIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int BEATS = 4;
    private static final ResourceKey MACHINE = ResourceKey.of(ResourceKind.MACHINE, CLUSTER, "n1");
    private static final ResourceKey DISK = ResourceKey.of(ResourceKind.DISK, CLUSTER, "n1");
    private static final ResourceKey VOLUME = ResourceKey.of(ResourceKind.VOLUME, CLUSTER, "n1");
    private static final ResourceKey SEGMENT = ResourceKey.of(ResourceKind.SEGMENT, CLUSTER);

    private static TestBroker broker;

    /** Every test has hosts of its own, as the broker is one. */
    private static int sites;

    @TempDir
    private Path state;

    private SiteId site;
    private HostId compute;
    private HostId storage;
    private AgentProcess process;

    @BeforeAll
    static void startBroker(@TempDir Path directory) throws Exception {
        broker = new TestBroker(directory);
    }

    @AfterAll
    static void stopBroker() throws Exception {
        broker.close();
    }

    @BeforeEach
    void startAgents() throws Exception {
        site = new SiteId("site" + ++sites);
        compute = new HostId(site + "-c01");
        storage = new HostId(site + "-s1");
        process = start();
    }

    @AfterEach
    void stopAgents() {
        assertThat(sim().site().violations()).isEmpty();
        process.close();
    }

    @Test
    void aMachineIsMadeAndVanishesWithoutATrace() throws Exception {
        // Given
        wantMachine();

        // When
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(phase(compute, MACHINE, 1)).contains(Phase.READY));
        wantGone();

        // Then
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(phase(compute, MACHINE, 2)).contains(Phase.ABSENT);
            assertThat(phase(compute, SEGMENT, 2)).contains(Phase.ABSENT);
            assertThat(phase(compute, DISK, 2)).contains(Phase.ABSENT);
        });
        broker.wants(storage, new DesiredResource(VOLUME, 2, true, null, volume()));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(phase(storage, VOLUME, 2)).contains(Phase.ABSENT));
        assertThat(sim().site().hosts())
                .allSatisfy(host -> assertThat(host.things(Instant.now())).isEmpty());

        // When
        broker.tombstone(compute, MACHINE);

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(broker.forgotten(compute)).containsExactly(MACHINE.toString()));
    }

    @Test
    void heartbeatsTellWhatTheAgentKnows() throws Exception {
        // Given
        broker.wants(compute, new DesiredResource(SEGMENT, 3, false, null, new SegmentSpec(100, 1400, null)));

        // Then
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(heartbeats(compute)).isNotEmpty();
            HostHeartbeat last = heartbeats(compute).getLast();
            assertThat(last.digests())
                    .containsEntry(Participant.NETWORK, SpecDigest.of(Map.of(SEGMENT, 3L)))
                    .containsEntry(Participant.STORAGE, SpecDigest.of(Map.of()));
            assertThat(last.inventory().cpus()).isEqualTo(16);
            assertThat(last.inventory().sealingKey()).isNotEmpty();
        });
        List<HostMessage> all = broker.said(compute);
        assertThat(all).extracting(HostMessage::counter).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aRestartedAgentFindsWhatIsThereAndHasAHigherEpoch() throws Exception {
        // Given
        wantMachine();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(phase(compute, MACHINE, 1)).contains(Phase.READY));
        HostHeartbeat before = heartbeats(compute).getLast();

        // When
        process.close();
        process = start();

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(heartbeats(compute).getLast().epoch()).isGreaterThan(before.epoch()));
        List<ResourceObserved> since = observed(compute, MACHINE).stream()
                .filter(each -> each.epoch() > before.epoch())
                .toList();
        assertThat(since)
                .isNotEmpty()
                .allSatisfy(each -> assertThat(each.phase()).isEqualTo(Phase.READY));
        HostHeartbeat after = heartbeats(compute).getLast();
        assertThat(after.inventory().machineId()).isEqualTo(before.inventory().machineId());
        assertThat(after.inventory().sealingKey()).isEqualTo(before.inventory().sealingKey());
    }

    @Test
    void aSecondAgentForTheSameHostIsRefusedInASentence() {
        assertThatThrownBy(this::start)
                .isInstanceOf(HostDirectory.SecondAgent.class)
                .hasMessageContaining("an agent for " + compute + " runs already")
                .hasMessageContaining("Stop it first");
    }

    @Test
    void whatIsNoSpecificationIsPassedOver() throws Exception {
        // Given
        broker.send(compute, "nonsense", "{}");
        broker.send(compute, SEGMENT.toString(), "not json");

        // When
        broker.wants(compute, new DesiredResource(SEGMENT, 1, false, null, new SegmentSpec(100, 1400, null)));

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(phase(compute, SEGMENT, 1)).contains(Phase.READY));
    }

    @Test
    void aHostThatLostItsPowerComesBackWithoutAnythingElseHavingChanged() throws Exception {
        // Given
        wantMachine();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(phase(compute, MACHINE, 1)).contains(Phase.READY));
        SimHostRunner runner = sim().runner(compute).orElseThrow();
        long epoch = runner.epoch();

        // When
        runner.setMode(SimHostRunner.Mode.OFF);
        assertThat(runner.host().things(Instant.now())).isEmpty();
        runner.setMode(SimHostRunner.Mode.RUNNING);

        // Then
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(observed(compute, MACHINE).getLast().epoch()).isGreaterThan(epoch);
            assertThat(phase(compute, MACHINE, 1)).contains(Phase.READY);
        });
    }

    @Test
    void withoutABrokerAStorageHostServesItsVolumesAgain() throws Exception {
        // Given
        wantMachine();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(phase(compute, MACHINE, 1)).contains(Phase.READY));
        sim().runner(storage).orElseThrow().setMode(SimHostRunner.Mode.OFF);
        process.close();

        // When
        process = start("localhost:1");
        SimHostRunner runner = sim().runner(storage).orElseThrow();
        assertThat(runner.mode()).as("the power is still off").isEqualTo(SimHostRunner.Mode.OFF);
        runner.setMode(SimHostRunner.Mode.RUNNING);
        assertThat(isServed(runner)).isFalse();

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(isServed(runner)).isTrue());
        assertThat(process.notReady()).contains(storage);
    }

    @Test
    void aHostThatWasCutOffFollowsWhatItMissed() throws Exception {
        // Given
        wantMachine();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(phase(compute, MACHINE, 1)).contains(Phase.READY));
        SimHostRunner runner = sim().runner(compute).orElseThrow();
        runner.setMode(SimHostRunner.Mode.CUT_OFF);
        int said = broker.said(compute).size();

        // When
        wantGone();
        int beats = heartbeats(storage).size();
        // The same process hears and speaks for the other host all the while.
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(heartbeats(storage)).hasSizeGreaterThan(beats + BEATS));
        assertThat(runner.host().things(Instant.now())).containsKey(MACHINE);
        assertThat(broker.said(compute)).hasSize(said);
        runner.setMode(SimHostRunner.Mode.RUNNING);

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(phase(compute, MACHINE, 2)).contains(Phase.ABSENT));
    }

    private SimAgents sim() {
        return process.simulated().orElseThrow();
    }

    private static boolean isServed(SimHostRunner runner) {
        return Optional.ofNullable(runner.host().thing(VOLUME, Instant.now()))
                .orElseThrow()
                .working();
    }

    private AgentProcess start() throws Exception {
        return start(broker.address());
    }

    private AgentProcess start(String bootstrapServers) throws Exception {
        AgentConfig config = ConfigFixture.of(Map.of(
                "agent.state-directory", state.toString(),
                "agent.sim.compute-hosts", "1",
                "agent.sim.gateway-hosts", "0",
                "agent.sim.storage-hosts", "1",
                "agent.heartbeat-every", "PT0.5S",
                "agent.offline-after", "PT1S"));
        return AgentProcess.start(config, new Home(site, 1, bootstrapServers), Clock.systemUTC());
    }

    private void wantMachine() throws Exception {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(heartbeats(compute)).isNotEmpty();
            assertThat(heartbeats(storage)).isNotEmpty();
        });
        broker.wants(compute, new DesiredResource(MACHINE, 1, false, null, machine()));
        broker.wants(compute, new DesiredResource(SEGMENT, 1, false, null, new SegmentSpec(100, 1400, null)));
        broker.wants(compute, new DesiredResource(DISK, 1, false, null, disk()));
        broker.wants(storage, new DesiredResource(VOLUME, 1, false, null, volume()));
    }

    private void wantGone() throws Exception {
        broker.wants(compute, new DesiredResource(SEGMENT, 2, true, null, new SegmentSpec(100, 1400, null)));
        broker.wants(compute, new DesiredResource(DISK, 2, true, null, disk()));
        broker.wants(compute, new DesiredResource(MACHINE, 2, true, null, machine()));
    }

    private ResourceSpec machine() {
        return new MachineSpec("n1", 2, 1L << 30, "02:00:00:00:00:01", "172.16.1.1", DISK, SEGMENT);
    }

    private ResourceSpec disk() throws Exception {
        return new DiskSpec(storage, VOLUME, "10.254.1.1:3260", "user", sealedTo(compute));
    }

    private ResourceSpec volume() throws Exception {
        return new VolumeSpec("vg0", 1L << 30, compute, "user", sealedTo(storage));
    }

    private String sealedTo(HostId host) throws Exception {
        return Sealed.seal(heartbeats(host).getLast().inventory().sealingKey(), "secret");
    }

    private static List<HostHeartbeat> heartbeats(HostId host) throws Exception {
        return broker.said(host).stream()
                .filter(HostHeartbeat.class::isInstance)
                .map(HostHeartbeat.class::cast)
                .toList();
    }

    private static List<ResourceObserved> observed(HostId host, ResourceKey key) throws Exception {
        return broker.said(host).stream()
                .filter(ResourceObserved.class::isInstance)
                .map(ResourceObserved.class::cast)
                .filter(each -> each.key().equals(key))
                .toList();
    }

    /** The last phase that was reported of a generation. */
    private static Optional<Phase> phase(HostId host, ResourceKey key, long generation) throws Exception {
        List<ResourceObserved> all = observed(host, key);
        return all.isEmpty() || all.getLast().generation() != generation
                ? Optional.empty()
                : Optional.of(all.getLast().phase());
    }
}
