package io.archipelago.agent.drivers;

import static io.archipelago.agent.SiteFixture.NINE;
import static io.archipelago.agent.SiteFixture.allocation;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BeatTest {

    private static final Beat BEAT = new Beat(Duration.ofSeconds(30));

    @Test
    void eachIsDueOnceInEveryInterval() {
        for (int number = 1; number <= 100; number++) {
            ResourceKey key = key(number);

            assertThat(IntStream.rangeClosed(1, 60)
                            .filter(second -> BEAT.isDue(key, NINE.plusSeconds(second - 1), NINE.plusSeconds(second))))
                    .hasSize(2);
            assertThat(BEAT.isDue(key, NINE, NINE.plusSeconds(30))).isTrue();
            assertThat(BEAT.isDue(key, NINE.plusSeconds(30), NINE)).isTrue();
        }
    }

    @Test
    void notAllAreDueAtTheSameMoment() {
        for (int second = 0; second < 30; second += 3) {
            int from = second;

            assertThat(IntStream.rangeClosed(1, 100)
                            .filter(number ->
                                    BEAT.isDue(key(number), NINE.plusSeconds(from), NINE.plusSeconds(from + 3))))
                    .as("of a hundred, in a tenth of the interval")
                    .hasSizeBetween(1, 30);
        }
    }

    private static ResourceKey key(int number) {
        return ResourceKey.of(ResourceKind.CACHE, allocation(number));
    }
}
