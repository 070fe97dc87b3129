package io.archipelago.agent.host;

import static io.archipelago.agent.SiteFixture.COMPUTE;
import static io.archipelago.agent.SiteFixture.disk;
import static io.archipelago.agent.SiteFixture.diskKey;
import static io.archipelago.agent.SiteFixture.machine;
import static io.archipelago.agent.SiteFixture.machineKey;
import static io.archipelago.agent.SiteFixture.segment;
import static io.archipelago.agent.SiteFixture.segmentKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.agent.AgentFixture;
import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.Drivers;
import io.archipelago.agent.drivers.Observed;
import io.archipelago.agent.drivers.segment.SimSegmentDriver;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.host.HostMessage;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import io.archipelago.contracts.host.SpecDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** When an agent speaks, when it tries again, and what it does when its own host fails it. */
class HostAgentTimesTest {

    private final SiteFixture site = new SiteFixture();
    private final AgentFixture compute = site.agent(COMPUTE);

    @Test
    void heartbeatsComeAsOftenAsTheySay() {
        // Given
        site.caughtUp();

        // When
        site.pass(Duration.ofSeconds(9));

        // Then
        List<HostHeartbeat> heartbeats = compute.heartbeats();
        assertThat(heartbeats)
                .hasSize(5)
                .allSatisfy(each -> assertThat(each.every()).isEqualTo(Duration.ofSeconds(2)));
        for (int i = 1; i < heartbeats.size(); i++) {
            assertThat(Duration.between(
                            heartbeats.get(i - 1).at(), heartbeats.get(i).at()))
                    .isEqualTo(Duration.ofSeconds(2));
        }
    }

    @Test
    void everyMessageOfAnEpochHasAHigherCounter() {
        // Given
        site.caughtUp();
        compute.wants(segmentKey(), 1, segment(100));

        // When
        site.pass(Duration.ofMinutes(3));

        // Then
        List<HostMessage> messages = compute.reports().stream()
                .map(report -> ((Report.Said) report).message())
                .toList();
        assertThat(messages).extracting(HostMessage::counter).isSorted().doesNotHaveDuplicates();
        assertThat(messages).extracting(HostMessage::epoch).containsOnly(1L);
    }

    @Test
    void heartbeatsCarryADigestForEachOwner() {
        // Given
        site.caughtUp();
        compute.wants(segmentKey(), 4, segment(100));
        compute.wantsGone(machineKey("n1"), 2, machine("n1"));

        // When
        site.pass(Duration.ofSeconds(3));

        // Then
        assertThat(compute.heartbeats().getLast().digests())
                .containsEntry(Participant.NETWORK, SpecDigest.of(Map.of(segmentKey(), 4L)))
                .containsEntry(Participant.PLACEMENT, SpecDigest.of(Map.of(machineKey("n1"), 2L)))
                .containsEntry(Participant.STORAGE, SpecDigest.of(Map.of()))
                .containsEntry(Participant.CACHE, SpecDigest.of(Map.of()));
    }

    @Test
    void whatTakesLongIsLookedAtLessAndLessOften() {
        // Given
        site.caughtUp();
        site.latency(Duration.ofMinutes(1));
        compute.wants(segmentKey(), 1, segment(100));

        // When
        List<Long> pauses = new ArrayList<>();
        Instant now = site.now();
        while (pauses.size() < 6) {
            compute.step(now);
            Instant next = compute.agent().nextDue();
            pauses.add(Duration.between(now, next).toMillis());
            now = next;
        }

        // Then
        assertThat(pauses).startsWith(100L).endsWith(1000L, 1000L);
    }

    @Test
    void whatDoesNotChangeIsSaidOnceAndRepeatedFromTimeToTime() {
        // Given
        site.caughtUp();
        compute.wants(segmentKey(), 1, segment(100));

        // When
        site.pass(Duration.ofSeconds(40));

        // Then
        assertThat(compute.phases(segmentKey())).containsExactly(Phase.READY);

        // When
        site.pass(Duration.ofMinutes(5));

        // Then
        assertThat(compute.phases(segmentKey())).hasSizeBetween(4, 8).containsOnly(Phase.READY);
    }

