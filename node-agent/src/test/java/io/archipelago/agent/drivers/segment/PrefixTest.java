package io.archipelago.agent.drivers.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PrefixTest {

    @Test
    void tellsItsNetwork() {
        Prefix prefix = Prefix.parse("172.17.31.254/12");

        assertThat(prefix.address()).isEqualTo("172.17.31.254");
        assertThat(prefix.network()).isEqualTo("172.16.0.0");
        assertThat(prefix.mask()).isEqualTo("255.240.0.0");
        assertThat(prefix.text()).isEqualTo("172.16.0.0/12");
        assertThat(prefix.contains(Prefix.parse("172.31.0.1/32"))).isTrue();
        assertThat(prefix.contains(Prefix.parse("172.32.0.1/32"))).isFalse();
        assertThat(prefix).hasToString("172.17.31.254/12");
    }

    @Test
    void hasAllLengths() {
        assertThat(Prefix.parse("10.1.2.3/0").mask()).isEqualTo("0.0.0.0");
        assertThat(Prefix.parse("10.1.2.3/32").mask()).isEqualTo("255.255.255.255");
    }

    @Test
    void isNoAddressWithoutALength() {
        assertThatThrownBy(() -> Prefix.parse("10.0.0.1")).isInstanceOf(IllegalArgumentException.class);
    }
}
