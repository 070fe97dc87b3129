package io.archipelago.network.domain;

import io.archipelago.contracts.allocation.Facts.LinkOffer;
import io.archipelago.contracts.host.LinkDriver;
import java.util.List;
import java.util.Map;

/**
 * On what terms this site joins itself with others.
 *
 * @param drivers the ways in which links may be joined, what is liked best first
 * @param segmentMtu the largest payload of a frame that a segment carries within this site, in bytes
 * @param pathMtu the largest packet that gets to every peer's gateways uncut, in bytes
 * @param wan what each link may take of the WAN
 */
public record LinkTerms(List<LinkDriver> drivers, int segmentMtu, int pathMtu, Wan wan) {

    public LinkTerms {
        drivers = List.copyOf(drivers);
    }

    /** What a gateway offers that can do these, each with the key that it proves itself with there. */
    List<LinkOffer> offers(Map<LinkDriver, String> able) {
        return drivers.stream()
                .filter(able::containsKey)
                .map(driver -> new LinkOffer(driver, able.getOrDefault(driver, ""), pathMtu - driver.overhead()))
                .toList();
    }
}
