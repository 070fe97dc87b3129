package io.archipelago.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlowSettingsTest {

    @Test
    void whatIsGivenIsTakenAndTheRestIsAsUsual() {
        FlowSettings usual = FlowSettings.parse(List.of());

        FlowSettings settings = FlowSettings.parse(List.of("--concurrency", "8", "--seed", "42"));

        assertThat(settings).isEqualTo(new FlowSettings(usual.reservations(), 8, usual.cycles(), usual.warmUp(), 42));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "65", "-1", "many", ""})
    void aBadNumberIsRefusedWithWhatIsAllowed(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FlowSettings.parse(List.of("--concurrency", text)))
                .withMessageContaining("--concurrency takes a number from 1 to 64")
                .withMessageContaining('"' + text + '"');
    }

    @Test
    void anUnknownOptionIsRefusedWithThoseThatThereAre() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FlowSettings.parse(List.of("--turbo", "1")))
                .withMessageContaining("--turbo")
                .withMessageContaining("--reservations");
    }

    @Test
    void anOptionWithoutItsNumberIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FlowSettings.parse(List.of("--cycles")))
                .withMessageContaining("--cycles needs a number");
    }
}
