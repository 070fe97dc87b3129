package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;

/**
 * The WAN is cut for a minute; then a storage host loses its power under a machine that writes, and comes back while its site's broker does
 * not answer. The cluster outlives both, no machine is started again, and no write fails.
 */
final class Outages implements Scenario {

    private static final Duration CUT = Duration.ofSeconds(60);
    private static final Duration TO_NOTICE = Duration.ofSeconds(60);
    private static final Duration TO_RECOVER = Duration.ofMinutes(3);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String SITE = "osaka";

    private final RunningLab running;

    Outages(RunningLab running) {
        this.running = running;
    }

    @Override
    public void play() throws Exception {
        Cluster cluster = running.reserve("alice", Requests.LONG);
        cluster.awaitActive();
        cluster.awaitWell();

        wanIsCut(cluster);
        storageLosesItsPower(cluster);

        cluster.awaitActive();
        cluster.awaitWell();
        assertThat(cluster.boots().values()).containsOnly(1);
        assertThat(cluster.writes(SITE).path("failed").asInt()).isZero();
    }

    private void wanIsCut(Cluster cluster) throws Exception {
        running.lab().wan().cut();
        Instant mendAt = Instant.now().plus(CUT);
        cluster.awaitState("DEGRADED", TO_NOTICE);
        assertThat(cluster.seen().path("problems").toString()).contains("link");
        await().atMost(CUT.multipliedBy(2)).until(() -> Instant.now().isAfter(mendAt));
        running.lab().wan().mend();

        cluster.awaitState("ACTIVE", TO_RECOVER);
        cluster.awaitWell();
    }

    private void storageLosesItsPower(Cluster cluster) throws Exception {
        LabHost storage = running.lab().host(SITE + "-s1");
        String broker = running.process(SITE + "-kafka");
        int before = cluster.writes(SITE).path("counter").asInt();
        assertThat(before).isPositive();
        Tools.run("kill", "-STOP", broker);
        try {
            storage.cutPower();
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(
                                    cluster.writes(SITE).path("pendingMillis").asInt())
                            .isPositive());
            int stuck = cluster.writes(SITE).path("counter").asInt();
            storage.powerOn();
            Foreign.assertKept(storage);
            Foreign.plant(storage);

            // With what the agent has kept, for nobody tells it anything.
            await().atMost(TO_RECOVER)
                    .untilAsserted(() -> assertThat(
                                    cluster.writes(SITE).path("counter").asInt())
                            .isGreaterThan(stuck));
        } finally {
            Tools.run("kill", "-CONT", broker);
        }
        JsonNode writes = cluster.writes(SITE);
        System.out.println("storage host without power: longest write " + writes.path("longestMillis") + " ms");
        assertThat(writes.path("longestMillis").asLong())
                .as("how long a write has waited for the storage host: " + writes)
                .isGreaterThan(1000);
        assertThat(writes.path("failed").asInt()).as(writes.toString()).isZero();
    }
}
