package io.archipelago.agent.drivers.link;

import io.archipelago.contracts.host.LinkDriver;
import java.util.Map;

/**
 * How a gateway can join the ends of links.
 *
 * @param keys for each way that it has, the key that it proves itself with, which may be empty
 * @param missing for each way for which it lacks programs, which, and in which packages they come
 */
public record LinkOffers(Map<LinkDriver, String> keys, Map<LinkDriver, String> missing) {

    /** Of a host that is no gateway, or was not asked yet. */
    public static final LinkOffers NONE = new LinkOffers(Map.of(), Map.of());

    public LinkOffers {
        keys = Map.copyOf(keys);
        missing = Map.copyOf(missing);
    }
}
