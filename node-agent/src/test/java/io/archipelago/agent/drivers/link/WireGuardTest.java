package io.archipelago.agent.drivers.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.agent.SiteFixture;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.ResourceSpec.LinkSpec;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which addresses the ends of a link have within WireGuard. */
class WireGuardTest {

    /** As many as a cluster can have workers, whose tunnels follow each other. */
    private static final int LINKS = 255;

    private static final int TUNNELS = (1 << 24) - 1;

    @Test
    void noTwoEndsInOneClusterHaveTheSame() {
        for (int first : new int[] {1, 8100, 4711, 1_000_000, TUNNELS - 100}) {
            Set<String> addresses = new HashSet<>();
            for (int link = 0; link < LINKS; link++) {
                LinkSpec spec = link(Math.floorMod(first + link, TUNNELS) + 1);
                addresses.add(WireGuard.inner(spec, true));
                addresses.add(WireGuard.inner(spec, false));
            }
            assertThat(addresses).hasSize(2 * LINKS);
        }
    }

    /** A namespace has one of 169.254.64.0/18 on its way to the outside, and asks 169.254.169.254 for nothing. */
    @Test
    void noWayToTheOutsideHasThem() {
        for (int tunnel = 1; tunnel < 1 << 15; tunnel++) {
            assertThat(WireGuard.inner(link(tunnel), tunnel % 2 == 0))
                    .matches("169\\.254\\.([0-9]|[1-5][0-9]|6[0-3])\\.\\d+");
        }
    }

    private static LinkSpec link(int tunnel) {
        return SiteFixture.link(20001, LinkDriver.VXLAN_WIREGUARD, tunnel);
    }
}
