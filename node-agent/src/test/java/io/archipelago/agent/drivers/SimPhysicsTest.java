package io.archipelago.agent.drivers;

import static io.archipelago.agent.SiteFixture.COMPUTE;
import static io.archipelago.agent.SiteFixture.GATEWAY;
import static io.archipelago.agent.SiteFixture.NINE;
import static io.archipelago.agent.SiteFixture.SECOND;
import static io.archipelago.agent.SiteFixture.STORAGE;
import static io.archipelago.agent.SiteFixture.allocation;
import static io.archipelago.agent.SiteFixture.cache;
import static io.archipelago.agent.SiteFixture.cacheKey;
import static io.archipelago.agent.SiteFixture.disk;
import static io.archipelago.agent.SiteFixture.diskKey;
import static io.archipelago.agent.SiteFixture.link;
import static io.archipelago.agent.SiteFixture.linkKey;
import static io.archipelago.agent.SiteFixture.machine;
import static io.archipelago.agent.SiteFixture.machineKey;
import static io.archipelago.agent.SiteFixture.sealedTo;
import static io.archipelago.agent.SiteFixture.segment;
import static io.archipelago.agent.SiteFixture.segmentKey;
import static io.archipelago.agent.SiteFixture.volume;
import static io.archipelago.agent.SiteFixture.volumeKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.archipelago.agent.SimDrivers;
import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.agent.world.Violation;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec;
import io.archipelago.contracts.host.ResourceSpec.CacheSpec;
import io.archipelago.contracts.host.ResourceSpec.DiskSpec;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the simulated hosts refuse, whoever asks, and what they do when they are asked properly. */
class SimPhysicsTest {

    private static final Duration SECOND_LONG = Duration.ofSeconds(1);

    private final SiteFixture site = new SiteFixture();
    private Instant now = NINE;

    @Test
    void machinesNeverTakeMoreProcessorsThanTheirHostHas() throws Exception {
        // Given
        apply(COMPUTE, segmentKey(), segment(100));
        for (int i = 1; i <= 8; i++) {
            attach("n" + i);
            apply(COMPUTE, machineKey("n" + i), machine("n" + i));
        }
        attach("n9");

        // Then
        assertViolates(COMPUTE, machineKey("n9"), machine("n9"), "16 processors");
        assertThat(site.has(COMPUTE, machineKey("n9"))).isFalse();
    }

    @Test
    void machinesNeverTakeMoreMemoryThanTheirHostHas() throws Exception {
        // Given
        apply(COMPUTE, segmentKey(), segment(100));
        attach("n1");

        // Then
        MachineSpec large = new MachineSpec("n1", 1, 65L << 30, "02:", "172.16.1.1", diskKey("n1"), segmentKey());
        assertViolates(COMPUTE, machineKey("n1"), large, "memory");
    }

    @Test
    void aMachineThatIsStillBeingStoppedHoldsItsShare() throws Exception {
        // Given
        apply(COMPUTE, segmentKey(), segment(100));
        for (int i = 1; i <= 9; i++) {
            attach("n" + i);
        }
        for (int i = 1; i <= 8; i++) {
            apply(COMPUTE, machineKey("n" + i), machine("n" + i));
        }
        site.site().setLatency(ResourceKind.MACHINE, SECOND_LONG);
        drivers(COMPUTE).remove(machineKey("n1"), now);

        // Then
        assertViolates(COMPUTE, machineKey("n9"), machine("n9"), "16 processors");

        // When
        now = now.plus(SECOND_LONG);
        apply(COMPUTE, machineKey("n9"), machine("n9"));

        // Then
        assertThat(condition(COMPUTE, machineKey("n9"))).isEqualTo(Condition.MAKING);
    }

    @Test
    void aMachineIsNotStartedWithoutItsDiskOrSegment() {
        assertViolates(COMPUTE, machineKey("n1"), machine("n1"), "without disk/");
    }

