package io.archipelago.contracts.allocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.host.LinkDriver;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FactsTest {

    private static final Facts.Endpoint ENDPOINT =
            new Facts.Endpoint("203.0.113.1", 20000, List.of(new Facts.LinkOffer(LinkDriver.OPENVPN, "a1:b2", 1434)));

    @Test
    void areCompleteOnceEveryParticipantHasChosen() {
        Facts.Hosts hosts = new Facts.Hosts(Map.of(1, new HostId("tokyo-c01")));
        Facts.Segment segment = new Facts.Segment(100, new HostId("tokyo-g01"), ENDPOINT, 1420);
        Facts.Pool pool = new Facts.Pool(new HostId("tokyo-s01"), "vg0", "10.254.1.1:3260");
        Facts.Cache cache = new Facts.Cache(null, 0);

        Facts.OfSite facts =
                Facts.OfSite.unknown().with(cache).with(pool).with(segment).with(hosts);

        assertThat(facts).isEqualTo(new Facts.OfSite(hosts, segment, pool, cache));
    }

    @Test
    void keepTheLatestChoiceOfAParticipant() {
        Facts.Pool first = new Facts.Pool(new HostId("tokyo-s01"), "vg0", "10.254.1.1:3260");
        Facts.Pool second = new Facts.Pool(new HostId("tokyo-s02"), "vg0", "10.254.1.1:3260");

        assertThat(Facts.OfSite.unknown().with(first).with(second).pool()).isEqualTo(second);
    }

    @Test
    void tellOfEachSiteOfACluster() {
        Facts.Shared tokyo = new Facts.Shared(new SiteId("tokyo"), 1, 3, 100, ENDPOINT, 1420);
        Facts.OfCluster cluster = new Facts.OfCluster(List.of(tokyo), 1420);

        assertThat(cluster.at(new SiteId("tokyo"))).contains(tokyo);
        assertThat(cluster.at(new SiteId("osaka"))).isEmpty();
    }

    @Test
    void joinALinkAsTheMasterLikesBestAmongWhatBothCan() {
        // Given
        Facts.Endpoint master = endpoint(
                new Facts.LinkOffer(LinkDriver.GRETAP, "", 1458),
                new Facts.LinkOffer(LinkDriver.VXLAN_WIREGUARD, "master", 1390),
                new Facts.LinkOffer(LinkDriver.OPENVPN, "master", 1434));
        Facts.Endpoint worker = endpoint(
                new Facts.LinkOffer(LinkDriver.OPENVPN, "worker", 1400),
                new Facts.LinkOffer(LinkDriver.VXLAN_WIREGUARD, "worker", 1380));

        // Then
        assertThat(Facts.Endpoint.agreed(master, worker)).contains(LinkDriver.VXLAN_WIREGUARD);
        assertThat(Facts.Endpoint.agreed(worker, master)).contains(LinkDriver.OPENVPN);
        assertThat(Facts.Endpoint.agreed(endpoint(new Facts.LinkOffer(LinkDriver.GRETAP, "", 1458)), worker))
                .isEmpty();
    }

    @Test
    void giveAClusterTheMtuThatEverySegmentAndEveryLinkOfItCarries() {
        // Given
        Facts.Shared tokyo = site("tokyo", 1500, new Facts.LinkOffer(LinkDriver.OPENVPN, "t", 1434));
        Facts.Shared osaka = site("osaka", 1500, new Facts.LinkOffer(LinkDriver.OPENVPN, "o", 1420));
        Facts.Shared nagoya = site("nagoya", 1410, new Facts.LinkOffer(LinkDriver.OPENVPN, "n", 1434));

        // Then
        assertThat(Facts.OfCluster.of(List.of(tokyo)).mtu()).as("no link").isEqualTo(1500);
        assertThat(Facts.OfCluster.of(List.of(tokyo, osaka)).mtu()).isEqualTo(1420);
        assertThat(Facts.OfCluster.of(List.of(tokyo, osaka, nagoya)).mtu()).isEqualTo(1410);
    }

    @Test
    void areOfNoClusterIfTwoOfItsSitesCanNotBeJoined() {
        Facts.Shared tokyo = site("tokyo", 1500, new Facts.LinkOffer(LinkDriver.OPENVPN, "t", 1434));
        Facts.Shared osaka = site("osaka", 1500, new Facts.LinkOffer(LinkDriver.GRETAP, "", 1458));

        assertThatThrownBy(() -> Facts.OfCluster.of(List.of(tokyo, osaka)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tokyo and osaka");
    }

    private static Facts.Endpoint endpoint(Facts.LinkOffer... offers) {
        return new Facts.Endpoint("203.0.113.1", 20000, List.of(offers));
    }

    private static Facts.Shared site(String name, int mtu, Facts.LinkOffer offer) {
        return new Facts.Shared(new SiteId(name), 1, 3, 100, endpoint(offer), mtu);
    }
}
