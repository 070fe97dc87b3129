package io.archipelago.network.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.protocol.Resource;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec;
import io.archipelago.contracts.host.ResourceSpec.LinkSpec;
import io.archipelago.contracts.placement.PlacementMessage.PathMeasured;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a link tells of the path to its peer. */
class PathsTest {

    private static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");
    private static final SiteId TOKYO = new SiteId("tokyo");
    private static final SiteId OSAKA = new SiteId("osaka");
    private static final AllocationId ALLOCATION = new AllocationId(new ReservationId(new UUID(0x7000, 1)), TOKYO);
    private static final ResourceKey SEGMENT = ResourceKey.of(ResourceKind.SEGMENT, ALLOCATION);
    private static final LinkSpec LINK = new LinkSpec(
            SEGMENT,
            OSAKA,
            true,
            new LinkSpec.Ends(20000, "203.0.113.2", 20001, "172.16.1.1", "172.16.2.1"),
            1400,
            LinkDriver.OPENVPN,
            "a1:b2",
            7,
            0);

    @Test
    void isTheRoundTripToThePeer() {
        assertThat(measured(LINK, "20.4")).contains(new PathMeasured(OSAKA, NOON, 20.4));
        assertThat(measured(LINK, "143")).contains(new PathMeasured(OSAKA, NOON, 143));
    }

    @Test
    void isNothingUntilItIsMeasuredAndNothingThatCanNotBeTrue() {
        assertThat(Paths.measured(resource(LINK), Map.of("peer", "osaka"), NOON))
                .isEmpty();
        for (String said : List.of("", "0", "-3", "far", "NaN", "Infinity", "1e999")) {
            assertThat(measured(LINK, said)).as(said).isEmpty();
        }
    }

    @Test
    void onlyALinkTellsOfAPath() {
        ResourceSpec segment = new ResourceSpec.SegmentSpec(101, 1400, null);

        assertThat(measured(segment, "20.4")).isEmpty();
    }

    private static Optional<PathMeasured> measured(ResourceSpec spec, String roundTrip) {
        return Paths.measured(resource(spec), Map.of("roundTripMillis", roundTrip), NOON);
    }

    private static Resource resource(ResourceSpec spec) {
        ResourceKey key = ResourceKey.of(spec.kind(), ALLOCATION);
        return new Resource(new HostId("tokyo-g1"), key, "osaka", 1, false, NOON, spec, Phase.READY, "", false, 1, 1);
    }
}
