package io.archipelago.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BookingSettingsTest {

    @Test
    void aMillionBookingsAreUsual() {
        assertThat(BookingSettings.parse(List.of()))
                .isEqualTo(new BookingSettings(1_000_000, 1_000, 3, 5_000, 1, true, Optional.empty()));
    }

    @Test
    void everyOptionChangesWhatItNames() {
        List<String> all = List.of(
                "--most 20000 --hosts 50 --seconds 2 --stored 7 --seed 3 --no-peer --picture curves.svg".split(" "));

        assertThat(BookingSettings.parse(all))
                .isEqualTo(new BookingSettings(20_000, 50, 2, 7, 3, false, Optional.of(Path.of("curves.svg"))));
    }

    @ParameterizedTest
    @CsvSource({"--most,1000,1000000", "--hosts,10,1000", "--seconds,1,60", "--stored,0,100000", "--seed,0,2147483647"})
    void aNumberOutOfItsRangeIsRefusedWithTheRange(String option, long least, long most) {
        for (long wrong : new long[] {least - 1, most + 1}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> BookingSettings.parse(List.of(option, Long.toString(wrong))))
                    .withMessageContaining(option)
                    .withMessageContaining(Long.toString(least))
                    .withMessageContaining(Long.toString(most));
        }
    }

    @Test
    void curvesOfOnePointAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BookingSettings.parse(List.of("--picture", "curves.svg", "--most", "9999")))
                .withMessageContaining("--most 10000");
    }

    @Test
    void anOptionThatNobodyKnowsIsRefusedWithThoseThatThereAre() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BookingSettings.parse(List.of("--sites", "3")))
                .withMessageContaining("--sites")
                .withMessageContaining(BookingSettings.USAGE);
    }
}
