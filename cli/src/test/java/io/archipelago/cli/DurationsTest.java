package io.archipelago.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({"90s,PT90S", "5m,PT5M", "1h30m,PT90M", "PT1H,PT1H", "P1D,PT24H", "1.5s,PT1.5S"})
    void readsWhatPeopleWrite(String text, Duration expected) {
        assertThat(Durations.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "soon", "-5s", "0s", "PT"})
    void refusesWhatIsNoLengthOfTime(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Durations.parse(text))
                .withMessageContaining("\"" + text + "\"");
    }

    @ParameterizedTest
    @CsvSource({"PT0.25S,250ms", "PT30S,30s", "PT125S,2m 5s", "PT1H,1h", "PT105H,4d 9h", "PT24H5S,1d"})
    void saysItInTwoUnits(Duration duration, String words) {
        assertThat(Durations.words(duration)).isEqualTo(words);
    }
}
