package io.archipelago.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.testkit.Settings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlacementConfigTest {

    @Test
    void everyKeyHasItsDefault() {
        PlacementConfig config = Settings.of(PlacementConfig.class, Map.of());

        assertThat(config.advertiseEvery()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.advertiseAtLeastEvery()).isEqualTo(Duration.ofSeconds(60));
        assertThat(config.believeFor()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.price()).isEmpty();
        assertThat(config.advertisedSlices()).isEqualTo(32);
    }
}
