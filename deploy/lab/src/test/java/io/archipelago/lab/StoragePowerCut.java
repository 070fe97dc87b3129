package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;

/** A storage host loses its power under a machine that writes, and comes back while its site's broker is down. No write fails. */
final class StoragePowerCut implements Mishap {

    private static final Duration TO_RECOVER = Duration.ofMinutes(5);
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String SITE = "osaka";

    private final RunningLab running;

    StoragePowerCut(RunningLab running) {
        this.running = running;
    }

    @Override
    public void befall(Cluster cluster) throws Exception {
        LabHost storage = running.lab().host(SITE + "-s1");
        String broker = running.process(SITE + "-kafka");
        // It would start the broker again.
        String supervisor = running.process("supervisor");
        assertThat(counter(cluster)).isPositive();
        Tools.run("kill", "-STOP", supervisor);
        try {
            Tools.run("kill", "-KILL", broker);
            storage.cutPower();
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(
                                    cluster.writes(SITE).path("pendingMillis").asInt())
                            .isPositive());
            int stuck = counter(cluster);
            storage.powerOn();
            Foreign.assertKept(storage);
            Foreign.plant(storage);

            // With what the agent has kept, for nobody tells it anything.
            await().atMost(TO_RECOVER)
                    .untilAsserted(() -> assertThat(counter(cluster)).isGreaterThan(stuck));
        } finally {
            Tools.run("kill", "-CONT", supervisor);
        }
        JsonNode writes = cluster.writes(SITE);
        System.out.println("storage host without power: longest write " + writes.path("longestMillis") + " ms");
        assertThat(writes.path("longestMillis").asLong())
                .as("how long a write has waited for the storage host: " + writes)
                .isGreaterThan(1000);
        assertThat(writes.path("failed").asInt()).as(writes.toString()).isZero();
    }

    private static int counter(Cluster cluster) throws Exception {
        return cluster.writes(SITE).path("counter").asInt();
    }
}
