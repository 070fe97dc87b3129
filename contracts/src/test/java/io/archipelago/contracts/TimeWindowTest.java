package io.archipelago.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TimeWindowTest {

    private static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");

    @Test
    void endsAfterItStarts() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TimeWindow(NOON, NOON))
                .withMessageContaining("a window ends after it starts");
        assertThatIllegalArgumentException().isThrownBy(() -> new TimeWindow(NOON, NOON.minusNanos(1)));
        assertThat(new TimeWindow(NOON, NOON.plusNanos(1)).length()).isEqualTo(Duration.ofNanos(1));
    }

    @Test
    void containsItsStartAndNotItsEnd() {
        TimeWindow window = window(0, 10);

        assertThat(window.contains(NOON)).isTrue();
        assertThat(window.contains(at(10).minusNanos(1))).isTrue();
        assertThat(window.contains(at(10))).isFalse();
        assertThat(window.contains(NOON.minusNanos(1))).isFalse();
    }

    @Test
    void doesNotOverlapTheNextOne() {
        assertThat(window(0, 10).overlaps(window(10, 20))).isFalse();
        assertThat(window(10, 20).overlaps(window(0, 10))).isFalse();
        assertThat(window(0, 11).overlaps(window(10, 20))).isTrue();
    }

    @Test
    void isWidenedByTheTimeForDeployingAndCleaning() {
        assertThat(window(10, 20).widened(Duration.ofSeconds(3), Duration.ofSeconds(4)))
                .isEqualTo(window(7, 24));
    }

    @Property
    void overlapsExactlyIfAnInstantLiesInBoth(
            @ForAll @IntRange(max = 8) int start,
            @ForAll @IntRange(min = 1, max = 8) int length,
            @ForAll @IntRange(max = 8) int otherStart,
            @ForAll @IntRange(min = 1, max = 8) int otherLength) {
        TimeWindow one = window(start, start + length);
        TimeWindow other = window(otherStart, otherStart + otherLength);

        boolean shared =
                IntStream.range(0, 17).mapToObj(TimeWindowTest::at).anyMatch(i -> one.contains(i) && other.contains(i));

        assertThat(one.overlaps(other)).isEqualTo(shared);
        assertThat(other.overlaps(one)).isEqualTo(shared);
    }

    private static TimeWindow window(int from, int to) {
        return new TimeWindow(at(from), at(to));
    }

    private static Instant at(int seconds) {
        return NOON.plusSeconds(seconds);
    }
}
