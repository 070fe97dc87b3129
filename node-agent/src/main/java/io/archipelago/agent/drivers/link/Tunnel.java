package io.archipelago.agent.drivers.link;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.contracts.host.LinkDriver;
import java.util.List;

/** One way of joining the ends of a link. Each step may be repeated, also after it was cut off in the middle. */
interface Tunnel {

    LinkDriver driver();

    /** The programs that it needs. */
    List<String> programs();

    /** What this gateway proves itself with; empty if nothing. Made at the first call. */
    String key() throws DriverFault;

    /** Makes the device of a link of which nothing is there, in the gateway's own namespace or in the cluster's. */
    void open(Link link) throws DriverFault;

    /** What is broken of it apart from its device, a sentence; empty if nothing. Called every few seconds. */
    String defect(Link link) throws DriverFault;

    /** Why the other end may not answer, as far as this end can know, a sentence; empty if it can not. */
    default String excuse(Link link) throws DriverFault {
        return "";
    }

    /** Ends whatever is there of it apart from its device. */
    void close(Link link) throws DriverFault;
}
