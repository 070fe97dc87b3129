package io.archipelago.participant;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.testkit.Settings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ParticipantConfigTest {

    @Test
    void everyKeyHasItsDefault() {
        ParticipantConfig config = Settings.of(ParticipantConfig.class, Map.of());

        assertThat(config.lead()).isEqualTo(Duration.ofMinutes(2));
        assertThat(config.turnRound()).isEqualTo(Duration.ofMinutes(2));
        assertThat(config.grace()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.lookAgain()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.tellEvery()).isEqualTo(Duration.ofMillis(500));
        assertThat(config.lostAfter()).isEqualTo(Duration.ofSeconds(60));
        assertThat(config.republishAfter()).isEqualTo(Duration.ofSeconds(10));
    }
}
