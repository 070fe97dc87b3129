package io.archipelago.lab;

import java.util.ArrayList;
import java.util.List;

/** All hosts of a site are prepared as the documentation says, and serve a cluster. */
final class PreparedHosts implements Scenario {

    private static final String SITE = "osaka";

    private final RunningLab running;

    PreparedHosts(RunningLab running) {
        this.running = running;
    }

    @Override
    public void play() throws Exception {
        List<PreparedHost> prepared = new ArrayList<>();
        try {
            for (LabHost host : running.lab().hosts()) {
                if (host.name().startsWith(SITE)) {
                    PreparedHost one = new PreparedHost(running, host);
                    prepared.add(one);
                    one.prepare();
                }
            }
            for (PreparedHost host : prepared) {
                host.awaitHeardOf();
            }
            Cluster cluster = running.reserve("alice", Requests.ON_BOTH_HOSTS);
            cluster.awaitActive();
            cluster.awaitWell();
            for (PreparedHost host : prepared) {
                host.assertServes();
            }
            cluster.beginEnd();
            cluster.awaitEnd();
        } finally {
            for (PreparedHost host : prepared) {
                host.giveBack();
            }
        }
    }
}
