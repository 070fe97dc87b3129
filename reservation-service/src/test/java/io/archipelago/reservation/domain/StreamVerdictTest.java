package io.archipelago.reservation.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.federation.StreamPosition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamVerdictTest {

    @ParameterizedTest
    @CsvSource({
        "3, 18, TAKE",
        "3, 17, TAKE_LATE",
        "3, 16, TAKE_LATE",
        "3, 19, TAKE_AND_COMPARE",
        "4, 1, TAKE_AND_COMPARE",
        "4, 18, TAKE_AND_COMPARE",
        "2, 18, PASS_OVER"
    })
    void dependsOnWhatWasTakenLast(long epoch, long sequence, StreamVerdict verdict) {
        assertThat(StreamVerdict.judge(position(3, 17), position(epoch, sequence)))
                .isEqualTo(verdict);
    }

    @Test
    void comparesIfTheBeginningWasMissed() {
        assertThat(StreamVerdict.judge(null, position(3, 1))).isEqualTo(StreamVerdict.TAKE);
        assertThat(StreamVerdict.judge(null, position(3, 2))).isEqualTo(StreamVerdict.TAKE_AND_COMPARE);
    }

    private static StreamPosition position(long epoch, long sequence) {
        return new StreamPosition(new SiteId("osaka"), epoch, sequence);
    }
}
