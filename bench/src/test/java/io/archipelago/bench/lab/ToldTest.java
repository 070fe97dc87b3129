package io.archipelago.bench.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.archipelago.bench.lab.Told.Place;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ToldTest {

    private static final String PING = """
            PING 192.0.2.2 (192.0.2.2) 56(84) bytes of data.
            64 bytes from 192.0.2.2: icmp_seq=1 ttl=64 time=41.7 ms
            64 bytes from 192.0.2.2: icmp_seq=2 ttl=64 time=20.4 ms
            64 bytes from 192.0.2.2: icmp_seq=3 ttl=64 time=20 ms

            --- 192.0.2.2 ping statistics ---
            3 packets transmitted, 3 received, 0% packet loss, time 203ms
            rtt min/avg/max/mdev = 20.000/27.366/41.700/10.136 ms
            """;

    private static final String DD = """
            64+0 records in
            64+0 records out
            67108864 bytes (67 MB, 64 MiB) copied, 0.0518 s, 1.3 GB/s
            """;

    @Test
    void aRoundTripIsTheMedianOfWhatPingTells() throws IOException {
        assertThat(Told.roundTrip(PING)).isEqualTo(20.4);
    }

    @Test
    void noAnswerIsNoRoundTrip() {
        assertThatThrownBy(() -> Told.roundTrip("3 packets transmitted, 0 received"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("0 received");
    }

    @Test
    void whatArrivedIsTheThroughput() throws IOException {
        String said =
                "{\"end\": {\"sum_sent\": {\"bits_per_second\": 9e9}, \"sum_received\": {\"bits_per_second\": 151234567.8}}}";

        assertThat(Told.megabits(said)).isCloseTo(151.2345678, within(1e-6));
        assertThatThrownBy(() -> Told.megabits("{\"error\": \"the server is busy\"}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the server is busy");
    }

    @Test
    void aRateIsWhatWasCopiedByTheTimeThatItTook() throws IOException {
        assertThat(Told.megabytes(DD)).isCloseTo(67.108864 / 0.0518, within(1e-6));
        assertThat(Told.megabytes("1000000 bytes (1.0 MB, 977 KiB) copied, 2e-05 s, 50.0 GB/s"))
                .isCloseTo(50_000, within(1e-6));
        assertThatThrownBy(() -> Told.megabytes("dd: failed to open"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("failed to open");
    }

    @Test
    void aVolumeLiesOnItsDiskWhereItsExtentsAre() throws IOException {
        assertThat(Told.place("  /dev/ubda:3-66\n", 1 << 20, 4 << 20))
                .isEqualTo(new Place("/dev/ubda", 13 << 20, 256 << 20));
    }

    @Test
    void aVolumeInPiecesIsNotComparedWithItsDisk() {
        assertThatThrownBy(() -> Told.place("/dev/ubda:0-1\n/dev/ubda:7-8", 1 << 20, 4 << 20))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("one piece");
        assertThatThrownBy(() -> Told.place("", 1 << 20, 4 << 20)).isInstanceOf(IOException.class);
    }
}
