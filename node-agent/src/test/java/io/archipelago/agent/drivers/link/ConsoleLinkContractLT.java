package io.archipelago.agent.drivers.link;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.contracts.host.LinkDriver;
import java.io.IOException;

/** Links of an appliance that is told by scripts, those of the example. */
class ConsoleLinkContractLT extends LinuxLinkContract {

    ConsoleLinkContractLT() throws IOException, DriverFault {
        super(LinkDriver.CONSOLE);
    }
}
