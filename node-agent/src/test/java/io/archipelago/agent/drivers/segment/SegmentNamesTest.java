package io.archipelago.agent.drivers.segment;

import static io.archipelago.agent.SiteFixture.allocation;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SegmentNamesTest {

    private static final ResourceKey SEGMENT = ResourceKey.of(ResourceKind.SEGMENT, allocation(1));

    @Test
    void areShortEnoughForInterfaces() {
        SegmentNames names = new SegmentNames(SEGMENT);

        assertThat(Stream.of(names.hostVlan(), names.hostBridge(), names.hostOutside()))
                .doesNotHaveDuplicates()
                .allMatch(name -> name.length() <= 15);
        assertThat(names.gatewayMac()).matches("06(:[0-9a-f]{2}){5}");
        assertThat(new SegmentNames(ResourceKey.of(ResourceKind.SEGMENT, allocation(2))).hostVlan())
                .isNotEqualTo(names.hostVlan());
    }

    @Test
    void tellWhoseTheyAre() {
        SegmentNames names = new SegmentNames(SEGMENT);

        assertThat(SegmentNames.ofAlias(names.alias())).contains(SEGMENT);
        assertThat(SegmentNames.ofNamespace(names.namespace())).contains(SEGMENT);
        assertThat(SegmentNames.ofAlias("archipelago:link/x.tokyo.osaka")).isEmpty();
        assertThat(SegmentNames.ofAlias("uplink to the core")).isEmpty();
    }
}
