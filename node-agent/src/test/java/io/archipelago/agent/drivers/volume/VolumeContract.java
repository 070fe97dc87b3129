package io.archipelago.agent.drivers.volume;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.Drawn;
import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.InEveryRun;
import io.archipelago.agent.drivers.Observed;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What whoever asks for a volume may rely on, whichever driver makes it. */
@ExtendWith(Drawn.class)
abstract class VolumeContract {

    protected static final long MIB = 1L << 20;

    protected static final ResourceKey VOLUME = SiteFixture.volumeKey("n1");
    private static final ResourceKey OTHER = SiteFixture.volumeKey("n2");
    protected static final HostId INITIATOR = SiteFixture.COMPUTE;

    /** The driver of a host that was just started, on whatever is there. */
    protected abstract Driver<VolumeSpec> driver();

    protected abstract Instant now();

    /** A pool with room for a few small volumes. */
    protected abstract String pool();

    protected abstract String sealed(String secret);

    /** Sealed to another host. */
    protected abstract String sealedElsewhere(String secret);

    /** Lets the host do what it has begun. */
    protected abstract void settle();

    /** Has the power fail, and come back. */
    protected abstract void cutPower() throws DriverFault;

    @Test
    void isThereOnceItWasMade() throws Exception {
        // Given
        VolumeSpec spec = spec(64 * MIB, INITIATOR, "secret-number-1");
        assertThat(observe(spec)).doesNotContainKey(VOLUME);

        // When
        make(VOLUME, spec);

        // Then
        assertThat(observe(spec).get(VOLUME))
                .isEqualTo(new Observed(
                        Condition.READY,
                        "",
                        Map.of("pool", pool(), "bytes", Long.toString(64 * MIB), "initiator", INITIATOR.value()),
                        Set.of()));
    }

    @Test
    void isTheSameForTheNextAgent() throws Exception {
        // Given
        VolumeSpec spec = spec(64 * MIB, INITIATOR, "secret-number-1");
        make(VOLUME, spec);

        // When
        Observed seen = driver().observe(Map.of(VOLUME, spec), now()).get(VOLUME);

        // Then
        assertThat(seen).isEqualTo(observe(spec).get(VOLUME));
    }

    @Test
    void isMadeTwiceWithoutHarm() throws Exception {
        // Given
        VolumeSpec spec = spec(64 * MIB, INITIATOR, "secret-number-1");
        make(VOLUME, spec);

        // When
        make(VOLUME, spec);

        // Then
        assertThat(condition(spec)).isEqualTo(Condition.READY);
    }

    @Test
    @InEveryRun
    void grows() throws Exception {
        // Given
        make(VOLUME, spec(64 * MIB, INITIATOR, "secret-number-1"));
        VolumeSpec larger = spec(128 * MIB, INITIATOR, "secret-number-1");
        assertThat(condition(larger)).isEqualTo(Condition.DIFFERENT);

        // When
        make(VOLUME, larger);

        // Then
        assertThat(condition(larger)).isEqualTo(Condition.READY);
    }

    @Test
    void neverShrinks() throws Exception {
        // Given
        make(VOLUME, spec(128 * MIB, INITIATOR, "secret-number-1"));
        VolumeSpec smaller = spec(64 * MIB, INITIATOR, "secret-number-1");

        // Then
        assertThatThrownBy(() -> make(VOLUME, smaller))
                .isInstanceOf(DriverFault.class)
                .hasMessageContaining("neither shrinks");
        assertThat(condition(spec(128 * MIB, INITIATOR, "secret-number-1"))).isEqualTo(Condition.READY);
    }

