package io.archipelago.agent.drivers.link;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.contracts.host.LinkDriver;
import java.io.IOException;

/** Links of OpenVPN, which is what sites use unless told otherwise. */
class OpenVpnLinkContractLT extends LinuxLinkContract {

    OpenVpnLinkContractLT() throws IOException, DriverFault {
        super(LinkDriver.OPENVPN);
    }
}
