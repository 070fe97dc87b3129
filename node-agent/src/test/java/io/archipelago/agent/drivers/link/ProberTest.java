package io.archipelago.agent.drivers.link;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What arping says is understood. */
class ProberTest {

    @Test
    void isContentWithOneAnswerToEachBroadcast() {
        assertThat(Prober.broadcastFault("2 packets transmitted, 2 packets received,   0% unanswered (0 extra)"))
                .isEmpty();
    }

    @Test
    void seesALoopInAnAnswerTooMany() {
        assertThat(Prober.broadcastFault("2 packets transmitted, 5 packets received,   0% unanswered (3 extra)"))
                .contains("there is a loop");
    }

    @Test
    void seesThatBroadcastsDoNotPass() {
        assertThat(Prober.broadcastFault("2 packets transmitted, 0 packets received, 100% unanswered (0 extra)"))
                .contains("broadcasts do not pass");
        assertThat(Prober.broadcastFault("")).contains("broadcasts do not pass");
    }
}
