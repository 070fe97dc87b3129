package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** Agents are killed while a cluster is deployed and while it is given back; what befalls it in between it outlives. */
final class HardLife implements Scenario {

    private final RunningLab running;
    private final KilledAgents agents;
    private final List<Mishap> mishaps;

    HardLife(RunningLab running, KilledAgents agents, List<Mishap> mishaps) {
        this.running = running;
        this.agents = agents;
        this.mishaps = List.copyOf(mishaps);
    }

    @Override
    public void play() throws Exception {
        Cluster cluster = running.reserve("alice", Requests.LONG);
        agents.killWhileDeployed(cluster);
        isWell(cluster);
        for (Mishap mishap : mishaps) {
            mishap.befall(cluster);
            isWell(cluster);
        }
        cluster.beginEnd();
        agents.killWhileReleased(cluster);
        cluster.awaitEnd();
    }

    /** An agent that starts finds its machine, and does not start it again. */
    private static void isWell(Cluster cluster) throws Exception {
        cluster.awaitActive();
        cluster.awaitWell();
        assertThat(cluster.boots())
                .allSatisfy((machine, boots) -> assertThat(boots).as(machine).isOne());
    }
}
