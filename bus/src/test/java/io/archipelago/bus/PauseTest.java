package io.archipelago.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class PauseTest {

    private static final BusConfig.Backoff BACKOFF = new BusConfig.Backoff() {
        @Override
        public Duration initial() {
            return Duration.ofMillis(100);
        }

        @Override
        public Duration max() {
            return Duration.ofSeconds(5);
        }
    };

    @Property
    void staysBetweenHalfAndWholeOfTheBound(
            @ForAll @IntRange(min = 1, max = 1_000_000) int attempt, @ForAll long seed) {
        Duration bound = attempt > 6 ? BACKOFF.max() : BACKOFF.initial().multipliedBy(1L << (attempt - 1));

        Duration pause = Pause.of(BACKOFF, attempt, new Random(seed));

        assertThat(pause).isBetween(bound.dividedBy(2), bound);
    }
}
