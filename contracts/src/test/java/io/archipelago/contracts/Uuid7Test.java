package io.archipelago.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class Uuid7Test {

    private static final Instant NOW = Instant.parse("2026-12-01T09:00:00.123Z");

    private final Random random = new Random(1);

    @Test
    void bearsItsVersionAndVariant() {
        UUID id = Uuid7.next(NOW, random);

        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
    }

    @Test
    void bearsItsTime() {
        UUID id = Uuid7.next(NOW, random);

        assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(NOW.toEpochMilli());
    }

    @Test
    void sortsByTime() {
        String earlier = Uuid7.next(NOW, random).toString();
        String later = Uuid7.next(NOW.plusMillis(1), random).toString();

        assertThat(earlier).isLessThan(later);
    }

    @Test
    void differsWithinAMillisecond() {
        assertThat(Uuid7.next(NOW, random)).isNotEqualTo(Uuid7.next(NOW, random));
    }
}
