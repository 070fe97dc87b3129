package io.archipelago.contracts.allocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationSpec.Software;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineGroupTest {

    @ParameterizedTest
    @CsvSource({"0,1,1,1,1,1", "1,0,1,1,1,1", "1,1,0,1,1,1", "1,1,1,0,1,1", "1,1,1,1,0,1", "1,1,1,1,1,0"})
    void hasNoFigureBelowOne(int ordinal, int count, int cpus, long memory, long disk, int maxPerHost) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MachineGroup(MachineRole.COMPUTE, ordinal, count, cpus, memory, disk, maxPerHost))
                .withMessageContaining("at least 1");
    }

    @Test
    void addsUpToTheMachinesAndDisksOfAShare() {
        AllocationSpec spec = new AllocationSpec(
                new TenantId("astro"),
                "survey",
                1,
                new SiteId("tokyo"),
                List.of(),
                new TimeWindow(Instant.parse("2026-12-01T09:00:00Z"), Instant.parse("2026-12-01T10:00:00Z")),
                List.of(
                        new MachineGroup(MachineRole.FRONTEND, 4093, 1, 2, 4, 40, 1),
                        new MachineGroup(MachineRole.COMPUTE, 1, 3, 2, 4, 20, 2)),
                ClusterAddressing.DEFAULT_NETWORK,
                new Software("debian-12", List.of("slurm")));

        assertThat(spec.machines()).isEqualTo(4);
        assertThat(spec.diskBytes()).isEqualTo(100);
    }

    @Test
    void numbersItsMachinesFromTheFirstOnButForThoseThatAreRetired() {
        MachineGroup group = group(3).without(Set.of(2)).plus(2);

        assertThat(group.ordinals()).containsExactly(1, 3, 4, 5);
        assertThat(group.retired()).containsExactly(2);
        assertThat(group.count()).isEqualTo(4);
    }

    @Test
    void passesOverOrdinalsThatItDoesNotHave() {
        assertThat(group(3).without(Set.of(4093, 7))).isEqualTo(group(3));
    }

    @Test
    void isLikeOneInWhichOthersTookThePlaceOfSome() {
        assertThat(group(3).isLike(group(3).plus(1).without(Set.of(1)))).isTrue();
        assertThat(group(3).plus(1).without(Set.of(1)).isLike(group(3))).isTrue();
        assertThat(group(3).isLike(group(4))).isFalse();
        assertThat(group(3).isLike(new MachineGroup(MachineRole.COMPUTE, 1, 3, 2, 4, 21, 2)))
                .isFalse();
    }

    @Test
    void isNeverEmpty() {
        assertThatIllegalArgumentException().isThrownBy(() -> group(2).without(Set.of(1, 2)));
    }

    @Property
    void neverUsesAnOrdinalAgain(@ForAll @Size(max = 20) List<@IntRange(min = 1, max = 3) Integer> losses) {
        // Given
        MachineGroup group = group(3);
        Set<Integer> once = new HashSet<>();

        for (int lost : losses) {
            // When
            once.addAll(group.ordinals());
            List<Integer> before = group.ordinals();
            Set<Integer> gone = Set.copyOf(before.subList(3 - lost, 3));
            group = group.plus(lost).without(gone);

            // Then
            Set<Integer> others = new HashSet<>(group.ordinals());
            others.removeAll(before);
            assertThat(group.ordinals()).hasSize(3).doesNotContainAnyElementsOf(gone);
            assertThat(others).hasSize(lost).doesNotContainAnyElementsOf(once);
        }
    }

    private static MachineGroup group(int count) {
        return new MachineGroup(MachineRole.COMPUTE, 1, count, 2, 4, 20, 2);
    }
}
