package io.archipelago.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DurationsTest {

    @Test
    void percentilesAreMeasuredValuesByNearestRank() {
        List<Duration> measured = new ArrayList<>();
        for (int second = 1; second <= 200; second++) {
            measured.add(Duration.ofSeconds(second));
        }
        Collections.shuffle(measured, new Random(1));

        Durations durations = Durations.of(measured);

        assertThat(durations.seconds(50)).isEqualTo(100);
        assertThat(durations.seconds(99)).isEqualTo(198);
        assertThat(durations.seconds(100)).isEqualTo(200);
    }

    @Test
    void ofAFewTheHighestPercentileIsTheLargest() {
        Durations durations = Durations.of(List.of(Duration.ofSeconds(3), Duration.ofSeconds(1)));

        assertThat(durations.seconds(50)).isEqualTo(1);
        assertThat(durations.seconds(99)).isEqualTo(3);
    }

    @Test
    void nothingMeasuredIsNoNumber() {
        assertThat(Durations.of(List.of()).seconds(50)).isNaN();
    }
}
