package io.archipelago.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.testkit.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NetworkConfigTest {

    @Test
    void everyKeyHasItsDefault() {
        NetworkConfig config = Settings.of(NetworkConfig.class, Map.of());

        assertThat(config.vlans().first()).isEqualTo(100);
        assertThat(config.vlans().last()).isEqualTo(4000);
        assertThat(config.linkPorts().first()).isEqualTo(20000);
        assertThat(config.linkPorts().last()).isEqualTo(23999);
        assertThat(config.segmentMtu()).isEqualTo(1500);
        assertThat(config.link().drivers()).containsExactly(LinkDriver.OPENVPN, LinkDriver.VXLAN_WIREGUARD);
        assertThat(config.link().pathMtu()).isEqualTo(1500);
        assertThat(config.link().bandwidth()).isZero();
    }
}
