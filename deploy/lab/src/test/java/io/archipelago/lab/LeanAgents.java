package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;

/** The agents of all hosts take as little memory as the design says, with all their drivers; how long one takes to start is told. */
final class LeanAgents implements Scenario {

    private static final long MOST_BYTES = 150L << 20;

    private final RunningLab running;

    LeanAgents(RunningLab running) {
        this.running = running;
    }

    @Override
    public void play() throws Exception {
        for (LabHost host : running.lab().hosts()) {
            if (host.role() != Role.WAN) {
                long bytes = host.residentBytes(Agents.AGENT);
                System.out.printf("the agent of %s takes %d MiB%n", host.name(), bytes >> 20);
                assertThat(bytes).as("memory of the agent of " + host.name()).isBetween(1L, MOST_BYTES);
            }
        }
        LabHost host = running.lab().host("tokyo-c01");
        long killed = System.nanoTime();
        assertThat(KilledAgents.kill(host)).isTrue();
        Agents.awaitReady(host);
        System.out.printf(
                "the agent of %s was ready again %.1f s after it was killed%n",
                host.name(), (System.nanoTime() - killed) / 1e9);
    }
}
