package io.archipelago.agent.drivers.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What OpenVPN's log tells of the peer. */
class OpenVpnTest {

    private static final String REFUSAL =
            "2026-11-28 23:03:10 TLS Error: --tls-verify/--peer-fingerprint certificate hash"
                    + " verification failed. (got certificate fingerprint: 23:e6:4f";

    @Test
    void aPeerWithAnotherCertificateIsRefused() {
        assertThat(OpenVpn.isRefused("192.0.2.2", List.of(begun("[AF_INET]192.0.2.2:42799"), REFUSAL)))
                .isTrue();
        assertThat(OpenVpn.isRefused("2001:DB8:0::2", List.of(begun("[AF_INET6]2001:db8::2:42799"), REFUSAL)))
                .isTrue();
    }

    @Test
    void aStrangerWhoKnocksIsNotThePeer() {
        assertThat(OpenVpn.isRefused("192.0.2.2", List.of(begun("[AF_INET]192.0.2.3:42799"), REFUSAL)))
                .isFalse();
        assertThat(OpenVpn.isRefused(
                        "192.0.2.2",
                        List.of(
                                begun("[AF_INET]192.0.2.2:5000"),
                                "2026-11-28 23:03:11 Initialization Sequence Completed",
                                begun("[AF_INET]192.0.2.3:42799"),
                                REFUSAL)))
                .isFalse();
        assertThat(OpenVpn.isRefused("gateway.example", List.of(begun("[AF_INET]192.0.2.3:42799"), REFUSAL)))
                .isFalse();
    }

    private static String begun(String from) {
        return "2026-11-28 23:03:10 TLS: Initial packet from %s, sid=b8fed2ca f5817e90".formatted(from);
    }
}
