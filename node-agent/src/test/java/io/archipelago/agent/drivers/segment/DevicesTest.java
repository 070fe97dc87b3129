package io.archipelago.agent.drivers.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.agent.drivers.DriverFault;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DevicesTest {

    /** What ip of iproute2 6.1 says, less what nobody asks for. */
    private static final String SAID = """
            [{"ifindex":3,"ifname":"eth1","flags":["NO-CARRIER","BROADCAST","UP"],"mtu":1500,"link_type":"ether",
              "address":"02:66:00:00:3f:01","addr_info":[]},
             {"ifindex":5,"link":"eth1","ifname":"arcv-0123456789","flags":["BROADCAST","UP","LOWER_UP"],"mtu":1400,
              "master":"arcb-0123456789","address":"02:66:00:00:3f:01",
              "linkinfo":{"info_kind":"vlan","info_data":{"protocol":"802.1Q","id":101},"info_slave_kind":"bridge"},
              "ifalias":"archipelago:segment/x","addr_info":[]},
             {"ifindex":6,"ifname":"br0","flags":["BROADCAST"],"mtu":1400,"address":"06:00:00:00:00:01",
              "linkinfo":{"info_kind":"bridge","info_data":{"forward_delay":1500,"stp_state":0,"mcast_snooping":1}},
              "addr_info":[{"family":"inet","local":"172.16.31.254","prefixlen":12},
                           {"family":"inet6","local":"fe80::1","prefixlen":64}]},
             {}]
            """;

    @Test
    void readsWhatIpSays() throws DriverFault {
        Devices devices = Devices.parse(SAID);

        assertThat(devices.all()).hasSize(3);
        assertThat(devices.get("eth1")).satisfies(trunk -> {
            assertThat(trunk.isUp()).isTrue();
            assertThat(trunk.hasCarrier()).isFalse();
            assertThat(trunk.kind()).isEmpty();
        });
        assertThat(devices.get("arcv-0123456789"))
                .isEqualTo(new Device(
                        "arcv-0123456789",
                        "archipelago:segment/x",
                        "vlan",
                        Set.of("BROADCAST", "UP", "LOWER_UP"),
                        1400,
                        "02:66:00:00:3f:01",
                        "arcb-0123456789",
                        "eth1",
                        101,
                        true,
                        Set.of()));
        assertThat(devices.get("br0")).satisfies(bridge -> {
            assertThat(bridge.quiet()).isFalse();
            assertThat(bridge.isUp()).isFalse();
            assertThat(bridge.addresses()).containsExactly("172.16.31.254/12");
        });
    }

    @Test
    void saysThatItCanNotBeUnderstood() {
        assertThatThrownBy(() -> Devices.parse("Object \"-json\" is unknown"))
                .isInstanceOf(DriverFault.class)
                .hasMessageContaining("can not be understood");
    }
}
