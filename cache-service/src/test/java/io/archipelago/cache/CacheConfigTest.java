package io.archipelago.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.testkit.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheConfigTest {

    @Test
    void everyKeyHasItsDefault() {
        CacheConfig config = Settings.of(CacheConfig.class, Map.of());

        assertThat(config.perCluster().asLongValue()).isEqualTo(4L << 30);
    }
}