    @Test
    @InEveryRun
    void isTakenFromTheHostThatHadIt() throws Exception {
        // Given
        make(VOLUME, spec(64 * MIB, INITIATOR, "secret-number-1"));
        VolumeSpec fenced = spec(64 * MIB, null, "secret-number-1");
        assertThat(condition(fenced)).isNotEqualTo(Condition.READY);

        // When
        make(VOLUME, fenced);

        // Then
        assertThat(observe(fenced).get(VOLUME)).satisfies(seen -> {
            assertThat(seen.condition()).isEqualTo(Condition.READY);
            assertThat(seen.details()).containsEntry("initiator", "none");
        });
    }

    @Test
    void takesAnotherSecret() throws Exception {
        // Given
        make(VOLUME, spec(64 * MIB, INITIATOR, "secret-number-1"));
        VolumeSpec other = spec(64 * MIB, INITIATOR, "secret-number-2");
        assertThat(condition(other)).isNotEqualTo(Condition.READY);

        // When
        make(VOLUME, other);

        // Then
        assertThat(condition(other)).isEqualTo(Condition.READY);
    }

    @Test
    void refusesASecretThatIsForAnotherHost() throws Exception {
        // Given
        VolumeSpec spec = new VolumeSpec(pool(), 64 * MIB, INITIATOR, "user", sealedElsewhere("secret-number-1"));

        // Then
        assertThatThrownBy(() -> make(VOLUME, spec))
                .isInstanceOf(DriverFault.class)
                .hasMessageContaining("not sealed to this host");
        assertThat(observe(spec)).doesNotContainKey(VOLUME);
    }

    @Test
    void refusesAPoolThatTheHostHasNot() throws Exception {
        // Given
        VolumeSpec spec = new VolumeSpec("nosuch", 64 * MIB, INITIATOR, "user", sealed("secret-number-1"));

        // Then
        assertThatThrownBy(() -> make(VOLUME, spec))
                .isInstanceOf(DriverFault.class)
                .hasMessageContaining("no pool nosuch");
    }

    @Test
    void isGoneOnceItWasRemoved() throws Exception {
        // Given
        VolumeSpec spec = spec(64 * MIB, INITIATOR, "secret-number-1");
        make(VOLUME, spec);
        make(OTHER, spec);

        // When
        driver().remove(VOLUME, now());
        driver().remove(VOLUME, now());
        settle();

        // Then
        assertThat(observe(spec)).containsOnlyKeys(OTHER);
        driver().remove(VOLUME, now());
        make(VOLUME, spec);
        assertThat(condition(spec)).isEqualTo(Condition.READY);
    }

    @Test
    @InEveryRun
    void isServedAgainAfterThePowerFailed() throws Exception {
        // Given
        VolumeSpec spec = spec(64 * MIB, INITIATOR, "secret-number-1");
        make(VOLUME, spec);
        cutPower();
        assertThat(condition(spec)).isEqualTo(Condition.BROKEN);

        // When
        make(VOLUME, spec);

        // Then
        assertThat(condition(spec)).isEqualTo(Condition.READY);
    }

    @Test
    void isSeenThoughNobodyWantsIt() throws Exception {
        // Given
        make(VOLUME, spec(64 * MIB, INITIATOR, "secret-number-1"));

        // Then
        assertThat(driver().observe(Map.of(), now()).get(VOLUME))
                .satisfies(seen -> assertThat(seen.condition()).isEqualTo(Condition.READY));
    }

    protected VolumeSpec spec(long bytes, @Nullable HostId initiator, String secret) {
        return new VolumeSpec(pool(), bytes, initiator, "user", sealed(secret));
    }

    private void make(ResourceKey key, VolumeSpec spec) throws DriverFault {
        driver().apply(key, spec, now());
        settle();
    }

    private Map<ResourceKey, Observed> observe(VolumeSpec spec) throws DriverFault {
        return driver().observe(Map.of(VOLUME, spec), now());
    }

    private Condition condition(VolumeSpec spec) throws DriverFault {
        Map<ResourceKey, Observed> seen = observe(spec);
        assertThat(seen).containsKey(VOLUME);
        return requireNonNull(seen.get(VOLUME)).condition();
    }
}
