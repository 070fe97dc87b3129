package io.archipelago.agent.drivers.link;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.ResourceSpec.LinkSpec;
import java.util.List;

/** VXLAN as the kernel does it. Whoever is on the way reads and writes what it carries. */
final class Vxlan implements Tunnel {

    /** Where frames go of which nobody knows better: all of them, as there is one other end. */
    private static final String ANY_STATION = "00:00:00:00:00:00";

    private final Programs programs;

    Vxlan(Programs programs) {
        this.programs = programs;
    }

    @Override
    public LinkDriver driver() {
        return LinkDriver.VXLAN;
    }

    @Override
    public List<String> programs() {
        return List.of("ip", "bridge");
    }

    @Override
    public String key() {
        return "";
    }

    /** Made in the cluster's namespace; its packets keep to the namespace that it is made from. */
    @Override
    public void open(Link link) throws DriverFault {
        LinkSpec.Ends ends = link.spec().ends();
        String namespace = link.place().namespace();
        programs.run(
                "ip",
                "link",
                "add",
                "dev",
                link.device(),
                "netns",
                namespace,
                "type",
                "vxlan",
                "id",
                Integer.toString(link.spec().tunnel()),
                "dstport",
                Integer.toString(ends.localPort()),
                "ttl",
                "64",
                "nolearning");
        programs.run(
                "bridge",
                "-n",
                namespace,
                "fdb",
                "append",
                ANY_STATION,
                "dev",
                link.device(),
                "dst",
                ends.remoteAddress(),
                "port",
                Integer.toString(ends.remotePort()));
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
