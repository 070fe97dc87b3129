package io.archipelago.network.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.network.NetworkConfig;
import io.archipelago.testkit.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkStartTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    network.vlans.first      |     0 | network.vlans.first is a number from 1 to 4094, not 0
                    network.vlans.first      |  5000 | network.vlans.first is a number from 1 to 4094, not 5000
                    network.vlans.last       |  4095 | network.vlans.last is a number from 100, which is network.vlans.first, to 4094, not 4095
                    network.vlans.last       |    99 | network.vlans.last is a number from 100, which is network.vlans.first, to 4094, not 99
                    network.link-ports.first |    -1 | network.link-ports.first is a number from 1 to 65535, not -1
                    network.link-ports.last  | 65536 | network.link-ports.last is a number from 20000, which is network.link-ports.first, to 65535, not 65536
                    """)
    void refusesARangeThatNoSwitchOrGatewayTakesByItsKey(String key, String value, String sentence) {
        NetworkConfig config = Settings.of(NetworkConfig.class, Map.of(key, value));

        assertThatThrownBy(() -> new NetworkStart().logic(config)).hasMessage(sentence);
    }

    @Test
    void takesTheWidestRanges() {
        NetworkConfig config = Settings.of(
                NetworkConfig.class,
                Map.of(
                        "network.vlans.first", "1",
                        "network.vlans.last", "4094",
                        "network.link-ports.first", "1",
                        "network.link-ports.last", "65535"));

        assertThat(new NetworkStart().logic(config)).isNotNull();
    }
}
