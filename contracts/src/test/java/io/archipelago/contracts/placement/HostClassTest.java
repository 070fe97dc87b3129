package io.archipelago.contracts.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.placement.CapacitySlice.HostClass;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class HostClassTest {

    @Property
    void fitsWhatCanBePutThereOneByOne(
            @ForAll @IntRange(max = 3) int hosts,
            @ForAll @IntRange(min = -2, max = 9) int cpus,
            @ForAll @IntRange(min = -2, max = 9) int memory,
            @ForAll @IntRange(min = 1, max = 4) int machineCpus,
            @ForAll @IntRange(min = 1, max = 4) int machineMemory,
            @ForAll @IntRange(min = 1, max = 4) int maxPerHost) {
        // Given
        int onOne = 0;
        while (onOne < maxPerHost && (onOne + 1) * machineCpus <= cpus && (onOne + 1) * machineMemory <= memory) {
            onOne++;
        }

        // When
        int fits = new HostClass(hosts, cpus, memory).fits(machineCpus, machineMemory, maxPerHost);

        // Then
        assertThat(fits).isEqualTo(onOne * hosts);
    }

    @Test
    void doesNotOverflow() {
        assertThat(new HostClass(Integer.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE).fits(1, 1, Integer.MAX_VALUE))
                .isEqualTo(Integer.MAX_VALUE);
    }
}
