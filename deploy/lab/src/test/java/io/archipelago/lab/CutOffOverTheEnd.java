package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.local.ServiceKind;
import java.time.Duration;
import java.time.Instant;

/**
 * An agent hears nothing any more, and its lease ends: it stops its machine by itself. Once it hears again all of it goes. Nothing
 * else may befall the storage of its site meanwhile.
 */
final class CutOffOverTheEnd implements Scenario {

    /** Its cluster is there before that, though agents are killed beside it; where they start slowly, the window is longer. */
    private static final Duration LEAST_WINDOW = Duration.ofSeconds(210);

    private static final int TIMES_THE_AGENTS_START = 4;
    private static final Duration TO_STOP = Duration.ofSeconds(90);
    private static final Duration TO_FALL_SILENT = Duration.ofSeconds(20);
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String SITE = "tokyo";

    private final RunningLab running;

    CutOffOverTheEnd(RunningLab running) {
        this.running = running;
    }

    @Override
    public void play() throws Exception {
        Cluster cluster = running.reserve("bob", Requests.lasting(window()));
        JsonNode active = cluster.awaitActive();
        Instant end = Instant.parse(active.path("window").path("end").asText());
        LabHost host = running.lab().host(cluster.hostOfMachine(SITE));
        String machine = domains(host);
        assertThat(machine).isNotBlank();

        assertThat(Instant.now()).as("the cluster was deployed in time").isBefore(end.minus(TO_FALL_SILENT));
        try (Cable pulled = Cable.pull(running, host)) {
            await().atMost(Duration.between(Instant.now(), end).plus(TO_STOP))
                    .until(() -> domains(host).isBlank());
            assertThat(Instant.now()).isAfter(end);
            assertThat(running.known(ServiceKind.PLACEMENT, host).path("state").asText())
                    .as("what placement has heard of the host meanwhile, without " + pulled)
                    .isNotEqualTo("ALIVE");
        }
        cluster.awaitEnd();
    }

    private Duration window() {
        Duration slow = Duration.ofSeconds(Math.round(TIMES_THE_AGENTS_START * running.agentsSeconds()));
        return slow.compareTo(LEAST_WINDOW) > 0 ? slow : LEAST_WINDOW;
    }

    /** Those that run. */
    private static String domains(LabHost host) throws Exception {
        return host.output(LIMIT, "virsh", "list", "--name").strip();
    }
}
