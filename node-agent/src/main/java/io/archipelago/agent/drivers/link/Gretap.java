package io.archipelago.agent.drivers.link;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.LinkDriver;
import java.util.List;

/** Ethernet within GRE as the kernel does it. Whoever is on the way reads and writes what it carries. */
final class Gretap implements Tunnel {

    private final Programs programs;

    Gretap(Programs programs) {
        this.programs = programs;
    }

    @Override
    public LinkDriver driver() {
        return LinkDriver.GRETAP;
    }

    @Override
    public List<String> programs() {
        return List.of("ip");
    }

    @Override
    public String key() {
        return "";
    }

    /** Its packets keep to the namespace that it is in when it is made, so that it is made here and not in the cluster's. */
    @Override
    public void open(Link link) throws DriverFault {
        programs.run(
                "ip",
                "link",
                "add",
                "dev",
                link.device(),
                "type",
                "gretap",
                "remote",
                link.spec().ends().remoteAddress(),
                "key",
                Integer.toString(link.spec().tunnel()),
                "ttl",
                "64");
    }

    @Override
    public String defect(Link link) {
        return "";
    }

    @Override
    public void close(Link link) {
        // It is nothing but its device.
    }
}
