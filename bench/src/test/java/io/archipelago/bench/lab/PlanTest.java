package io.archipelago.bench.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bench.lab.Plan.Gateway;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.ResourceSpec.LinkSpec;
import io.archipelago.wire.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlanTest {

    private static final Map<LinkDriver, String> KEYS = Map.of(LinkDriver.OPENVPN, "AA:BB");

    @Test
    void bothEndsOfALinkAreOfOneLink() {
        List<LinkSpec> tokyo = links(Gateway.TOKYO);
        List<LinkSpec> osaka = links(Gateway.OSAKA);

        assertThat(tokyo).hasSameSizeAs(Plan.LINKS);
        for (int i = 0; i < tokyo.size(); i++) {
            LinkSpec here = tokyo.get(i);
            LinkSpec there = osaka.get(i);
            assertThat(here.listen()).isTrue();
            assertThat(there.listen()).isFalse();
            assertThat(List.of(here.driver(), here.tunnel(), here.mtu()))
                    .isEqualTo(List.of(there.driver(), there.tunnel(), there.mtu()));
            assertThat(here.ends().localPort()).isEqualTo(there.ends().remotePort());
            assertThat(here.ends().remotePort()).isEqualTo(there.ends().localPort());
            assertThat(here.ends().localGateway()).isEqualTo(there.ends().remoteGateway());
            assertThat(here.mtu() + here.driver().overhead()).isEqualTo(Plan.WAN_MTU);
        }
    }

    @Test
    void linksDoNotMeet() {
        Set<Object> seen = new HashSet<>();
        for (LinkSpec link : links(Gateway.TOKYO)) {
            assertThat(seen.add(link.segment())).isTrue();
            assertThat(seen.add(link.tunnel())).isTrue();
            assertThat(seen.add("port " + link.ends().localPort())).isTrue();
            assertThat(seen.add("port " + link.ends().remotePort())).isTrue();
        }
    }

    @Test
    void aHostReadsWhatItIsToldAsItWasWritten() {
        HostId storage = new HostId(VolumeBench.STORAGE);
        Errand errand = new Errand(storage, "10.10.0.31:3260", Plan.volumes(new HostId(VolumeBench.COMPUTE), 1 << 24));

        assertThat(Json.read(Json.write(errand), Errand.class)).isEqualTo(errand);
        assertThat(Plan.disks(storage, errand.portal()))
                .extracting(disk -> disk.key().id())
                .isEqualTo(errand.resources().stream()
                        .map(volume -> volume.key().id())
                        .toList());
    }

    private static List<LinkSpec> links(Gateway gateway) {
        return Plan.links(gateway, KEYS).stream()
                .map(DesiredResource::spec)
                .filter(LinkSpec.class::isInstance)
                .map(LinkSpec.class::cast)
                .toList();
    }
}
