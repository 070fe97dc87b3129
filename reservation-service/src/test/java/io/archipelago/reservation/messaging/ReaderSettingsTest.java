package io.archipelago.reservation.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ReaderSettingsTest {

    @Test
    void speaksToABrokerAsItIsTold() {
        Map<String, Object> settings = ReaderSettings.of(
                "there:9093", Map.of("security.protocol", "SASL_SSL", "sasl.mechanism", "SCRAM-SHA-512"));

        assertThat(settings)
                .containsEntry("bootstrap.servers", "there:9093")
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("sasl.mechanism", "SCRAM-SHA-512");
    }

    @Test
    void remainsAReaderThatSkipsAndCommitsNothingWhateverItIsTold() {
        Map<String, Object> settings = ReaderSettings.of(
                "there:9093",
                Map.of(
                        "bootstrap.servers", "elsewhere:9092",
                        "group.id", "reservation",
                        "auto.offset.reset", "latest",
                        "enable.auto.commit", "true"));

        assertThat(settings)
                .isEqualTo(ReaderSettings.of("there:9093", Map.of()))
                .doesNotContainKey("group.id")
                .containsEntry("bootstrap.servers", "there:9093")
                .containsEntry("auto.offset.reset", "none")
                .containsEntry("enable.auto.commit", false);
    }
}
