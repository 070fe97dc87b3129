package io.archipelago.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.agent.world.SimCapacity;
import io.archipelago.agent.world.SimSite;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.host.ResourceKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgentConfigTest {

    private static final SiteId TOKYO = new SiteId("tokyo");

    @Test
    void everyKeyHasItsDefault() {
        AgentConfig config = ConfigFixture.of(Map.of());

        assertThat(config.stateDirectory()).isEqualTo(Path.of("agent-state"));
        assertThat(config.heartbeatEvery()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.reconcileEvery()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.settleEvery()).isEqualTo(Duration.ofMillis(100));
        assertThat(config.repeatEvery()).isEqualTo(Duration.ofSeconds(60));
        assertThat(config.offlineAfter()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.createTopics()).isTrue();
        assertThat(config.sim().faultRate()).isZero();
        assertThat(config.sim().faultRates().machine()).isEmpty();
        assertThat(config.sim().seed()).isEqualTo(1);
        assertThat(config.sim().instant()).isFalse();
    }

    @Test
    void aSiteHasTwentyFourHostsUnlessToldOtherwise() {
        // When
        Map<HostId, SimCapacity> hosts =
                SimHosts.of(TOKYO, ConfigFixture.of(Map.of()).sim());

        // Then
        assertThat(hosts).hasSize(24);
        assertThat(hosts)
                .containsEntry(new HostId("tokyo-c01"), SimCapacity.compute(16, 64L << 30))
                .containsEntry(new HostId("tokyo-c20"), SimCapacity.compute(16, 64L << 30))
                .containsEntry(new HostId("tokyo-g2"), SimCapacity.gateway(200L << 30))
                .containsEntry(new HostId("tokyo-s2"), SimCapacity.storage("vg0", 4L << 40));
    }

    @Test
    void eachKindTakesItsTimeUnlessEverythingIsInstant() {
        assertThat(SimHosts.site(ConfigFixture.of(Map.of("agent.sim.latency.machine", "PT7S"))
                                .sim())
                        .latency(ResourceKind.MACHINE))
                .isEqualTo(Duration.ofSeconds(7));
        assertThat(SimHosts.site(ConfigFixture.of(Map.of("agent.sim.instant", "true"))
                                .sim())
                        .latency(ResourceKind.MACHINE))
                .isZero();
        for (ResourceKind kind : ResourceKind.values()) {
            assertThat(SimHosts.site(ConfigFixture.of(Map.of()).sim()).latency(kind))
                    .isBetween(Duration.ofMillis(10), Duration.ofMillis(300));
        }
    }

    @Test
    void eachKindFailsAsOftenAsAllUnlessItHasItsOwnRate() {
        // When
        SimSite site = SimHosts.site(
                ConfigFixture.of(Map.of("agent.sim.fault-rate", "0.2", "agent.sim.fault-rates.disk", "0.5"))
                        .sim());

        // Then
        for (ResourceKind kind : ResourceKind.values()) {
            assertThat(site.faultRate(kind)).isEqualTo(kind == ResourceKind.DISK ? 0.5 : 0.2);
            assertThat(SimHosts.site(ConfigFixture.of(Map.of()).sim()).faultRate(kind))
                    .isZero();
            assertThat(SimHosts.site(ConfigFixture.of(Map.of("agent.sim.fault-rates." + kind.wireName(), "0.7"))
                                    .sim())
                            .faultRate(kind))
                    .isEqualTo(0.7);
        }
    }

    @Test
    void aFaultRateThatIsNoneIsRefused() {
        AgentConfig config = ConfigFixture.of(Map.of("agent.sim.fault-rates.disk", "1.5"));

        assertThatThrownBy(() -> SimHosts.site(config.sim()))
                .hasMessage("agent.sim.fault-rates.disk: a fault rate lies from 0 to 1, not at 1.5");
    }

    @Test
    void aNumberOfHostsOutOfItsRangeIsRefusedByItsKey() {
        AgentConfig config = ConfigFixture.of(Map.of("agent.sim.gateway-hosts", "-1"));

        assertThatThrownBy(() -> SimHosts.of(TOKYO, config.sim()))
                .hasMessage("agent.sim.gateway-hosts is a number from 0 to 99, not -1");
    }

    @ParameterizedTest
    @CsvSource({"64GiB,68719476736", "4TiB,4398046511104", "1KiB,1024", "3 mib,3145728", "17,17", "17B,17", "0,0"})
    void aSizeIsReadWithItsUnit(String text, long bytes) {
        assertThat(ByteSize.valueOf(text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GiB", "4GB", "4GB?", "-1GiB", "1.5GiB", "9999999TiB", "64 gigabytes"})
    void aSizeThatIsNoneIsRefused(String text) {
        assertThatThrownBy(() -> ByteSize.valueOf(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a size is")
                .hasMessageContaining("'" + text + "'");
    }
}