    @Test
    void noVlanServesTwoSegmentsOfAHost() throws Exception {
        // Given
        apply(COMPUTE, segmentKey(), segment(100));
        ResourceKey other = ResourceKey.of(ResourceKind.SEGMENT, allocation(2));

        // Then
        assertViolates(COMPUTE, other, segment(100), "VLAN 100 already serves " + segmentKey());
        apply(SECOND, other, segment(100));
        apply(COMPUTE, other, segment(101));
    }

    @Test
    void onePortServesAllLinksOfACluster() throws Exception {
        // Given
        apply(GATEWAY, linkKey(), link(7000));

        // When
        apply(GATEWAY, ResourceKey.of(ResourceKind.LINK, allocation(1), "nagoya"), link(7000));

        // Then
        assertThat(site.site().violations()).isEmpty();
    }

    @Test
    void noPortServesTwoClustersOfAGateway() throws Exception {
        // Given
        apply(GATEWAY, linkKey(), link(7000));
        ResourceKey other = ResourceKey.of(ResourceKind.LINK, allocation(2), "osaka");

        // Then
        assertViolates(GATEWAY, other, link(7000), "port 7000 already serves " + linkKey());
        apply(GATEWAY, other, link(7001));
    }

    @Test
    void volumesNeverTakeMoreThanTheirPoolHas() throws Exception {
        // Given
        VolumeSpec half = new VolumeSpec("vg0", 2048L << 30, COMPUTE, "user", sealedTo(STORAGE, "secret"));
        apply(STORAGE, volumeKey("n1"), half);
        apply(STORAGE, volumeKey("n2"), half);

        // Then
        assertViolates(STORAGE, volumeKey("n3"), volume("n3", COMPUTE), "more than the pool vg0 has");
    }

    @Test
    void cachesNeverTakeMoreThanTheirGatewayHas() {
        CacheSpec large = new CacheSpec(segmentKey(), "172.16.1.1", 201L << 30, List.of());

        assertViolates(GATEWAY, cacheKey(), large, "more than the gateway has");
    }

    @Test
    void aVolumeNeitherShrinksNorMoves() throws Exception {
        // Given
        apply(STORAGE, volumeKey("n1"), volume("n1", COMPUTE));
        VolumeSpec smaller = new VolumeSpec("vg0", 1, COMPUTE, "user", sealedTo(STORAGE, "secret-n1"));

        // Then
        assertThatThrownBy(() -> apply(STORAGE, volumeKey("n1"), smaller))
                .isInstanceOf(DriverFault.class)
                .hasMessageContaining("neither shrinks");
    }

    @Test
    void aDiskNeedsTheSecretOfItsVolume() throws Exception {
        // Given
        apply(STORAGE, volumeKey("n1"), volume("n1", COMPUTE));

        // Then
        assertViolates(
                COMPUTE,
                diskKey("n1"),
                new DiskSpec(STORAGE, volumeKey("n1"), "user", sealedTo(COMPUTE, "guess")),
                "wrong CHAP");
        assertViolates(
                COMPUTE,
                diskKey("n1"),
                new DiskSpec(STORAGE, volumeKey("n1"), "mallory", sealedTo(COMPUTE, "secret-n1")),
                "wrong CHAP");
        assertViolates(
                COMPUTE,
                diskKey("n1"),
                new DiskSpec(STORAGE, volumeKey("n1"), "user", sealedTo(SECOND, "secret-n1")),
                "not sealed to this host");
        apply(COMPUTE, diskKey("n1"), disk(COMPUTE, "n1"));
    }

    @Test
    void aDiskWaitsForItsVolumeWithoutThatBeingAViolation() throws Exception {
        // Given
        DriverFault missing =
                catchThrowableOfType(DriverFault.class, () -> apply(COMPUTE, diskKey("n1"), disk(COMPUTE, "n1")));
        apply(STORAGE, volumeKey("n1"), volume("n1", null));
        DriverFault fenced =
                catchThrowableOfType(DriverFault.class, () -> apply(COMPUTE, diskKey("n1"), disk(COMPUTE, "n1")));

        // Then
        assertThat(missing.isWaiting()).isTrue();
        assertThat(fenced.isWaiting()).isTrue();
        assertThat(site.site().violations()).isEmpty();
    }

