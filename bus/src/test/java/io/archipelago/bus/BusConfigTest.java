package io.archipelago.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.testkit.Settings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BusConfigTest {

    @Test
    void hasTheseDefaults() {
        BusConfig config = with(Map.of());

        assertThat(config.service()).isEqualTo("placement");
        assertThat(config.transactionRetries()).isEqualTo(8);
        assertThat(config.backoff().initial()).isEqualTo(Duration.ofMillis(100));
        assertThat(config.backoff().max()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.due().interval()).isEqualTo(Duration.ofMillis(500));
        assertThat(config.relay().enabled()).isTrue();
        assertThat(config.relay().poll()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.relay().patience()).isEqualTo(Duration.ofSeconds(8));
        assertThat(config.relay().window()).isEqualTo(1000);
        assertThat(config.inbox().memory()).isEqualTo(Duration.ofDays(8));
        assertThat(config.inbox().raceTries()).isEqualTo(40);
    }

    @Test
    void readsTheseKeys() {
        Map<String, String> set = new HashMap<>(Map.of(
                "bus.service", "other",
                "bus.transaction-retries", "1",
                "bus.backoff.initial", "1ms",
                "bus.backoff.max", "2ms",
                "bus.due.interval", "3ms",
                "bus.relay.enabled", "false",
                "bus.relay.poll", "4ms",
                "bus.relay.window", "5",
                "bus.relay.patience", "7ms",
                "bus.inbox.memory", "PT6H"));
        set.put("bus.inbox.race-tries", "8");
        BusConfig config = with(set);

        assertThat(config.site()).isEqualTo("tokyo");
        assertThat(config.service()).isEqualTo("other");
        assertThat(config.transactionRetries()).isEqualTo(1);
        assertThat(config.backoff().initial()).isEqualTo(Duration.ofMillis(1));
        assertThat(config.backoff().max()).isEqualTo(Duration.ofMillis(2));
        assertThat(config.due().interval()).isEqualTo(Duration.ofMillis(3));
        assertThat(config.relay().enabled()).isFalse();
        assertThat(config.relay().poll()).isEqualTo(Duration.ofMillis(4));
        assertThat(config.relay().window()).isEqualTo(5);
        assertThat(config.relay().patience()).isEqualTo(Duration.ofMillis(7));
        assertThat(config.inbox().memory()).isEqualTo(Duration.ofHours(6));
        assertThat(config.inbox().raceTries()).isEqualTo(8);
    }

    private static BusConfig with(Map<String, String> settings) {
        Map<String, String> set = new HashMap<>(Map.of("bus.site", "tokyo", "quarkus.application.name", "placement"));
        set.putAll(settings);
        return Settings.of(BusConfig.class, set);
    }
}
