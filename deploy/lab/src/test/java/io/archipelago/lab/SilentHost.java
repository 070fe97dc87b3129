package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.local.ServiceKind;
import java.time.Duration;
import java.time.Instant;

/**
 * A compute host falls silent, and its machine writes on: it is found lost, and cut off from its disks, so that the writes fail. Then its
 * power fails, too. Back again it cleans up, and the machine starts from its disk.
 */
final class SilentHost implements Scenario {

    private static final Duration TO_NOTICE = Duration.ofSeconds(60);
    private static final Duration TO_FENCE = Duration.ofMinutes(3);
    private static final Duration TO_RECOVER = Duration.ofMinutes(4);
    private static final String SITE = "osaka";

    private final RunningLab running;

    SilentHost(RunningLab running) {
        this.running = running;
    }

    @Override
    public void play() throws Exception {
        Cluster cluster = running.reserve("alice", Requests.LONG);
        cluster.awaitActive();
        LabHost host = running.lab().host(cluster.hostOfMachine(SITE));
        assertThat(cluster.writes(SITE).path("failed").asInt()).isZero();

        try (Cable pulled = Cable.pull(running, host)) {
            Instant since = Instant.now();
            await().atMost(TO_NOTICE)
                    .untilAsserted(
                            () -> assertThat(known(host).path("state").asText()).isNotEqualTo("ALIVE"));
            System.out.println("a silent host was noticed after "
                    + Duration.between(since, Instant.now()).toSeconds() + " s");
            await().atMost(TO_FENCE)
                    .untilAsserted(
                            () -> assertThat(cluster.writes(SITE).path("failed").asInt())
                                    .isPositive());
            await().atMost(TO_FENCE)
                    .untilAsserted(() ->
                            assertThat(known(host).path("dead").asBoolean()).isTrue());
            cluster.awaitState("DEGRADED", TO_NOTICE);
            assertThat(cluster.seen().path("problems").toString()).contains("its host is dead");

            host.cutPower();
        }
        host.powerOn();
        Foreign.plant(host);
        await().atMost(TO_RECOVER)
                .untilAsserted(
                        () -> assertThat(known(host).path("dead").asBoolean()).isFalse());
        cluster.awaitState("ACTIVE", TO_RECOVER);
        cluster.awaitWell();
        assertThat(cluster.boots()).containsValue(1).containsValue(2);
    }

    private JsonNode known(LabHost host) throws Exception {
        return running.known(ServiceKind.PLACEMENT, host);
    }
}
