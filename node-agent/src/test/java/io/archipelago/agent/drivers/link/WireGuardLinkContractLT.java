package io.archipelago.agent.drivers.link;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.contracts.host.LinkDriver;
import java.io.IOException;

/** Links of VXLAN over WireGuard. */
class WireGuardLinkContractLT extends LinuxLinkContract {

    WireGuardLinkContractLT() throws IOException, DriverFault {
        super(LinkDriver.VXLAN_WIREGUARD);
    }
}
