package io.archipelago.agent.drivers.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.Drawn;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.Observed;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What whoever asks for a machine may rely on, whichever driver makes it. */
@ExtendWith(Drawn.class)
abstract class MachineContract extends MachineCalls {

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
    void isRebootedOnceWhenThatIsAsked() throws Exception {
        // Given
        MachineSpec spec = spec("n1");
        make(MACHINE, spec);
        MachineSpec rebooted = spec.rebootedWith(7);
        assertThat(condition(MACHINE, rebooted)).isEqualTo(Condition.DIFFERENT);

        // When
        make(MACHINE, rebooted);

        // Then
        assertThat(condition(MACHINE, rebooted)).isEqualTo(Condition.READY);
        assertThat(condition(MACHINE, spec))
                .as("for whoever has forgotten that it was asked")
                .isEqualTo(Condition.READY);
        assertThat(condition(MACHINE, spec.rebootedWith(8))).isEqualTo(Condition.DIFFERENT);
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
    void isNotMadeWithoutItsSegment() throws Exception {
        // Given
        MachineSpec spec = spec("n1");
        ResourceKey missing = ResourceKey.of(ResourceKind.SEGMENT, SiteFixture.allocation(77));
        MachineSpec elsewhere = new MachineSpec(
                spec.name(), spec.cpus(), spec.memoryBytes(), spec.mac(), spec.address(), spec.disk(), missing);

        // Then
        assertThatThrownBy(() -> make(MACHINE, elsewhere))
                .isInstanceOf(DriverFault.class)
                .hasMessageContaining(missing.toString());
        assertThat(observe(MACHINE, elsewhere)).doesNotContainKey(MACHINE);
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
}
