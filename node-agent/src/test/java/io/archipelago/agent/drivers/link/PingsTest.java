package io.archipelago.agent.drivers.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What ping says is understood. */
class PingsTest {

    @Test
    void readsWhatWasAnswered() {
        assertThat(Pings.parse("""
                        PING 172.16.2.254 (172.16.2.254) from 172.16.1.254 : 1372(1400) bytes of data.
                        1380 bytes from 172.16.2.254: icmp_seq=1 ttl=64 time=20.3 ms

                        --- 172.16.2.254 ping statistics ---
                        2 packets transmitted, 2 received, 0% packet loss, time 207ms
                        rtt min/avg/max/mdev = 20.340/21.054/22.069/0.014 ms
                        """)).isEqualTo(new Pings(2, 2, 0, 207, 20.340, OptionalInt.empty()));
    }

    @Test
    void readsThatAFrameCameTwice() {
        assertThat(Pings.parse("2 packets transmitted, 2 received, +3 duplicates, 0% packet loss, time 12ms")
                        .duplicates())
                .isEqualTo(3);
    }

    @Test
    void readsWhatTheWayCarriesIfAHostOnItSaysSo() {
        Pings pings = Pings.parse("""
                From 192.0.2.1 icmp_seq=1 Frag needed and DF set (mtu = 1380)
                --- 192.0.2.9 ping statistics ---
                1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms
                """);

        assertThat(pings.pathMtu()).hasValue(1380);
        assertThat(pings.isAnswered()).isFalse();
    }

    @Test
    void readsWhatTheWayCarriesIfThisHostItselfSaysSo() {
        assertThat(Pings.parse("""
                                --- 192.0.2.9 ping statistics ---
                                1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms
                                ping: local error: message too long, mtu: 1500
                                """).pathMtu()).hasValue(1500);
    }

    @Test
    void knowsNothingOfAPingThatDidNotSpeak() {
        assertThat(Pings.parse("ping: bind: Cannot assign requested address")).isEqualTo(Pings.NONE);
    }
}
