package io.archipelago.agent.drivers.link;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.contracts.host.LinkDriver;
import java.io.IOException;

/** The same of VXLAN. */
class LinuxVxlanLinkContractLT extends LinuxLinkContractLT {

    LinuxVxlanLinkContractLT() throws IOException, DriverFault {
        super(LinkDriver.VXLAN);
    }
}
