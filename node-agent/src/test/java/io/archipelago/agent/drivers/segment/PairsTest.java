package io.archipelago.agent.drivers.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.agent.drivers.DriverFault;
import org.junit.jupiter.api.Test;

class PairsTest {

    private static final String WITH = """
            [{"ifname":"arcn-1","addr_info":[{"family":"inet","local":"%s","prefixlen":31}]},
             {"ifname":"eth0","addr_info":[{"family":"inet","local":"169.254.64.2","prefixlen":16}]}]
            """;

    @Test
    void areTwoNeighboursOfALinkLocalNetwork() throws DriverFault {
        Prefix ours = Pairs.free(0, Devices.parse("[]"));

        assertThat(ours).hasToString("169.254.64.0/31");
        assertThat(Pairs.other(ours)).hasToString("169.254.64.1/31");
    }

    @Test
    void neverGoTwice() throws DriverFault {
        assertThat(Pairs.free(7, Devices.parse(WITH.formatted("169.254.64.14"))))
                .hasToString("169.254.64.16/31");
        assertThat(Pairs.free(8191, Devices.parse(WITH.formatted("169.254.127.254"))))
                .hasToString("169.254.64.0/31");
    }

    @Test
    void areKnownByTheirPrefix() throws DriverFault {
        Devices devices = Devices.parse(WITH.formatted("169.254.64.14"));

        assertThat(devices.all().stream().flatMap(device -> Pairs.of(device).stream()))
                .containsExactly(Prefix.parse("169.254.64.14/31"));
    }
}
