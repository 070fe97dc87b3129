package io.archipelago.contracts.allocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationSpec.Software;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import java.time.Instant;
import java.util.List;
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
}
