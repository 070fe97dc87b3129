package io.archipelago.reservation.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.reservation.SampleShares;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LongReleasesTest {

    private static final AllocationId ONE = SampleShares.at(new SiteId("tokyo"));
    private static final AllocationId OTHER = SampleShares.at(new SiteId("tokyo"));

    @Test
    void tellsOfEachReleaseOnce() {
        Set<AllocationId> told = new HashSet<>();

        assertThat(LongReleases.news(told, List.of(ONE))).containsExactly(ONE);
        assertThat(LongReleases.news(told, List.of(ONE, OTHER))).containsExactly(OTHER);
        assertThat(LongReleases.news(told, List.of(ONE, OTHER))).isEmpty();
    }

    @Test
    void tellsAgainOfOneThatHadGone() {
        Set<AllocationId> told = new HashSet<>(Set.of(ONE));

        assertThat(LongReleases.news(told, List.of())).isEmpty();
        assertThat(LongReleases.news(told, List.of(ONE))).containsExactly(ONE);
    }
}
