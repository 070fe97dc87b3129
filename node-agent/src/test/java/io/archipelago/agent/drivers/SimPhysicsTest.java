package io.archipelago.agent.drivers;

import static io.archipelago.agent.SiteFixture.COMPUTE;
import static io.archipelago.agent.SiteFixture.GATEWAY;
import static io.archipelago.agent.SiteFixture.SECOND;
import static io.archipelago.agent.SiteFixture.STORAGE;
import static io.archipelago.agent.SiteFixture.allocation;
import static io.archipelago.agent.SiteFixture.cache;
import static io.archipelago.agent.SiteFixture.cacheKey;
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
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.CacheSpec;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the simulated hosts refuse, whoever asks, and what they do when they are asked properly; of volumes and disks see {@link SimStorageTest}. */
class SimPhysicsTest {

    private static final Duration SECOND_LONG = Duration.ofSeconds(1);

    private final DriversFixture site = new DriversFixture();

    @Test
    void machinesNeverTakeMoreProcessorsThanTheirHostHas() throws Exception {
        // Given
        site.apply(COMPUTE, segmentKey(), segment(100));
        for (int i = 1; i <= 8; i++) {
            site.attach("n" + i);
            site.apply(COMPUTE, machineKey("n" + i), machine("n" + i));
        }
        site.attach("n9");

        // Then
        site.assertViolates(COMPUTE, machineKey("n9"), machine("n9"), "16 processors");
        assertThat(site.has(COMPUTE, machineKey("n9"))).isFalse();
    }

    @Test
    void machinesNeverTakeMoreMemoryThanTheirHostHas() throws Exception {
        // Given
        site.apply(COMPUTE, segmentKey(), segment(100));
        site.attach("n1");

        // Then
        MachineSpec large = new MachineSpec("n1", 1, 65L << 30, "02:", "172.16.1.1", diskKey("n1"), segmentKey());
        site.assertViolates(COMPUTE, machineKey("n1"), large, "memory");
    }

    @Test
    void aMachineThatIsStillBeingStoppedHoldsItsShare() throws Exception {
        // Given
        site.apply(COMPUTE, segmentKey(), segment(100));
        for (int i = 1; i <= 9; i++) {
            site.attach("n" + i);
        }
        for (int i = 1; i <= 8; i++) {
            site.apply(COMPUTE, machineKey("n" + i), machine("n" + i));
        }
        site.latency(ResourceKind.MACHINE, SECOND_LONG);
        site.remove(COMPUTE, machineKey("n1"));

        // Then
        site.assertViolates(COMPUTE, machineKey("n9"), machine("n9"), "16 processors");

        // When
        site.pass(SECOND_LONG);
        site.apply(COMPUTE, machineKey("n9"), machine("n9"));

        // Then
        assertThat(site.condition(COMPUTE, machineKey("n9"))).isEqualTo(Condition.MAKING);
    }

    @Test
    void aMachineIsNotStartedWithoutItsDiskOrSegment() {
        site.assertViolates(COMPUTE, machineKey("n1"), machine("n1"), "without disk/");
    }

    @Test
    void noVlanServesTwoSegmentsOfAHost() throws Exception {
        // Given
        site.apply(COMPUTE, segmentKey(), segment(100));
        ResourceKey other = ResourceKey.of(ResourceKind.SEGMENT, allocation(2));

        // Then
        site.assertViolates(COMPUTE, other, segment(100), "VLAN 100 already serves " + segmentKey());
        site.apply(SECOND, other, segment(100));
        site.apply(COMPUTE, other, segment(101));
    }

    @Test
    void onePortServesAllLinksOfACluster() throws Exception {
        // Given
        site.apply(GATEWAY, linkKey(), link(7000));

        // When
        site.apply(GATEWAY, ResourceKey.of(ResourceKind.LINK, allocation(1), "nagoya"), link(7000));

        // Then
        assertThat(site.violations()).isEmpty();
    }

    @Test
    void noPortServesTwoClustersOfAGateway() throws Exception {
        // Given
        site.apply(GATEWAY, linkKey(), link(7000));
        ResourceKey other = ResourceKey.of(ResourceKind.LINK, allocation(2), "osaka");

        // Then
        site.assertViolates(GATEWAY, other, link(7000), "port 7000 already serves " + linkKey());
        site.apply(GATEWAY, other, link(7001));
    }

