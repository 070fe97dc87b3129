package io.archipelago.agent.drivers;

import static io.archipelago.agent.SiteFixture.COMPUTE;
import static io.archipelago.agent.SiteFixture.SECOND;
import static io.archipelago.agent.SiteFixture.STORAGE;
import static io.archipelago.agent.SiteFixture.disk;
import static io.archipelago.agent.SiteFixture.diskKey;
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

import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.agent.world.Violation;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.DiskSpec;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Space on the simulated storage is given once, and each volume is written to from one host at a time. */
class SimStorageTest {

    private static final Duration WIPING = Duration.ofSeconds(2);

    private final DriversFixture site = new DriversFixture();

    @Test
    void volumesNeverTakeMoreThanTheirPoolHas() throws Exception {
        // Given
        VolumeSpec half = new VolumeSpec("vg0", 2048L << 30, COMPUTE, "user", sealedTo(STORAGE, "secret"));
        site.apply(STORAGE, volumeKey("n1"), half);
        site.apply(STORAGE, volumeKey("n2"), half);

        // Then
        site.assertViolates(STORAGE, volumeKey("n3"), volume("n3", COMPUTE), "more than the pool vg0 has");
    }

    @Test
    void aVolumeNeitherShrinksNorMoves() throws Exception {
        // Given
        site.apply(STORAGE, volumeKey("n1"), volume("n1", COMPUTE));
        VolumeSpec smaller = new VolumeSpec("vg0", 1, COMPUTE, "user", sealedTo(STORAGE, "secret-n1"));

        // Then
        assertThatThrownBy(() -> site.apply(STORAGE, volumeKey("n1"), smaller))
                .isInstanceOf(DriverFault.class)
                .hasMessageContaining("neither shrinks");
    }

    @Test
    void aDiskNeedsTheSecretOfItsVolume() throws Exception {
        // Given
        site.apply(STORAGE, volumeKey("n1"), volume("n1", COMPUTE));

        // Then
        site.assertViolates(
                COMPUTE,
                diskKey("n1"),
                new DiskSpec(STORAGE, volumeKey("n1"), "10.254.1.1:3260", "user", sealedTo(COMPUTE, "guess")),
                "wrong CHAP");
        site.assertViolates(
                COMPUTE,
                diskKey("n1"),
                new DiskSpec(STORAGE, volumeKey("n1"), "10.254.1.1:3260", "mallory", sealedTo(COMPUTE, "secret-n1")),
                "wrong CHAP");
        assertThatThrownBy(() -> site.apply(
                        COMPUTE,
                        diskKey("n1"),
                        new DiskSpec(
                                STORAGE, volumeKey("n1"), "10.254.1.1:3260", "user", sealedTo(SECOND, "secret-n1"))))
                .isInstanceOf(DriverFault.class)
                .hasMessageContaining("not sealed to this host");
        assertThat(site.violations()).hasSize(1);
        site.apply(COMPUTE, diskKey("n1"), disk(COMPUTE, "n1"));
    }

    @Test
    void aDiskWaitsForItsVolumeWithoutThatBeingAViolation() throws Exception {
        // Given
        DriverFault missing =
                catchThrowableOfType(DriverFault.class, () -> site.apply(COMPUTE, diskKey("n1"), disk(COMPUTE, "n1")));
        site.apply(STORAGE, volumeKey("n1"), volume("n1", null));
        DriverFault fenced =
                catchThrowableOfType(DriverFault.class, () -> site.apply(COMPUTE, diskKey("n1"), disk(COMPUTE, "n1")));

        // Then
        assertThat(missing.isWaiting()).isTrue();
        assertThat(fenced.isWaiting()).isTrue();
        assertThat(site.violations()).isEmpty();
    }

    @Test
    void fencingCutsAHostOffAtOnce() throws Exception {
        // Given
        site.apply(COMPUTE, segmentKey(), segment(100));
        site.attach("n1");
        site.apply(COMPUTE, machineKey("n1"), machine("n1"));

        // When
        site.apply(STORAGE, volumeKey("n1"), volume("n1", null));

        // Then
        assertThat(site.condition(COMPUTE, diskKey("n1"))).isEqualTo(Condition.BROKEN);
        assertThat(site.condition(COMPUTE, machineKey("n1")))
                .as("its writes fail")
                .isEqualTo(Condition.BROKEN);
        site.remove(STORAGE, volumeKey("n1"));
        assertThat(site.violations()).isEmpty();
    }

    @Test
    void aVolumeIsGivenToAnotherHostOnlyOnceTheFormerIsCutOff() throws Exception {
        // Given
        site.attach("n1");

        // Then
        assertThatThrownBy(() -> site.apply(STORAGE, volumeKey("n1"), volume("n1", SECOND)))
                .isInstanceOf(DriverFault.class);
        assertThat(site.violations()).singleElement().returns(volumeKey("n1"), Violation::key);

        // When
        site.apply(STORAGE, volumeKey("n1"), volume("n1", null));
        site.apply(STORAGE, volumeKey("n1"), volume("n1", SECOND));

        // Then
        assertThat(site.condition(COMPUTE, diskKey("n1"))).isEqualTo(Condition.BROKEN);
        assertThat(site.violations()).hasSize(1);
    }

