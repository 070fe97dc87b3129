package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Agents are killed at instants that a seed picks, while a cluster is deployed and while it is given back. */
final class KilledAgents {

    private static final int MOST_KILLS = 4;
    private static final int FEWEST_KILLS = 2;
    /** A cluster is deployed in about a minute, and given back in half of one. */
    private static final Duration WHILE_DEPLOYED = Duration.ofSeconds(12);

    private static final Duration WHILE_RELEASED = Duration.ofSeconds(4);
    /** It alone, and not what it has started: whoever keeps it running starts it again. */
    private static final String AGENT = "pkill -KILL -P \"$(cat /run/lab-agent.pid)\" java";

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final RunningLab running;
    private final Random random;

    KilledAgents(RunningLab running, Random random) {
        this.running = running;
        this.random = random;
    }

    void killWhileDeployed(Cluster cluster) throws Exception {
        killWhile(cluster, "DEPLOYING", WHILE_DEPLOYED);
    }

    void killWhileReleased(Cluster cluster) throws Exception {
        killWhile(cluster, "RELEASING", WHILE_RELEASED);
    }

    private void killWhile(Cluster cluster, String state, Duration mostBetween) throws Exception {
        cluster.awaitState(state, LIMIT);
        List<LabHost> hosts = running.lab().hosts().stream()
                .filter(host -> host.role() != Role.WAN)
                .toList();
        int killed = 0;
        while (killed < MOST_KILLS) {
            // Not to wait for something: this is the instant that the seed picks.
            Thread.sleep(random.nextLong(mostBetween.toMillis()));
            LabHost host = hosts.get(random.nextInt(hosts.size()));
            if (!cluster.seen().path("state").asText().equals(state)) {
                break;
            }
            if (kill(host)) {
                killed++;
                System.out.println(state + ": killed the agent of " + host.name());
            }
        }
        assertThat(killed).as("agents that were killed while it was " + state).isGreaterThanOrEqualTo(FEWEST_KILLS);
    }

    /** Whether there was one: none is when the former one was killed only just now. */
    static boolean kill(LabHost host) throws IOException {
        return host.run(LIMIT, "bash", "-c", AGENT).code() == 0;
    }
}
