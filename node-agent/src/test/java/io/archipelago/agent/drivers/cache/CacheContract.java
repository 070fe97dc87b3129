package io.archipelago.agent.drivers.cache;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.Drawn;
import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.Observed;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec.CacheSpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What whoever asks for a package cache may rely on, whichever driver makes it. */
@ExtendWith(Drawn.class)
abstract class CacheContract {

    protected static final ResourceKey CACHE = SiteFixture.cacheKey();

    private static final long MIB = 1L << 20;

    /** More than anybody needs who goes on where it stopped. */
    private static final int MOST_STEPS = 5;

    /** The driver of a gateway that was just started, on whatever is there. */
    protected abstract Driver<CacheSpec> driver();

    protected abstract Instant now();

    /** Lets the host do what it has begun. */
    protected abstract void settle();

    /** Has the power fail, and come back; the segment is there again. */
    protected abstract void cutPower();

    /** Makes the segment that the cache stands on. */
    protected abstract void makeSegment();

    /** Takes it away from under the cache. */
    protected abstract void loseSegment();

    @Test
    void isThereOnceItWasMade() throws Exception {
        // Given
        makeSegment();
        CacheSpec spec = spec("172.16.1.1", 64 * MIB);
        assertThat(observe(spec)).isEmpty();

        // When
        make(spec);

        // Then
        assertThat(observe(spec).get(CACHE)).satisfies(seen -> {
            assertThat(seen.condition()).isEqualTo(Condition.READY);
            assertThat(seen.reason()).isEmpty();
            assertThat(seen.details())
                    .containsEntry("bytes", Long.toString(64 * MIB))
                    .containsEntry("origin", "172.16.1.1");
            assertThat(seen.uses()).containsExactly(SiteFixture.segmentKey());
        });

        // When
        Observed first = withoutFigures(spec);
        driver().apply(CACHE, spec, now());
        settle();

        // Then
        assertThat(withoutFigures(spec)).as("made twice").isEqualTo(first);
        assertThat(driver().observe(Map.of(), now()).get(CACHE))
                .as("wanted by nobody")
                .satisfies(seen -> assertThat(seen.condition()).isEqualTo(Condition.READY));
    }

    @Test
    void takesAnotherOriginAndAnotherSize() throws Exception {
        // Given
        makeSegment();
        make(spec("172.16.1.1", 64 * MIB));
        CacheSpec other = spec("172.16.1.9", 128 * MIB);
        assertThat(condition(other)).isEqualTo(Condition.DIFFERENT);

        // When
        make(other);

        // Then
        assertThat(condition(other)).isEqualTo(Condition.READY);
    }

    @Test
    void isBrokenWithoutItsSegment() throws Exception {
        // Given
        makeSegment();
        CacheSpec spec = spec("172.16.1.1", 64 * MIB);
        make(spec);

        // When
        loseSegment();

        // Then
        assertThat(condition(spec)).isEqualTo(Condition.BROKEN);

        // When
        makeSegment();
        make(spec);

        // Then
        assertThat(condition(spec)).isEqualTo(Condition.READY);
    }

    @Test
    void isGoneOnceItWasRemoved() throws Exception {
        // Given
        makeSegment();
        CacheSpec spec = spec("172.16.1.1", 64 * MIB);
        make(spec);

        // When
        driver().remove(CACHE, now());
        settle();
        driver().remove(CACHE, now());
        settle();

        // Then
        assertThat(observe(spec)).isEmpty();
    }

    @Test
    void worksAgainAfterThePowerFailed() throws Exception {
        // Given
        makeSegment();
        CacheSpec spec = spec("172.16.1.1", 64 * MIB);
        make(spec);
        cutPower();
        assertThat(observe(spec).values()).noneMatch(seen -> seen.condition() == Condition.READY);

        // When
        make(spec);

        // Then
        assertThat(condition(spec)).isEqualTo(Condition.READY);
    }

    protected static CacheSpec spec(String origin, long bytes) {
        return new CacheSpec(SiteFixture.segmentKey(), origin, bytes, List.of());
    }

    /** In as many steps as it takes, as whoever reconciles does. */
    protected final void make(CacheSpec spec) throws DriverFault {
        for (int step = 0; step < MOST_STEPS; step++) {
            try {
                driver().apply(CACHE, spec, now());
            } catch (DriverFault fault) {
                assertThat(fault.isWaiting()).as(fault.reason()).isTrue();
            }
            settle();
            if (condition(spec) == Condition.READY) {
                return;
            }
        }
    }

    protected final Map<ResourceKey, Observed> observe(CacheSpec spec) throws DriverFault {
        return driver().observe(Map.of(CACHE, spec), now());
    }

    /** To ask for them makes them greater. */
    private Observed withoutFigures(CacheSpec spec) throws DriverFault {
        Observed seen = requireNonNull(observe(spec).get(CACHE));
        Map<String, String> details = new TreeMap<>(seen.details());
        details.keySet().retainAll(Set.of("bytes", "origin"));
        return new Observed(seen.condition(), seen.reason(), details, seen.uses());
    }

    protected final Condition condition(CacheSpec spec) throws DriverFault {
        Map<ResourceKey, Observed> seen = observe(spec);
        assertThat(seen).containsKey(CACHE);
        return requireNonNull(seen.get(CACHE)).condition();
    }
}
