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
        List<PreparedHost> hosts = running.lab().hosts().stream()
                .filter(host -> host.name().startsWith(SITE))
                .map(host -> new PreparedHost(running, host))
                .toList();
        for (PreparedHost host : hosts) {
            host.renewPackages();
        }
        List<PreparedHost> prepared = new ArrayList<>();
        try {
            for (PreparedHost host : hosts) {
                prepared.add(host);
                host.prepare();
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