    @Test
    void fencingCutsAHostOffAtOnce() throws Exception {
        // Given
        apply(COMPUTE, segmentKey(), segment(100));
        attach("n1");
        apply(COMPUTE, machineKey("n1"), machine("n1"));

        // When
        apply(STORAGE, volumeKey("n1"), volume("n1", null));

        // Then
        assertThat(condition(COMPUTE, diskKey("n1"))).isEqualTo(Condition.BROKEN);
        assertThat(condition(COMPUTE, machineKey("n1"))).as("its writes fail").isEqualTo(Condition.BROKEN);
        drivers(STORAGE).remove(volumeKey("n1"), now);
        assertThat(site.site().violations()).isEmpty();
    }

    @Test
    void aVolumeIsGivenToAnotherHostOnlyOnceTheFormerIsCutOff() throws Exception {
        // Given
        attach("n1");

        // Then
        assertThatThrownBy(() -> apply(STORAGE, volumeKey("n1"), volume("n1", SECOND)))
                .isInstanceOf(DriverFault.class);
        assertThat(site.site().violations()).singleElement().returns(volumeKey("n1"), Violation::key);

        // When
        apply(STORAGE, volumeKey("n1"), volume("n1", null));
        apply(STORAGE, volumeKey("n1"), volume("n1", SECOND));

        // Then
        assertThat(condition(COMPUTE, diskKey("n1"))).isEqualTo(Condition.BROKEN);
        assertThat(site.site().violations()).hasSize(1);
    }

    @Test
    void noVolumeIsWrittenToFromTwoHosts() throws Exception {
        // Given
        apply(COMPUTE, segmentKey(), segment(100));
        attach("n1");
        apply(COMPUTE, machineKey("n1"), machine("n1"));
        apply(SECOND, segmentKey(), segment(100));

        // When
        site.host(SECOND).plant(diskKey("n1"), disk(SECOND, "n1"), now);

        // Then
        assertThatThrownBy(() -> apply(SECOND, machineKey("n1"), machine("n1"))).isInstanceOf(DriverFault.class);
        assertThat(site.site().violations()).singleElement().returns(SECOND, Violation::host);

        // When
        apply(STORAGE, volumeKey("n1"), volume("n1", null));
        apply(STORAGE, volumeKey("n1"), volume("n1", SECOND));
        apply(SECOND, machineKey("n1"), machine("n1"));

        // Then
        assertThat(condition(COMPUTE, machineKey("n1"))).isEqualTo(Condition.BROKEN);
        assertThat(condition(SECOND, machineKey("n1"))).isEqualTo(Condition.READY);
        assertThat(site.site().violations()).hasSize(1);
    }

    @Test
    void aVolumeIsNotRemovedUnderTheHostThatHasItAttached() throws Exception {
        // Given
        attach("n1");

        // Then
        assertThatThrownBy(() -> drivers(STORAGE).remove(volumeKey("n1"), now)).isInstanceOf(DriverFault.class);
        assertThat(site.site().violations()).singleElement().returns(volumeKey("n1"), Violation::key);
        assertThat(site.has(STORAGE, volumeKey("n1"))).isTrue();
    }

    @Test
    void nothingIsTakenFromUnderAMachine() throws Exception {
        // Given
        apply(COMPUTE, segmentKey(), segment(100));
        attach("n1");
        apply(COMPUTE, machineKey("n1"), machine("n1"));

        // Then
        assertThatThrownBy(() -> drivers(COMPUTE).remove(diskKey("n1"), now)).isInstanceOf(DriverFault.class);
        assertThatThrownBy(() -> drivers(COMPUTE).remove(segmentKey(), now)).isInstanceOf(DriverFault.class);
        assertThat(site.site().violations()).hasSize(2);
    }