    @Test
    void cachesNeverTakeMoreThanTheirGatewayHas() {
        CacheSpec large = new CacheSpec(segmentKey(), "172.16.1.1", 201L << 30, List.of());

        site.assertViolates(GATEWAY, cacheKey(), large, "more than the gateway has");
    }

    @Test
    void nothingIsTakenFromUnderAMachine() throws Exception {
        // Given
        site.apply(COMPUTE, segmentKey(), segment(100));
        site.attach("n1");
        site.apply(COMPUTE, machineKey("n1"), machine("n1"));

        // Then
        assertThatThrownBy(() -> site.remove(COMPUTE, diskKey("n1"))).isInstanceOf(DriverFault.class);
        assertThatThrownBy(() -> site.remove(COMPUTE, segmentKey())).isInstanceOf(DriverFault.class);
        assertThat(site.violations()).hasSize(2);
    }

    @Test
    void aViolationIsRecordedOnceHoweverOftenItIsTried() {
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> site.apply(COMPUTE, machineKey("n1"), machine("n1")))
                    .isInstanceOf(DriverFault.class);
        }

        assertThat(site.violations()).hasSize(1);
    }

    @Test
    void everyStepMayBeRepeated() throws Exception {
        // Given
        site.apply(COMPUTE, segmentKey(), segment(100));
        site.apply(COMPUTE, segmentKey(), segment(100));
        site.apply(GATEWAY, segmentKey(), segment(100));
        site.apply(GATEWAY, cacheKey(), cache());
        long version = site.host(GATEWAY).version();

        // When
        site.apply(GATEWAY, cacheKey(), cache());

        // Then
        assertThat(site.host(GATEWAY).version()).isEqualTo(version);

        // When
        site.remove(COMPUTE, segmentKey());
        site.remove(COMPUTE, segmentKey());

        // Then
        assertThat(site.host(COMPUTE).things(site.now())).isEmpty();
    }

    @Test
    void everyStepTakesAsLongAsItsKindDoes() throws Exception {
        // Given
        site.latency(SECOND_LONG);
        site.apply(COMPUTE, segmentKey(), segment(100));

        // Then
        assertThat(site.condition(COMPUTE, segmentKey())).isEqualTo(Condition.MAKING);
        site.pass(SECOND_LONG);
        assertThat(site.condition(COMPUTE, segmentKey())).isEqualTo(Condition.READY);
        site.remove(COMPUTE, segmentKey());
        assertThat(site.condition(COMPUTE, segmentKey())).isEqualTo(Condition.REMOVING);
        site.pass(SECOND_LONG);
        assertThat(site.observe(COMPUTE, ResourceKind.SEGMENT)).isEmpty();
    }

    @Test
    void stepsFailAsOftenAsTheirKindDoes() throws Exception {
        // Given
        site.faultRate(ResourceKind.VOLUME, 1);

        // Then
        assertThatThrownBy(() -> site.apply(STORAGE, volumeKey("n1"), volume("n1", COMPUTE)))
                .isInstanceOf(DriverFault.class)
                .hasMessage("a simulated fault");
        site.apply(COMPUTE, segmentKey(), segment(100));
    }

    @Test
    void aHostWithoutPowerDoesNothingAndKeepsOnlyItsVolumes() throws Exception {
        // Given
        site.attach("n1");
        site.host(COMPUTE).cutPower(site.now());
        site.host(STORAGE).cutPower(site.now());

        // Then
        assertThatThrownBy(() -> site.apply(COMPUTE, segmentKey(), segment(100)))
                .hasMessageContaining("switched off");
        assertThatThrownBy(() -> site.observe(COMPUTE, ResourceKind.DISK)).hasMessageContaining("switched off");
        assertThat(site.host(COMPUTE).things(site.now())).isEmpty();

        // When
        site.host(STORAGE).restorePower();

        // Then
        assertThat(site.condition(STORAGE, volumeKey("n1"))).isEqualTo(Condition.BROKEN);
        site.apply(STORAGE, volumeKey("n1"), volume("n1", COMPUTE));
        assertThat(site.condition(STORAGE, volumeKey("n1"))).isEqualTo(Condition.READY);
    }
}
