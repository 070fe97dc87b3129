package io.archipelago.lab;

import java.io.IOException;
import java.time.Duration;

/** What connects a host's agent with the broker of its site, and nothing else: not its disks, not its machines. */
final class Cable {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final LabHost host;
    private final String port;

    Cable(RunningLab running, LabHost host) {
        this.host = host;
        String broker = running.brokerOf(host);
        this.port = broker.substring(broker.indexOf(':') + 1);
    }

    /** A host that is started anew has it plugged in. */
    void pull() throws IOException {
        rule("-A");
    }

    void plug() throws IOException {
        rule("-D");
    }

    private void rule(String change) throws IOException {
        host.output(LIMIT, "iptables-legacy", change, "OUTPUT", "-p", "tcp", "--dport", port, "-j", "DROP");
    }
}
