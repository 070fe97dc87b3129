package io.archipelago.participant.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.participant.persistence.HostStore.Announced;
import org.junit.jupiter.api.Test;

class AnnouncedTest {

    @Test
    void theLaterHeartbeatCountsWhicheverWasReadFirst() {
        // Given
        Announced first = new Announced(1, 9, "first");
        Announced next = new Announced(1, 10, "next");
        Announced afterRestart = new Announced(2, 1, "after a restart");

        // Then
        assertThat(first.later(next)).isEqualTo(next);
        assertThat(next.later(first)).isEqualTo(next);
        assertThat(next.later(afterRestart)).isEqualTo(afterRestart);
        assertThat(afterRestart.later(next)).isEqualTo(afterRestart);
    }
}
