package io.archipelago.agent.drivers.machine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.Observed;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What whoever asks for a machine may rely on, whichever driver makes it. */
abstract class MachineContract {

    protected static final long MIB = 1L << 20;

    protected static final ResourceKey MACHINE = SiteFixture.machineKey("n1");
    protected static final ResourceKey OTHER = SiteFixture.machineKey("n2");

    /** A host that was just started, on whatever is there, with the disks of {@code n1} and {@code n2} and a segment. */
    protected abstract Driver<MachineSpec> driver();

    protected abstract Instant now();

    /** Lets the host do what it has begun. */
    protected abstract void settle() throws Exception;

    /** Has the power fail, and come back; then disks and segment are there again. */
    protected abstract void cutPower() throws Exception;

    @Test
    void runsOnceItWasMade() throws Exception {
        // Given
        MachineSpec spec = spec("n1");
        assertThat(observe(MACHINE, spec)).doesNotContainKey(MACHINE);

        // When
        make(MACHINE, spec);

        // Then
        assertThat(seen(MACHINE, spec)).satisfies(seen -> {
            assertThat(seen.condition()).isEqualTo(Condition.READY);
            assertThat(seen.reason()).isEmpty();
            assertThat(seen.uses()).containsExactlyInAnyOrder(spec.disk(), spec.segment());
            assertThat(seen.details())
                    .containsAllEntriesOf(Map.of("name", "n1", "mac", spec.mac(), "address", spec.address()));
        });
    }

    @Test
    void isTheSameForTheNextAgent() throws Exception {
        // Given
        MachineSpec spec = spec("n1");
        make(MACHINE, spec);
        Observed before = seen(MACHINE, spec);

        // When
        Observed seen = driver().observe(Map.of(MACHINE, spec), now()).get(MACHINE);

        // Then
        assertThat(seen).isEqualTo(before);
    }

    @Test
    void isMadeTwiceWithoutHarm() throws Exception {
        // Given
        MachineSpec spec = spec("n1");
        make(MACHINE, spec);

        // When
        make(MACHINE, spec);

        // Then
        assertThat(condition(MACHINE, spec)).isEqualTo(Condition.READY);
    }

    @Test
    void isReplacedWhenItShouldBeAnother() throws Exception {
        // Given
        MachineSpec spec = spec("n1");
        make(MACHINE, spec);
        MachineSpec larger = new MachineSpec(
                spec.name(), 2, 160 * MIB, "02:00:00:00:00:77", spec.address(), spec.disk(), spec.segment());
        assertThat(condition(MACHINE, larger)).isEqualTo(Condition.DIFFERENT);

        // When
        make(MACHINE, larger);

        // Then
        assertThat(condition(MACHINE, larger)).isEqualTo(Condition.READY);
        assertThat(condition(MACHINE, spec)).isEqualTo(Condition.DIFFERENT);
    }

    @Test
    void isNotMadeWithoutItsDisk() throws Exception {
        // Given
        MachineSpec spec = spec("n3");

        // Then
        assertThatThrownBy(() -> make(MACHINE, spec))
                .isInstanceOf(DriverFault.class)
                .hasMessageContaining(spec.disk().toString());
        assertThat(observe(MACHINE, spec)).doesNotContainKey(MACHINE);
    }

    @Test
    void isGoneOnceItWasRemoved() throws Exception {
        // Given
        make(MACHINE, spec("n1"));
        make(OTHER, spec("n2"));

        // When
        driver().remove(MACHINE, now());
        driver().remove(MACHINE, now());
        settle();

        // Then
        assertThat(observe(OTHER, spec("n2"))).containsOnlyKeys(OTHER);
        assertThat(condition(OTHER, spec("n2"))).isEqualTo(Condition.READY);
        driver().remove(MACHINE, now());
        make(MACHINE, spec("n1"));
        assertThat(condition(MACHINE, spec("n1"))).isEqualTo(Condition.READY);
    }

    @Test
    void runsAgainAfterThePowerFailed() throws Exception {
        // Given
        MachineSpec spec = spec("n1");
        make(MACHINE, spec);
        cutPower();
        assertThat(observe(MACHINE, spec).values()).noneMatch(seen -> seen.condition() == Condition.READY);

        // When
        make(MACHINE, spec);

        // Then
        assertThat(condition(MACHINE, spec)).isEqualTo(Condition.READY);
    }

    @Test
    void isSeenThoughNobodyWantsIt() throws Exception {
        // Given
        MachineSpec spec = spec("n1");
        make(MACHINE, spec);

        // Then
        assertThat(driver().observe(Map.of(), now()).get(MACHINE)).satisfies(seen -> {
            assertThat(seen.condition()).isEqualTo(Condition.READY);
            assertThat(seen.uses()).containsExactlyInAnyOrder(spec.disk(), spec.segment());
        });
    }

    protected static MachineSpec spec(String name) {
        return new MachineSpec(
                name,
                1,
                128 * MIB,
                "02:00:00:00:00:" + (name.equals("n1") ? "01" : "02"),
                "172.16.1." + (name.equals("n1") ? 1 : 2),
                SiteFixture.diskKey(name),
                SiteFixture.segmentKey());
    }

    protected final void make(ResourceKey key, MachineSpec spec) throws Exception {
        driver().apply(key, spec, now());
        settle();
    }

    protected final Map<ResourceKey, Observed> observe(ResourceKey key, MachineSpec spec) throws DriverFault {
        return driver().observe(Map.of(key, spec), now());
    }

    protected final Observed seen(ResourceKey key, MachineSpec spec) throws DriverFault {
        Map<ResourceKey, Observed> seen = observe(key, spec);
        assertThat(seen).containsKey(key);
        return requireNonNull(seen.get(key));
    }

    protected final Condition condition(ResourceKey key, MachineSpec spec) throws DriverFault {
        return seen(key, spec).condition();
    }
}
