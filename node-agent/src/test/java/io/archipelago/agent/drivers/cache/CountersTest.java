package io.archipelago.agent.drivers.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CountersTest {

    @Test
    void readWhatSquidSays() {
        String said = """
                sample_time = 1796500000.123456 (Sat, 28 Nov 2026 19:00:00 GMT)
                client_http.requests = 12
                client_http.hits = 9
                client_http.kbytes_in = 3
                client_http.kbytes_out = 2048
                server.http.kbytes_in = 1024
                cpu_time = 0.123456
                """;

        assertThat(Counters.parse(said)).isEqualTo(new Counters(12, 9, 2 << 20, 1 << 20));
    }

    @Test
    void areZeroWhereSquidSaysNothing() {
        assertThat(Counters.parse("")).isEqualTo(new Counters(0, 0, 0, 0));
    }
}
