package io.archipelago.lab;

import java.time.Instant;

/** A compute host loses its power. Another machine takes the place of the one that it had; back again it has nothing of that, and touches nothing else. */
final class DeadHost implements Mishap {

    private final RunningLab running;

    DeadHost(RunningLab running) {
        this.running = running;
    }

    @Override
    public void befall(Cluster cluster) throws Exception {
        LostHost lost = new LostHost(running, cluster);

        lost.host().cutPower();
        Instant since = Instant.now();
        lost.awaitReplacement(since);
        lost.awaitReplacementRuns(since);

        lost.host().powerOn();
        Foreign.plant(lost.host());
        lost.awaitBack();
    }
}