    @Test
    void everythingIsSaidAgainWhenSomethingMayHaveBeenLost() {
        // Given
        site.caughtUp();
        compute.wants(segmentKey(), 1, segment(100));
        site.pass(Duration.ofSeconds(5));
        compute.forgetReports();

        // When
        compute.agent().sayAllAgain();
        site.pass(Duration.ofMillis(1));

        // Then
        assertThat(compute.phases(segmentKey())).containsExactly(Phase.READY);
    }

    @Test
    void failedStepsAreTriedAgainAfterGrowingPausesAndReportedOnce() {
        // Given
        site.caughtUp();
        CountingSegments segments = new CountingSegments();
        compute.drive(new Drivers(List.of(segments)));
        compute.start();
        compute.caughtUp();
        compute.wants(segmentKey(), 1, segment(100));

        // When
        site.pass(Duration.ofSeconds(40));

        // Then
        assertThat(compute.said(segmentKey()))
                .singleElement()
                .returns(Phase.FAILED, ResourceObserved::phase)
                .returns("the trunk is down", ResourceObserved::reason);
        assertThat(segments.tries).hasSizeBetween(6, 12);
        for (int i = 2; i < segments.tries.size(); i++) {
            Duration former = Duration.between(segments.tries.get(i - 2), segments.tries.get(i - 1));
            Duration latter = Duration.between(segments.tries.get(i - 1), segments.tries.get(i));
            assertThat(latter).isGreaterThanOrEqualTo(former.dividedBy(2)).isLessThanOrEqualTo(Duration.ofSeconds(33));
        }
    }

    @Test
    void aNewSpecificationIsTriedAtOnce() {
        // Given
        CountingSegments segments = new CountingSegments();
        compute.drive(new Drivers(List.of(segments)));
        compute.start();
        compute.caughtUp();
        compute.wants(segmentKey(), 1, segment(100));
        site.pass(Duration.ofMinutes(5));
        int before = segments.tries.size();

        // When
        compute.wants(segmentKey(), 2, segment(100));
        site.pass(Duration.ofMillis(1));

        // Then
        assertThat(segments.tries).hasSize(before + 1);
    }

    @Test
    void simulatedFaultsAreOvercome() {
        // Given
        site.site().setFaultRate(0.7);
        site.caughtUp();

        // When
        for (int i = 0; i < 20; i++) {
            ResourceKey key = new ResourceKey(
                    ResourceKind.SEGMENT, SiteFixture.allocation(i + 1).toString());
            compute.wants(key, 1, segment(100 + i));
        }
        site.pass(Duration.ofMinutes(10));

        // Then
        assertThat(site.host(COMPUTE).things(site.now())).hasSize(20);
        assertThat(compute.reports())
                .anySatisfy(report -> assertThat(report.toString()).contains("a simulated fault"));
    }

    @Test
    void aHostThatCannotBeLookedAtIsLeftAlone() {
        // Given
        BlindMachines machines = new BlindMachines();
        compute.drive(new Drivers(List.of(machines, new SimSegmentDriver(site.host(COMPUTE)))));
        compute.start();
        compute.caughtUp();
        compute.wants(segmentKey(), 1, segment(100));
        compute.wants(machineKey("n1"), 1, machine("n1"));
        site.pass(Duration.ofSeconds(10));

        // When
        compute.wantsGone(segmentKey(), 2, segment(100));
        site.pass(Duration.ofMinutes(1));

        // Then
        assertThat(compute.last(machineKey("n1")))
                .returns(Phase.FAILED, ResourceObserved::phase)
                .returns("the hypervisor does not answer", ResourceObserved::reason);
        assertThat(site.has(COMPUTE, segmentKey()))
                .as("a machine may stand on it")
                .isTrue();
    }

    @Test
    void nothingIsReportedThatCouldNotBeKept() {
        // Given
        site.caughtUp();
        site.pass(Duration.ofSeconds(5));
        compute.forgetReports();
        compute.fillDisk(true);

        // When
        compute.wants(segmentKey(), 1, segment(100));
        site.pass(Duration.ofSeconds(10));

        // Then
        assertThat(compute.said(segmentKey())).isEmpty();
        assertThat(compute.heartbeats().getLast().inventory().problems())
                .singleElement()
                .asString()
                .contains("no space left on device");

        // When
        compute.fillDisk(false);
        site.pass(Duration.ofSeconds(10));

        // Then
        assertThat(compute.last(segmentKey()).phase()).isEqualTo(Phase.READY);
        assertThat(compute.heartbeats().getLast().inventory().problems()).isEmpty();
    }

