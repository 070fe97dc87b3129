package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.local.ServiceKind;
import java.time.Duration;
import java.time.Instant;

/**
 * A compute host falls silent, and its machine writes on: it is found lost, and cut off from its disks, so that nothing more is written. Only then
 * another machine, under a new name, takes its place on another host. Then the silent host's power fails, too. Back again it removes what it had, and
 * touches nothing else.
 */
final class SilentHost implements Mishap {

    private static final Duration TO_NOTICE = Duration.ofSeconds(60);
    /** It was seen that the volume is exported no more: what was under way is all that may still come through. */
    private static final Duration TO_BE_CUT_OFF = Duration.ofSeconds(10);

    private static final Duration TO_FENCE = Duration.ofMinutes(3);
    /** What is written is kept for five minutes, in case the storage host comes back to it. */
    private static final Duration TO_FAIL = Duration.ofMinutes(7);

    private static final Duration TO_RECOVER = Duration.ofMinutes(4);
    private static final String SITE = "osaka";

    private final RunningLab running;

    SilentHost(RunningLab running) {
        this.running = running;
    }

    @Override
    public void befall(Cluster cluster) throws Exception {
        JsonNode lost = cluster.machine(SITE);
        LabHost host = running.lab().host(lost.path("host").asText());
        assertThat(cluster.writes(lost).path("failed").asInt()).isZero();

        try (Cable pulled = Cable.pull(running, host)) {
            Instant since = Instant.now();
            await().atMost(TO_NOTICE)
                    .untilAsserted(
                            () -> assertThat(known(host).path("state").asText()).isNotEqualTo("ALIVE"));
            System.out.println("a silent host was noticed after "
                    + Duration.between(since, Instant.now()).toSeconds() + " s");
            await().atMost(TO_FENCE)
                    .untilAsserted(
                            () -> assertThat(cluster.machine(SITE).path("name")).isNotEqualTo(lost.path("name")));
            assertThat(known(host).path("state").asText()).isEqualTo("LOST");
            assertThat(known(host).path("dead").asBoolean()).isTrue();
            await().atMost(TO_BE_CUT_OFF).untilAsserted(() -> {
                JsonNode writes = cluster.writes(lost);
                assertThat(writes.path("failed").asInt()
                                + writes.path("pendingMillis").asInt())
                        .as("whether a write of the lost machine fails or waits: " + writes)
                        .isPositive();
            });
            int written = cluster.writes(lost).path("counter").asInt();

            cluster.awaitState("ACTIVE", TO_RECOVER);
            cluster.awaitWell();
            assertThat(cluster.machine(SITE).path("host").asText()).isNotEqualTo(host.name());
            await().atMost(TO_FAIL)
                    .untilAsserted(
                            () -> assertThat(cluster.writes(lost).path("failed").asInt())
                                    .isPositive());
            assertThat(cluster.writes(lost).path("counter").asInt())
                    .as("what the lost machine has written since the other was to start")
                    .isEqualTo(written);
            System.out.println("another machine was up "
                    + Duration.between(since, Instant.now()).toSeconds() + " s after the host fell silent");

            host.cutPower();
        }
        host.powerOn();
        Foreign.plant(host);
        await().atMost(TO_RECOVER)
                .untilAsserted(
                        () -> assertThat(known(host).path("dead").asBoolean()).isFalse());
        cluster.awaitState("ACTIVE", TO_RECOVER);
    }

    private JsonNode known(LabHost host) throws Exception {
        return running.known(ServiceKind.PLACEMENT, host);
    }
}
