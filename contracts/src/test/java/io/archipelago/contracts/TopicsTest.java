package io.archipelago.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.SiteId;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TopicsTest {

    @Test
    void followTheRuleForNames() {
        assertThat(Topics.ofServices())
                .doesNotHaveDuplicates()
                .allMatch(t -> t.matches("[a-z]+\\.(commands|events|dead-letter)\\.v1"));
    }

    @Test
    void areThoseThatEveryServiceReadsAndWrites() {
        assertThat(Topics.ofServices())
                .containsExactlyInAnyOrder(
                        "allocation.commands.v1",
                        "placement.commands.v1",
                        "reservation.events.v1",
                        "host.events.v1",
                        "placement.events.v1",
                        "network.events.v1",
                        "storage.events.v1",
                        "cache.events.v1",
                        "reservation.dead-letter.v1",
                        "placement.dead-letter.v1",
                        "network.dead-letter.v1",
                        "storage.dead-letter.v1",
                        "cache.dead-letter.v1");
    }

    @Test
    void haveEveryParticipantAmongTheServices() {
        assertThat(Topics.SERVICES)
                .containsAll(Arrays.stream(Participant.values())
                        .map(Participant::service)
                        .toList())
                .contains("reservation");
    }

    @Test
    void nameHostsAndPeers() {
        HostId host = new HostId("tokyo-c01");

        assertThat(Topics.federationTo(new SiteId("osaka"))).isEqualTo("federation.to.osaka.v1");
        assertThat(Topics.desired(host)).isEqualTo("host.tokyo-c01.desired.v1");
        assertThat(Topics.observed(host)).isEqualTo("host.tokyo-c01.observed.v1");
    }
}
