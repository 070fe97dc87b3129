package io.archipelago.agent.drivers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DrawnTest {

    private static final List<String> METHODS =
            IntStream.range(0, 100).mapToObj(i -> "method" + i).toList();

    @Test
    void drawsAboutSoManyOfTen() {
        for (int ofTen = 0; ofTen <= 10; ofTen++) {
            assertThat(drawn(7, ofTen)).hasSizeBetween(Math.max(0, ofTen * 10 - 15), Math.min(100, ofTen * 10 + 15));
        }
        assertThat(drawn(7, 0)).isEmpty();
        assertThat(drawn(7, 10)).hasSize(100);
    }

    @Test
    void drawsTheSameBySeed() {
        assertThat(drawn(7, 4)).isEqualTo(drawn(7, 4)).isNotEqualTo(drawn(8, 4));
    }

    @Test
    void comesToEveryTestInTheEnd() {
        Set<String> all = new TreeSet<>();
        for (long seed = 0; seed < 50; seed++) {
            all.addAll(drawn(seed, 4));
        }

        assertThat(all).hasSize(100);
    }

    private static Set<String> drawn(long seed, int ofTen) {
        Set<String> drawn = new TreeSet<>(METHODS);
        drawn.removeIf(method -> !Drawn.isDrawn("type", method, seed, ofTen));
        return drawn;
    }
}
