package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;

/**
 * A compute host falls silent, and its machine writes on, until it is cut off from its disks: nothing more is written once another machine is to take its
 * place. When the host is heard of again, with the machine that should be no more, it removes what it had, and touches nothing else.
 */
final class SilentHost implements Mishap {

    /** It was seen that the volume is exported no more: what waits, waits since then. */
    private static final Duration TO_BE_CUT_OFF = Duration.ofSeconds(10);

    /** What is written is kept for five minutes, in case the storage host comes back to it. */
    private static final Duration TO_FAIL = Duration.ofMinutes(7);

    private final RunningLab running;

    SilentHost(RunningLab running) {
        this.running = running;
    }

    @Override
    public void befall(Cluster cluster) throws Exception {
        LostHost lost = new LostHost(running, cluster);
        JsonNode machine = lost.machine();
        assertThat(cluster.writes(machine).path("failed").asInt()).isZero();

        try (Cable pulled = Cable.pull(running, lost.host())) {
            Instant since = Instant.now();
            lost.awaitReplacement(since);
            int written = cluster.writes(machine).path("counter").asInt();
            await().atMost(TO_BE_CUT_OFF).untilAsserted(() -> {
                JsonNode writes = cluster.writes(machine);
                assertThat(writes.path("failed").asInt()
                                + writes.path("pendingMillis").asInt())
                        .as("whether a write of the lost machine fails or waits, without " + pulled + ": " + writes)
                        .isPositive();
            });
            lost.awaitReplacementRuns(since);
            await().atMost(TO_FAIL)
                    .untilAsserted(() -> assertThat(
                                    cluster.writes(machine).path("failed").asInt())
                            .isPositive());
            assertThat(cluster.writes(machine).path("counter").asInt())
                    .as("what the lost machine has written since another was to take its place")
                    .isEqualTo(written);
        }
        lost.awaitBack();
    }
}
