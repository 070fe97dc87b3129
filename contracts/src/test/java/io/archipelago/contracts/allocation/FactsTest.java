package io.archipelago.contracts.allocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.host.LinkDriver;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
        Facts.Shared tokyo = new Facts.Shared(new SiteId("tokyo"), 1, machines(3), 100, ENDPOINT, 1420);
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

    @Test
    void areOfACompleteClusterAgainOnceASiteGivesOtherMachines() {
        // Given
        Facts.Shared tokyo = new Facts.Shared(new SiteId("tokyo"), 1, machines(3), 100, ENDPOINT, 1420);
        Facts.Shared osaka = new Facts.Shared(new SiteId("osaka"), 2, machines(2), 200, ENDPOINT, 1420);
        Facts.Shared others = new Facts.Shared(new SiteId("osaka"), 2, machines(4), 200, ENDPOINT, 1420);

        // When
        Facts.OfCluster cluster = new Facts.OfCluster(List.of(tokyo, osaka), 1420).with(others);

        // Then
        assertThat(cluster.sites()).containsExactly(tokyo, others);
        assertThat(cluster.mtu()).isEqualTo(1420);
    }

    @Test
    void tellTheHostsOfSomeOfTheMachines() {
        // Given
        HostId first = new HostId("tokyo-c01");
        HostId second = new HostId("tokyo-c02");
        Facts.OfSite facts = Facts.OfSite.unknown().with(new Facts.Hosts(Map.of(1, first, 2, second, 3, first)));

        // Then
        assertThat(facts.onlyOf(Set.of(1, 3)).hosts()).isEqualTo(new Facts.Hosts(Map.of(1, first, 3, first)));
        assertThat(Facts.OfSite.unknown().onlyOf(Set.of(1))).isEqualTo(Facts.OfSite.unknown());
    }

    @ParameterizedTest
    @EnumSource
    void areKnownByWhoChose(Participant participant) {
        // Given
        HostId host = new HostId("tokyo-h01");
        Facts.Chosen chosen = switch (participant) {
            case PLACEMENT -> new Facts.Hosts(Map.of(1, host));
            case NETWORK -> new Facts.Segment(100, host, ENDPOINT, 1420);
            case STORAGE -> new Facts.Pool(host, "vg0", "10.254.1.1:3260");
            case CACHE -> new Facts.Cache(host, 10);
        };

        // Then
        assertThat(Facts.OfSite.unknown().of(participant)).isNull();
        assertThat(Facts.OfSite.unknown().with(chosen).of(participant)).isEqualTo(chosen);
    }

    private static List<MachineGroup> machines(int count) {
        return List.of(new MachineGroup(MachineGroup.MachineRole.COMPUTE, 1, count, 1, 1, 1, 1));
    }

    private static Facts.Endpoint endpoint(Facts.LinkOffer... offers) {
        return new Facts.Endpoint("203.0.113.1", 20000, List.of(offers));
    }

    private static Facts.Shared site(String name, int mtu, Facts.LinkOffer offer) {
        return new Facts.Shared(new SiteId(name), 1, machines(3), 100, endpoint(offer), mtu);
    }
}
