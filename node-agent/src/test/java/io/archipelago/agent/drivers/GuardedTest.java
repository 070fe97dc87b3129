package io.archipelago.agent.drivers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.agent.SiteFixture;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GuardedTest {

    private final Driver<SegmentSpec> guarded = new Guarded<>(new Unready());

    @Test
    void aBugInOneDriverIsAFaultOfItsKind() {
        assertThat(guarded.kind()).isEqualTo(ResourceKind.SEGMENT);
        assertThatThrownBy(() -> guarded.observe(Map.of(), SiteFixture.NINE))
                .isInstanceOf(DriverFault.class)
                .hasMessageContaining("driver for segment")
                .hasMessageContaining("lost+found");
        assertThatThrownBy(() -> guarded.apply(SiteFixture.segmentKey(), SiteFixture.segment(100), SiteFixture.NINE))
                .isInstanceOf(DriverFault.class);
        assertThatThrownBy(() -> guarded.remove(SiteFixture.segmentKey(), SiteFixture.NINE))
                .isInstanceOf(DriverFault.class);
    }

    private static final class Unready implements Driver<SegmentSpec> {

        @Override
        public ResourceKind kind() {
            return ResourceKind.SEGMENT;
        }

        @Override
        public Class<SegmentSpec> specType() {
            return SegmentSpec.class;
        }

        @Override
        public Map<ResourceKey, Observed> observe(Map<ResourceKey, SegmentSpec> wanted, Instant now) {
            throw new IllegalArgumentException("lost+found");
        }

        @Override
        public void apply(ResourceKey key, SegmentSpec spec, Instant now) {
            throw new IllegalStateException("lost+found");
        }

        @Override
        public void remove(ResourceKey key, Instant now) {
            throw new IllegalStateException("lost+found");
        }
    }
}
