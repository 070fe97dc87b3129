package io.archipelago.bench.openstack;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bench.booking.Clusters;
import io.archipelago.bench.booking.Clusters.Size;
import io.archipelago.bench.openstack.PlacementBench.Ours;
import io.archipelago.bench.openstack.PlacementBench.Theirs;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class PlacementBenchTest {

    private static final Clusters CLUSTERS =
            new Clusters(10_000, new Size(64, 262_144), 1_000, new Size(40, 40_960), 3, new Size(2, 2_048));
    private static final Theirs THEIRS = new Theirs(List.of(400.0, 600.0, 900.0), 20, 7);

    @Test
    void whatItTakesThereIsComparedWithWhatItTakesHere() {
        assertThat(PlacementBench.lines("8.0.0-2", CLUSTERS, THEIRS, new Ours(12, OptionalDouble.of(250))))
                .containsExactly(
                        "OpenStack Placement 8.0.0-2 with PostgreSQL, over HTTP; the same 10,000 hosts, without windows, for it has none:",
                        "  find and claim 1,000 machines         600.00 ms median    900.00 ms longest of 3",
                        "    50.0 times as long as to plan and hold them here, which was without a database",
                        "  small clusters of 3 machines, 16 at once: 20.0 a second; 7 claims made anew after a conflict",
                        "    here 12.5 times as many, through PostgreSQL and the broker");
    }

    @Test
    void whatWasNotMeasuredHereIsNotCompared() {
        assertThat(PlacementBench.lines("8.0.0-2", CLUSTERS, THEIRS, new Ours(12, OptionalDouble.empty())))
                .hasSize(4)
                .noneMatch(line -> line.contains("broker"));
    }
}
