package io.archipelago.reservation.domain;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.federation.ShareMessage.ConfirmShare;
import java.util.List;
import java.util.stream.Stream;

/** What a site believes of what a master says of the cluster's sites: a share is deployed by it. */
final class KnownSites {

    private KnownSites() {}

    /** What is known of the sites of a cluster once the master has said something; what can not be deployed by changes nothing. */
    static Facts.OfCluster after(Facts.OfCluster before, Header header, Facts.OfSite facts, ConfirmShare confirm) {
        Facts.Shared own = AllocationMessages.shared(header, facts);
        return missing(header, own, confirm.cluster()).isEmpty() ? confirm.cluster() : before;
    }

    /**
     * The sites of which nothing is said by which a share could be deployed.
     *
     * @param own what the share's site has chosen itself
     */
    static List<SiteId> missing(Header header, Facts.Shared own, Facts.OfCluster cluster) {
        Stream<SiteId> absent = Stream.concat(
                        Stream.of(header.id().site(), header.master()), header.spec().peers().stream())
                .filter(site -> cluster.at(site).isEmpty());
        Stream<SiteId> nameless =
                cluster.sites().stream().filter(site -> !isNamed(header, site)).map(Facts.Shared::site);
        Stream<SiteId> apart = header.spec().peers().stream()
                .flatMap(peer -> cluster.at(peer).stream())
                .filter(peer -> !isJoined(header, own, peer))
                .map(Facts.Shared::site);
        return Stream.of(absent, nameless, apart)
                .flatMap(sites -> sites)
                .distinct()
                .toList();
    }

    private static boolean isJoined(Header header, Facts.Shared own, Facts.Shared peer) {
        boolean atMaster = header.master().equals(own.site());
        Facts.Endpoint master = atMaster ? own.endpoint() : peer.endpoint();
        Facts.Endpoint worker = atMaster ? peer.endpoint() : own.endpoint();
        return Facts.Endpoint.agreed(master, worker).isPresent();
    }

    /** Whether the cluster's network has a name for every machine that a site is said to give. */
    private static boolean isNamed(Header header, Facts.Shared site) {
        ClusterAddressing addressing =
                ClusterAddressing.of(header.spec().network(), header.id().reservation());
        return site.siteNumber() >= 1
                && site.siteNumber() <= ClusterAddressing.LAST_SITE_NUMBER
                && site.groups().stream().allMatch(addressing::names);
    }
}
