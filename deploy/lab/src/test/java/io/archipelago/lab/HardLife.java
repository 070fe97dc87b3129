package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;

/**
 * Agents are killed while a cluster is deployed and while it is given back. In between it outlives mishaps: first some beside which other things are
 * played, then those that take all hosts.
 */
final class HardLife implements Scenario {

    private final RunningLab running;
    private final KilledAgents agents;
    private final List<Mishap> first;
    private final List<Scenario> beside;
    private final List<Mishap> then;

    HardLife(RunningLab running, KilledAgents agents, List<Mishap> first, List<Scenario> beside, List<Mishap> then) {
        this.running = running;
        this.agents = agents;
        this.first = List.copyOf(first);
        this.beside = List.copyOf(beside);
        this.then = List.copyOf(then);
    }

    @Override
    public void play() throws Exception {
        Cluster cluster = running.reserve("alice", Requests.LONG);
        Scenario youth = () -> {
            agents.killWhileDeployed(cluster);
            isWell(cluster);
            // What befalls a neighbour may have begun by then.
            running.clusters().forEach(Cluster::awaitDeployed);
            outlives(cluster, first);
        };
        Scenario.atOnce(Stream.concat(Stream.of(youth), beside.stream()).toList())
                .play();
        outlives(cluster, then);
        cluster.beginEnd();
        agents.killWhileReleased(cluster);
        cluster.awaitEnd();
    }

    private static void outlives(Cluster cluster, List<Mishap> mishaps) throws Exception {
        for (Mishap mishap : mishaps) {
            mishap.befall(cluster);
            isWell(cluster);
        }
    }

    /** An agent that starts finds its machine, and does not start it again. */
    private static void isWell(Cluster cluster) throws Exception {
        cluster.awaitActive();
        assertThat(cluster.awaitWell())
                .allSatisfy((machine, boots) -> assertThat(boots).as(machine).isOne());
    }
}
