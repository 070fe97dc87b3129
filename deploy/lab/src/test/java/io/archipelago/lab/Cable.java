package io.archipelago.lab;

import java.io.IOException;
import java.time.Duration;

/** What connects a host's agent with the broker of its site, and nothing else, while it is pulled: not its disks, not its machines. */
final class Cable implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final LabHost host;
    private final String port;

    private Cable(LabHost host, String port) {
        this.host = host;
        this.port = port;
    }

    static Cable pull(RunningLab running, LabHost host) throws IOException {
        String broker = running.brokerOf(host);
        Cable cable = new Cable(host, broker.substring(broker.indexOf(':') + 1));
        cable.rule("add").orFail("the cable of " + host.name() + " can not be pulled");
        return cable;
    }

    /** Plugs it in; that of a host that was started anew is. */
    @Override
    public void close() throws IOException {
        if (host.isUp()) {
            rule("delete");
        }
    }

    @Override
    public String toString() {
        return "the cable of " + host.name();
    }

    private Result rule(String change) throws IOException {
        // Not a packet filter's, which a kernel may not have.
        return host.run(LIMIT, "ip", "rule", change, "ipproto", "tcp", "dport", port, "blackhole");
    }
}
