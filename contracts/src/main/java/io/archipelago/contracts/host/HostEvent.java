package io.archipelago.contracts.host;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Message;

/** What participants tell each other of a host of their site, on {@code host.events.v1}, keyed by host. */
public sealed interface HostEvent extends Message permits HostDead, HostMaintenance {

    HostId host();
}
