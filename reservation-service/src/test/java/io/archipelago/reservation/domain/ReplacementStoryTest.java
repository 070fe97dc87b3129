package io.archipelago.reservation.domain;

import static io.archipelago.reservation.domain.DomainFixture.NAGOYA;
import static io.archipelago.reservation.domain.DomainFixture.OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.PACE;
import static io.archipelago.reservation.domain.DomainFixture.START;
import static io.archipelago.reservation.domain.DomainFixture.TOKYO;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.reservation.domain.Leased.Running;
import io.archipelago.reservation.domain.Reservation.State;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The master's and the sites' classes together, while hosts of a cluster of three sites die. */
class ReplacementStoryTest {

    private static final List<SiteId> ALL = List.of(TOKYO, OSAKA, NAGOYA);

    private final TwoSitesStory story = new TwoSitesStory();

    @BeforeEach
    void runs() {
        story.request();
        story.planned(Map.of(TOKYO, 2, OSAKA, 2, NAGOYA, 2));
        story.until(START);
    }

    @Test
    void replacesALostMachineAndEverySiteKnowsItsNewOne() {
        // When
        story.dead.add("vcompute-2-1");
        story.lookAtHosts();

        // Then
        assertThat(story.reservation().state()).isEqualTo(State.DEGRADED);

        // When
        story.until(story.now());

        // Then
        assertThat(at(OSAKA).header().spec().ordinals()).containsExactlyInAnyOrder(2, 3);
        allKnowTheSame();
        assertThat(story.reservation().state()).isEqualTo(State.ACTIVE);
    }

    @Test
    void replacesMachinesOfSeveralSitesAtATimeTheFrontendExcepted() {
        // When
        story.dead.addAll(List.of("vfrontend-1", "vcompute-1-2", "vcompute-2-1", "vcompute-2-2", "vcompute-3-1"));
        story.lookAtHosts();
        story.until(story.now());

        // Then
        assertThat(at(TOKYO).header().spec().ordinals()).containsExactlyInAnyOrder(4093, 1, 3);
        assertThat(at(OSAKA).header().spec().ordinals()).containsExactlyInAnyOrder(3, 4);
        assertThat(at(NAGOYA).header().spec().ordinals()).containsExactlyInAnyOrder(2, 3);
        allKnowTheSame();
        assertThat(story.reservation().state()).isEqualTo(State.DEGRADED);
        assertThat(Objects.requireNonNull(story.reservation().shares().get(TOKYO))
                        .waitingFor())
                .contains("vfrontend-1");

        // When
        story.dead.remove("vfrontend-1");
        story.lookAtHosts();

        // Then
        assertThat(story.reservation().state()).isEqualTo(State.ACTIVE);
    }

    @Test
    void triesUntilThereIsRoom() {
        // Given
        story.full.add(OSAKA);
        story.dead.add("vcompute-2-2");
        story.lookAtHosts();

        // When
        story.until(story.now().plus(PACE.replaceAgain().multipliedBy(3)));

        // Then
        assertThat(at(OSAKA).header().spec().ordinals()).containsExactlyInAnyOrder(1, 2);
        assertThat(story.reservation().state()).isEqualTo(State.DEGRADED);
        allKnowTheSame();

        // When
        story.full.clear();
        story.until(story.now().plus(PACE.replaceAgain()));

        // Then
        assertThat(at(OSAKA).header().spec().ordinals()).containsExactlyInAnyOrder(1, 3);
        assertThat(story.reservation().state()).isEqualTo(State.ACTIVE);
        allKnowTheSame();
    }

    @Test
    void replacesWithoutTheMasterAndTellsItLater() {
        // Given
        story.cutOff.add(OSAKA);
        story.dead.add("vcompute-2-1");
        story.lookAtHosts();
        story.until(story.now());

        // Then
        assertThat(at(OSAKA).header().spec().ordinals()).containsExactlyInAnyOrder(2, 3);
        assertThat(at(TOKYO).cluster()).isNotEqualTo(at(OSAKA).cluster());

        // When
        story.dead.add("vcompute-3-1");
        story.lookAtHosts();
        story.until(story.now().plus(PACE.askAgain()));
        story.cutOff.clear();
        story.until(story.now().plus(PACE.askAgainAtMost()));
        story.compare();

        // Then
        allKnowTheSame();
        assertThat(story.reservation().state()).isEqualTo(State.ACTIVE);
    }

    /** What a site says in a digest is what the master heard last, and nobody waits for an answer. */
    private void allKnowTheSame() {
        assertThat(ALL)
                .allSatisfy(site -> assertThat(at(site).cluster())
                        .isEqualTo(story.reservation().facts()));
        assertThat(story.compare()).isZero();
        assertThat(story.reservation().shares().values()).allMatch(share -> share.askAgainAt() == null);
        assertThat(ALL).allSatisfy(site -> assertThat(at(site).askAgainAt()).isNull());
    }

    private Running at(SiteId site) {
        return (Running) story.at(site);
    }
}
