package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;

/** The agents of all hosts take as little memory as the design says, with all their drivers. */
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
    }
}
