package io.archipelago.network.app;

import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.ParticipantLogic;
import io.archipelago.network.NetworkConfig;
import io.archipelago.network.domain.NetworkLogic;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Makes the network a participant. */
class NetworkStart {

    @Produces
    @Singleton
    ParticipantLogic logic(NetworkConfig config) {
        return new NetworkLogic(
                new Pool.Units(config.vlans().first(), config.vlans().last()),
                new Pool.Units(config.linkPorts().first(), config.linkPorts().last()),
                config.linkMtu());
    }
}
