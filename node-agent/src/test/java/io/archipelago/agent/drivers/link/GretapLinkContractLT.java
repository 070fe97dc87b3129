package io.archipelago.agent.drivers.link;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.contracts.host.LinkDriver;
import java.io.IOException;

/** Links of gretap. */
class GretapLinkContractLT extends LinuxLinkContract {

    GretapLinkContractLT() throws IOException, DriverFault {
        super(LinkDriver.GRETAP);
    }
}
