package io.archipelago.agent.host;

import static io.archipelago.agent.SiteFixture.COMPUTE;
import static io.archipelago.agent.SiteFixture.NINE;
import static io.archipelago.agent.SiteFixture.diskKey;
import static io.archipelago.agent.SiteFixture.machine;
import static io.archipelago.agent.SiteFixture.machineKey;
import static io.archipelago.agent.SiteFixture.segment;
import static io.archipelago.agent.SiteFixture.segmentKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.agent.AgentFixture;
import io.archipelago.agent.SiteFixture;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.Phase;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an agent remembers of what its owners are done with, and what it says of what is left. */
class HostAgentMemoryTest {

    private static final Duration A_WHILE = Duration.ofSeconds(10);

    private final SiteFixture site = new SiteFixture();
    private final AgentFixture compute = site.agent(COMPUTE);

    @BeforeEach
    void aSegmentCameAndWent() {
        site.caughtUp();
        compute.wants(segmentKey(), 1, segment(100));
        site.pass(A_WHILE);
        compute.wantsGone(segmentKey(), 2, segment(100));
        site.pass(A_WHILE);
        compute.tombstone(segmentKey());
        site.pass(A_WHILE);
        compute.forgetReports();
    }

    @Test
    void doesNotMakeAgainWhatComesLateAfterItsTombstone() {
        // When
        compute.wants(segmentKey(), 1, segment(100));
        site.pass(A_WHILE);

        // Then
        assertThat(site.has(COMPUTE, segmentKey())).isFalse();
        assertThat(compute.said(segmentKey()))
                .as("so that its owner takes it from the topic")
                .singleElement()
                .returns(2L, ResourceObserved::generation)
                .returns(Phase.ABSENT, ResourceObserved::phase);
    }

    @Test
    void saysSoAgainUntilItsOwnerHasTakenItFromTheTopic() {
        // Given
        compute.wants(segmentKey(), 1, segment(100));
        site.pass(Duration.ofMinutes(5));
        int said = compute.said(segmentKey()).size();

        // When
        compute.tombstone(segmentKey());
        site.pass(Duration.ofMinutes(5));

        // Then
        assertThat(said).isBetween(3, 8);
        assertThat(compute.said(segmentKey())).hasSize(said);
    }

    @Test
    void remembersAlsoAfterACrash() {
        // Given
        compute.crash();
        compute.start();

        // When
        compute.wants(segmentKey(), 1, segment(100));
        compute.caughtUp();
        site.pass(A_WHILE);

        // Then
        assertThat(site.has(COMPUTE, segmentKey())).isFalse();
    }

    @Test
    void makesWhatComesBackUnderAHigherGeneration() {
        compute.wants(segmentKey(), 3, segment(100));
        site.pass(A_WHILE);

        assertThat(compute.last(segmentKey()))
                .returns(3L, ResourceObserved::generation)
                .returns(Phase.READY, ResourceObserved::phase);
    }

    @Test
    void remembersForAnHour() {
        // Given
        site.pass(Duration.ofMinutes(61));

        // When
        compute.wants(segmentKey(), 1, segment(100));
        site.pass(A_WHILE);

        // Then
        assertThat(compute.copy().past()).isEmpty();
        assertThat(site.has(COMPUTE, segmentKey())).isTrue();
    }

    @Test
    void saysWhichGenerationItKnewOfWhatNobodyDesires() {
        // When
        site.host(COMPUTE).plant(segmentKey(), segment(100), site.now());
        site.pass(A_WHILE);

        // Then
        assertThat(compute.last(segmentKey()).details()).containsEntry("generation", "2");
    }

    @Test
    void saysHowMuchIsLeftThatIsToGo() {
        // Given
        site.pass(A_WHILE);
        int nothing = compute.heartbeats().getLast().leftovers();

        // When
        site.host(COMPUTE).plant(machineKey("n1"), machine("n1"), site.now());
        site.host(COMPUTE).plant(segmentKey(), segment(100), site.now());
        compute.wantsGone(segmentKey(), 4, segment(100));
        compute.wantsUntil(NINE, machineKey("n2"), 1, machine("n2"));
        site.pass(A_WHILE);

        // Then
        assertThat(nothing).isZero();
        assertThat(compute.heartbeats().getLast().leftovers())
                .as("the stranger, and the segment that it stands on")
                .isEqualTo(2);
        assertThat(site.has(COMPUTE, diskKey("n1"))).isFalse();
    }

    @Test
    void saysWhichMachineItIs() {
        compute.wants(segmentKey(), 3, segment(100));
        site.pass(A_WHILE);

        assertThat(compute.last(segmentKey()).machineId())
                .isEqualTo(compute.heartbeats().getLast().inventory().machineId());
    }
}