    @Test
    void hostsSpeakAtTheSameMomentsWheneverTheyWereStarted() {
        // Given
        site.pass(Duration.ofMillis(1700));
        site.caughtUp();

        // When
        site.pass(Duration.ofSeconds(9));

        // Then
        List<HostHeartbeat> heartbeats = compute.heartbeats();
        assertThat(heartbeats.subList(1, heartbeats.size()))
                .hasSizeGreaterThan(3)
                .allSatisfy(each -> assertThat(each.at().toEpochMilli() % 2000).isZero());
    }

    @Test
    void aClockThatIsSetBackDoesNotSilenceTheAgent() {
        // Given
        site.caughtUp();
        compute.wants(segmentKey(), 1, segment(100));
        site.pass(Duration.ofSeconds(5));
        site.host(COMPUTE).lose(segmentKey());
        Instant anHourAgo = site.now().minus(Duration.ofHours(1));
        compute.forgetReports();

        // When
        compute.step(anHourAgo);

        // Then
        assertThat(compute.heartbeats()).singleElement().returns(anHourAgo, HostHeartbeat::at);
        assertThat(site.has(COMPUTE, segmentKey())).isTrue();
    }

    @Test
    void anAgentWithNothingToDoSleeps() {
        // Given
        site.caughtUp();
        compute.wants(segmentKey(), 1, segment(100));
        site.pass(Duration.ofSeconds(5));

        // When
        int steps = 0;
        Instant end = site.now().plus(Duration.ofSeconds(20));
        while (compute.nextDue().isBefore(end)) {
            compute.step(compute.nextDue());
            steps++;
        }

        // Then
        assertThat(steps).isBetween(10, 25);
    }

    @Test
    void aDiskThatWaitsIsAskedForMoreOftenThanOneThatFails() {
        // Given
        site.caughtUp();
        compute.wants(diskKey("n1"), 1, disk(COMPUTE, "n1"));
        site.pass(Duration.ofMinutes(1));
        assertThat(compute.last(diskKey("n1")).phase()).isEqualTo(Phase.PENDING);

        // When
        site.agent(SiteFixture.STORAGE).wants(SiteFixture.volumeKey("n1"), 1, SiteFixture.volume("n1", COMPUTE));
        site.pass(Duration.ofMillis(2500));

        // Then
        assertThat(compute.last(diskKey("n1")).phase()).isEqualTo(Phase.READY);
    }

    /** Segments that can not be made, and the times when somebody tried. */
    private static final class CountingSegments implements Driver<SegmentSpec> {

        private final List<Instant> tries = new ArrayList<>();

        @Override
        public ResourceKind kind() {
            return ResourceKind.SEGMENT;
        }

        @Override
        public Class<SegmentSpec> specType() {
            return SegmentSpec.class;
        }

        @Override
        public Map<ResourceKey, Observed> observe(Map<ResourceKey, SegmentSpec> wanted, Instant now) {
            return Map.of();
        }

        @Override
        public void apply(ResourceKey key, SegmentSpec spec, Instant now) throws DriverFault {
            tries.add(now);
            throw DriverFault.failed("the trunk is down");
        }

        @Override
        public void remove(ResourceKey key, Instant now) {}
    }

    /** Machines of which nothing can be known. */
    private static final class BlindMachines implements Driver<MachineSpec> {

        @Override
        public ResourceKind kind() {
            return ResourceKind.MACHINE;
        }

        @Override
        public Class<MachineSpec> specType() {
            return MachineSpec.class;
        }

        @Override
        public Map<ResourceKey, Observed> observe(Map<ResourceKey, MachineSpec> wanted, Instant now)
                throws DriverFault {
            throw DriverFault.failed("the hypervisor does not answer");
        }

        @Override
        public void apply(ResourceKey key, MachineSpec spec, Instant now) {
            throw new AssertionError("started a machine blindly");
        }

        @Override
        public void remove(ResourceKey key, Instant now) {
            throw new AssertionError("stopped a machine blindly");
        }
    }
}
