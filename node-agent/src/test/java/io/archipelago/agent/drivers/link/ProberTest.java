package io.archipelago.agent.drivers.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.agent.os.Programs.Ended;
import org.junit.jupiter.api.Test;

/** What arping and ping say is understood. */
class ProberTest {

    @Test
    void isContentWithOneAnswerToEachBroadcast() throws Exception {
        assertThat(arped(0, "2 packets transmitted, 2 packets received,   0% unanswered (0 extra)"))
                .isEmpty();
    }

    @Test
    void seesALoopInAnAnswerTooMany() throws Exception {
        assertThat(arped(0, "2 packets transmitted, 5 packets received,   0% unanswered (3 extra)"))
                .contains("there is a loop");
    }

    @Test
    void seesThatBroadcastsDoNotPass() throws Exception {
        assertThat(arped(1, "2 packets transmitted, 0 packets received, 100% unanswered (0 extra)"))
                .contains("broadcasts do not pass");
    }

    @Test
    void tellsWhatKeepsArpingFromAsking() {
        assertThatThrownBy(() -> Prober.broadcastFault(new Ended(1, "", "arping: libnet_check_iface(): br0 is down\n")))
                .hasMessage("arping can not ask: arping: libnet_check_iface(): br0 is down");
    }

    @Test
    void tellsWhatKeepsPingFromAsking() {
        assertThatThrownBy(() -> Prober.pings(new Ended(2, "", "ping: connect: Network is unreachable\n")))
                .hasMessage("ping can not ask: ping: connect: Network is unreachable");
    }

    @Test
    void takesSilenceAndWidthFromPing() throws Exception {
        Pings pings = Prober.pings(new Ended(
                1,
                "1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms\n",
                "ping: local error: message too long, mtu=1380\n"));

        assertThat(pings.isAnswered()).isFalse();
        assertThat(pings.pathMtu()).hasValue(1380);
    }

    private static String arped(int code, String told) throws Exception {
        return Prober.broadcastFault(new Ended(code, told, ""));
    }
}
