package io.archipelago.contracts.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.contracts.allocation.Facts;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WanWordsTest {

    private static final List<Facts.LinkOffer> OFFERS =
            List.of(new Facts.LinkOffer(LinkDriver.OPENVPN, "AA:0f:" + "00:".repeat(29) + "FF", 1434));

    @ParameterizedTest
    @ValueSource(strings = {"", "192.0.2.1", "2001:db8::1", "gw-1.tokyo.example.net"})
    void anAddressIsOne(String address) {
        assertThat(new Facts.Endpoint(address, 20000, OFFERS).address()).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-v", "192.0.2.1 1194", "192.0.2.1\nplugin /x", "a;b", "$(x)", "\"", "é"})
    void whatIsMoreThanAnAddressIsRefused(String address) {
        assertThatThrownBy(() -> new Facts.Endpoint(address, 20000, OFFERS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not an address");
    }

    @ParameterizedTest
    @ValueSource(strings = {"AA:FF\"\nscript-security 2", "a b", "-x", "<key>"})
    void whatIsMoreThanAKeyIsRefused(String key) {
        assertThatThrownBy(() -> new Facts.LinkOffer(LinkDriver.OPENVPN, key, 1434))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not a key");
    }

    @Test
    void aPortIsOne() {
        assertThatThrownBy(() -> new Facts.Endpoint("192.0.2.1", 65_536, OFFERS))
                .hasMessageContaining("from 1 to 65535");
    }
}
