package io.archipelago.reservation;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.testkit.Settings;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FederationConfigTest {

    private static final Map<String, String> ALONE =
            Map.of("federation.own.number", "1", "federation.own.bootstrap-servers", "here:9092");

    @Test
    void aSiteStandsAloneUnlessToldOtherwise() {
        assertThat(Settings.of(FederationConfig.class, ALONE).peers()).isEmpty();
    }

    @Test
    void readsEachPeerUnderItsId() {
        Map<String, String> set = new HashMap<>(ALONE);
        set.put("federation.peers.osaka.number", "2");
        set.put("federation.peers.osaka.bootstrap-servers", "there:9092");

        FederationConfig config = Settings.of(FederationConfig.class, set);

        assertThat(config.own().number()).isEqualTo(1);
        assertThat(config.own().bootstrapServers()).isEqualTo("here:9092");
        assertThat(config.peers()).containsOnlyKeys("osaka");
        assertThat(config.peers()).extractingByKey("osaka").satisfies(osaka -> {
            assertThat(osaka.number()).isEqualTo(2);
            assertThat(osaka.bootstrapServers()).isEqualTo("there:9092");
            assertThat(osaka.kafka()).isEmpty();
        });
    }

    @Test
    void limitsAPeerUnlessToldOtherwise() {
        Map<String, String> set = new HashMap<>(ALONE);
        set.put("federation.peers.osaka.number", "2");
        set.put("federation.peers.osaka.bootstrap-servers", "there:9092");
        set.put("federation.peers.osaka.limits.machines", "7");

        FederationConfig config = Settings.of(FederationConfig.class, set);

        assertThat(config.limits().machines()).isEqualTo(1000);
        assertThat(config.limits().volumeGib()).isEqualTo(50_000);
        assertThat(config.peers()).extractingByKey("osaka").satisfies(osaka -> {
            assertThat(osaka.limits().machines()).hasValue(7);
            assertThat(osaka.limits().volumeGib()).isEmpty();
        });
    }

    @Test
    void readsHowAPeersBrokerIsSpokenTo() {
        Map<String, String> set = new HashMap<>(ALONE);
        set.put("federation.peers.osaka.number", "2");
        set.put("federation.peers.osaka.bootstrap-servers", "there:9093");
        set.put("federation.peers.osaka.kafka.\"security.protocol\"", "SSL");
        set.put("federation.peers.osaka.kafka.\"ssl.truststore.location\"", "osaka.p12");

        assertThat(Settings.of(FederationConfig.class, set).peers())
                .extractingByKey("osaka")
                .satisfies(osaka -> assertThat(osaka.kafka())
                        .isEqualTo(Map.of("security.protocol", "SSL", "ssl.truststore.location", "osaka.p12")));
    }
}