    @Test
    void noVolumeIsWrittenToFromTwoHosts() throws Exception {
        // Given
        site.apply(COMPUTE, segmentKey(), segment(100));
        site.attach("n1");
        site.apply(COMPUTE, machineKey("n1"), machine("n1"));
        site.apply(SECOND, segmentKey(), segment(100));

        // When
        site.host(SECOND).plant(diskKey("n1"), disk(SECOND, "n1"), site.now());

        // Then
        assertThatThrownBy(() -> site.apply(SECOND, machineKey("n1"), machine("n1")))
                .isInstanceOf(DriverFault.class);
        assertThat(site.violations()).singleElement().returns(SECOND, Violation::host);

        // When
        site.apply(STORAGE, volumeKey("n1"), volume("n1", null));
        site.apply(STORAGE, volumeKey("n1"), volume("n1", SECOND));
        site.apply(SECOND, machineKey("n1"), machine("n1"));

        // Then
        assertThat(site.condition(COMPUTE, machineKey("n1"))).isEqualTo(Condition.BROKEN);
        assertThat(site.condition(SECOND, machineKey("n1"))).isEqualTo(Condition.READY);
        assertThat(site.violations()).hasSize(1);
    }

    @Test
    void aVolumeIsNotRemovedUnderTheHostThatHasItAttached() throws Exception {
        // Given
        site.attach("n1");

        // Then
        assertThatThrownBy(() -> site.remove(STORAGE, volumeKey("n1"))).isInstanceOf(DriverFault.class);
        assertThat(site.violations()).singleElement().returns(volumeKey("n1"), Violation::key);
        assertThat(site.has(STORAGE, volumeKey("n1"))).isTrue();
    }

    @Test
    void aVolumeIsWipedBeforeItIsGone() throws Exception {
        // Given
        site.apply(STORAGE, volumeKey("n1"), volume("n1", COMPUTE));
        site.latency(ResourceKind.VOLUME, WIPING);

        // When
        site.remove(STORAGE, volumeKey("n1"));

        // Then
        assertThat(site.observe(STORAGE, ResourceKind.VOLUME))
                .containsEntry(volumeKey("n1"), new Observed(Condition.REMOVING, "is being wiped", Map.of(), Set.of()));

        // When
        site.pass(WIPING);

        // Then
        assertThat(site.has(STORAGE, volumeKey("n1"))).isFalse();
        site.apply(STORAGE, volumeKey("n2"), volume("n2", COMPUTE));
        assertThat(site.violations()).isEmpty();
    }

    @Test
    void spaceThatWasNotWipedIsGivenToNobody() throws Exception {
        // Given: no driver does so.
        site.apply(STORAGE, volumeKey("n1"), volume("n1", COMPUTE));
        site.host(STORAGE).remove(volumeKey("n1"), site.now());

        // Then
        site.assertViolates(STORAGE, volumeKey("n2"), volume("n2", COMPUTE), "never wiped");
    }

    @Test
    void fencingLeavesAVolumeToBeWiped() throws Exception {
        // Given
        site.apply(STORAGE, volumeKey("n1"), volume("n1", COMPUTE));
        site.apply(STORAGE, volumeKey("n1"), volume("n1", null));
        site.host(STORAGE).remove(volumeKey("n1"), site.now());

        // Then
        site.assertViolates(STORAGE, volumeKey("n2"), volume("n2", COMPUTE), "never wiped");
    }

    @Test
    void whatNobodyCouldWriteToNeedsNoWiping() throws Exception {
        // Given
        site.apply(STORAGE, volumeKey("n1"), volume("n1", null));
        site.host(STORAGE).remove(volumeKey("n1"), site.now());

        // When
        site.apply(STORAGE, volumeKey("n2"), volume("n2", COMPUTE));

        // Then
        assertThat(site.violations()).isEmpty();
    }

    @Test
    void aVolumeThatThePowerFailedUnderIsWipedAgain() throws Exception {
        // Given
        site.apply(STORAGE, volumeKey("n1"), volume("n1", COMPUTE));
        site.latency(ResourceKind.VOLUME, WIPING);
        site.remove(STORAGE, volumeKey("n1"));
        site.host(STORAGE).cutPower(site.now());
        site.host(STORAGE).restorePower();
        assertThat(site.has(STORAGE, volumeKey("n1"))).isTrue();

        // When
        site.host(STORAGE).remove(volumeKey("n1"), site.now());
        site.pass(WIPING);

        // Then
        site.assertViolates(STORAGE, volumeKey("n2"), volume("n2", COMPUTE), "never wiped");
    }
}
