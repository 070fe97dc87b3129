package io.archipelago.contracts.allocation;

import static org.assertj.core.api.Assertions.assertThat;

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
}
