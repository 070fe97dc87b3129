package io.archipelago.network.app;

import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.ParticipantLogic;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.network.NetworkConfig;
import io.archipelago.network.domain.LinkTerms;
import io.archipelago.network.domain.NetworkLogic;
import io.archipelago.network.domain.Wan;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.stream.Collectors;

/** Makes the network a participant. */
class NetworkStart {

    private static final int LAST_VLAN = 4094;
    private static final int LAST_PORT = 65535;
    private static final int LEAST_MTU = 576;
    private static final int MOST_MTU = 9216;

    @Produces
    @Singleton
    ParticipantLogic logic(NetworkConfig config) {
        return new NetworkLogic(
                range("network.vlans", config.vlans().first(), config.vlans().last(), LAST_VLAN),
                range(
                        "network.link-ports",
                        config.linkPorts().first(),
                        config.linkPorts().last(),
                        LAST_PORT),
                new LinkTerms(
                        config.link().drivers(),
                        mtu("network.segment-mtu", config.segmentMtu()),
                        mtu("network.link.path-mtu", config.link().pathMtu()),
                        wan(config)));
    }

    private static int mtu(String key, int mtu) {
        if (mtu < LEAST_MTU || mtu > MOST_MTU) {
            throw new IllegalArgumentException(
                    key + " is a number from " + LEAST_MTU + " to " + MOST_MTU + ", not " + mtu);
        }
        return mtu;
    }

    private static Wan wan(NetworkConfig config) {
        return new Wan(
                config.wan().entrySet().stream()
                        .collect(Collectors.toMap(
                                peer -> new SiteId(peer.getKey()),
                                peer -> peer.getValue().bandwidth())),
                bandwidth(config.link().bandwidth()));
    }

    private static long bandwidth(long bandwidth) {
        if (bandwidth < 0) {
            throw new IllegalArgumentException(
                    "network.link.bandwidth is 0 or a number of bits per second, not " + bandwidth);
        }
        return bandwidth;
    }

    /** What no switch and no gateway would take must not be promised to anybody. */
    private static Pool.Units range(String key, int first, int last, int most) {
        if (first < 1 || first > most) {
            throw new IllegalArgumentException(key + ".first is a number from 1 to " + most + ", not " + first);
        }
        if (last < first || last > most) {
            throw new IllegalArgumentException(key + ".last is a number from " + first + ", which is " + key
                    + ".first, to " + most + ", not " + last);
        }
        return new Pool.Units(first, last);
    }
}
