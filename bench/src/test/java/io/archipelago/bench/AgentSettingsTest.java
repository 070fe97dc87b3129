package io.archipelago.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.archipelago.bench.lab.LabSettings;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentSettingsTest {

    @Test
    void aThousandResourcesAndAWanOf20MillisecondsAreUsual() {
        assertThat(AgentSettings.parse(List.of()))
                .isEqualTo(new AgentSettings(250, 200, 1, true, new LabSettings(3, 3, 20, 160, 256)));
    }

    @Test
    void everyOptionChangesWhatItNames() {
        List<String> all = List.of(
                "--clusters 10 --steps 11 --seed 12 --no-lab --rounds 13 --seconds 14 --latency 15 --rate 16 --megabytes 17"
                        .split(" "));

        assertThat(AgentSettings.parse(all))
                .isEqualTo(new AgentSettings(10, 11, 12, false, new LabSettings(13, 14, 15, 16, 17)));
    }

    @ParameterizedTest
    @CsvSource({
        "--clusters,1,2500",
        "--steps,1,10000",
        "--seed,0,2147483647",
        "--rounds,1,20",
        "--seconds,1,60",
        "--latency,0,1000",
        "--rate,1,10000",
        "--megabytes,16,1000"
    })
    void aNumberOutOfRangeIsRefusedWithTheRange(String option, int least, int most) {
        AgentSettings.parse(List.of(option, Integer.toString(least)));
        AgentSettings.parse(List.of(option, Integer.toString(most)));
        for (String bad : List.of(Long.toString(least - 1L), Long.toString(most + 1L), "many", "")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> AgentSettings.parse(List.of(option, bad)))
                    .withMessage("%s takes a number from %d to %d, not \"%s\"".formatted(option, least, most, bad));
        }
    }

    @Test
    void anUnknownOptionIsRefusedWithThoseThatThereAre() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AgentSettings.parse(List.of("--turbo", "1")))
                .withMessageContaining("--turbo")
                .withMessageContaining("--megabytes");
    }

    @Test
    void anOptionWithoutItsNumberIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AgentSettings.parse(List.of("--no-lab", "--rounds")))
                .withMessageContaining("--rounds needs a number");
    }
}