    @Test
    void aViolationIsRecordedOnceHoweverOftenItIsTried() {
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> apply(COMPUTE, machineKey("n1"), machine("n1")))
                    .isInstanceOf(DriverFault.class);
        }

        assertThat(site.site().violations()).hasSize(1);
    }

    @Test
    void everyStepMayBeRepeated() throws Exception {
        // Given
        apply(COMPUTE, segmentKey(), segment(100));
        apply(COMPUTE, segmentKey(), segment(100));
        apply(GATEWAY, segmentKey(), segment(100));
        apply(GATEWAY, cacheKey(), cache());
        long version = site.host(GATEWAY).version();

        // When
        apply(GATEWAY, cacheKey(), cache());

        // Then
        assertThat(site.host(GATEWAY).version()).isEqualTo(version);

        // When
        drivers(COMPUTE).remove(segmentKey(), now);
        drivers(COMPUTE).remove(segmentKey(), now);

        // Then
        assertThat(site.host(COMPUTE).things(now)).isEmpty();
    }

    @Test
    void everyStepTakesAsLongAsItsKindDoes() throws Exception {
        // Given
        site.latency(SECOND_LONG);
        apply(COMPUTE, segmentKey(), segment(100));

        // Then
        assertThat(condition(COMPUTE, segmentKey())).isEqualTo(Condition.MAKING);
        now = now.plus(SECOND_LONG);
        assertThat(condition(COMPUTE, segmentKey())).isEqualTo(Condition.READY);
        drivers(COMPUTE).remove(segmentKey(), now);
        assertThat(condition(COMPUTE, segmentKey())).isEqualTo(Condition.REMOVING);
        now = now.plus(SECOND_LONG);
        assertThat(observe(COMPUTE, ResourceKind.SEGMENT)).isEmpty();
    }

    @Test
    void aHostWithoutPowerDoesNothingAndKeepsOnlyItsVolumes() throws Exception {
        // Given
        attach("n1");
        site.host(COMPUTE).cutPower(now);
        site.host(STORAGE).cutPower(now);

        // Then
        assertThatThrownBy(() -> apply(COMPUTE, segmentKey(), segment(100))).hasMessageContaining("switched off");
        assertThatThrownBy(() -> observe(COMPUTE, ResourceKind.DISK)).hasMessageContaining("switched off");
        assertThat(site.host(COMPUTE).things(now)).isEmpty();

        // When
        site.host(STORAGE).restorePower();

        // Then
        assertThat(condition(STORAGE, volumeKey("n1"))).isEqualTo(Condition.BROKEN);
        apply(STORAGE, volumeKey("n1"), volume("n1", COMPUTE));
        assertThat(condition(STORAGE, volumeKey("n1"))).isEqualTo(Condition.READY);
    }

    private void attach(String name) throws DriverFault {
        apply(STORAGE, volumeKey(name), volume(name, COMPUTE));
        apply(COMPUTE, diskKey(name), disk(COMPUTE, name));
    }

    private void apply(HostId host, ResourceKey key, ResourceSpec spec) throws DriverFault {
        drivers(host).apply(key, spec, now);
    }

    private void assertViolates(HostId host, ResourceKey key, ResourceSpec spec, String sentence) {
        assertThatThrownBy(() -> apply(host, key, spec))
                .isInstanceOf(DriverFault.class)
                .hasMessageContaining(sentence);
        assertThat(site.site().violations())
                .anyMatch(each -> each.host().equals(host)
                        && each.key().equals(key)
                        && each.what().contains(sentence));
    }

    private Condition condition(HostId host, ResourceKey key) throws DriverFault {
        Map<ResourceKey, Observed> seen = observe(host, key.kind());
        assertThat(seen).containsKey(key);
        return seen.entrySet().stream()
                .filter(each -> each.getKey().equals(key))
                .findFirst()
                .orElseThrow()
                .getValue()
                .condition();
    }

    private Map<ResourceKey, Observed> observe(HostId host, ResourceKind kind) throws DriverFault {
        return drivers(host).observe(kind, Map.of(), now);
    }

    private Drivers drivers(HostId host) {
        return SimDrivers.of(site.host(host));
    }
}
