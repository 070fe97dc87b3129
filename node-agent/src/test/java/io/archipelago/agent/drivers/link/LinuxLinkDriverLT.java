package io.archipelago.agent.drivers.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.archipelago.agent.drivers.Drawn;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.InEveryRun;
import io.archipelago.agent.drivers.Observed;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.ResourceSpec.LinkSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Links between two gateways, of every kind that Linux has. Runs on a gateway of the laboratory. */
@ExtendWith(Drawn.class)
class LinuxLinkDriverLT {

    private static final String FINGERPRINT_OF_NOBODY = "0A:".repeat(31) + "0A";
    private static final String KEY_OF_NOBODY =
            Base64.getEncoder().encodeToString("32 bytes that are nobody's key!!".getBytes(StandardCharsets.US_ASCII));

    private final TwoGateways gateways;

    LinuxLinkDriverLT() throws IOException, DriverFault {
        gateways = new TwoGateways();
    }

    @AfterEach
    void leaveNothing() throws IOException, DriverFault {
        gateways.close();
    }

    @ParameterizedTest
    @InEveryRun
    @EnumSource
    void carriesFullFramesAndComesBackAfterACut(LinkDriver way) throws Exception {
        // Given
        LinkSpec spec = gateways.tokyo.spec(way, gateways.osaka);
        gateways.open(way);
        gateways.tokyo.awaitThat(spec, Condition.READY);
        gateways.osaka.awaitThat(gateways.osaka.spec(way, gateways.tokyo), Condition.READY);
        pingBothWays(spec.mtu());

        // When
        gateways.cut();

        // Then
        Observed cut = gateways.tokyo.awaitThat(spec, Condition.BROKEN);
        assertThat(cut.reason()).contains("osaka");

        // When
        gateways.mend();

        // Then
        gateways.tokyo.awaitThat(spec, Condition.READY);
        pingBothWays(spec.mtu());

        // When
        gateways.tokyo.restartAgent();

        // Then
        assertThat(gateways.tokyo.seen(spec))
                .hasValueSatisfying(seen -> assertThat(seen.condition()).isEqualTo(Condition.READY));
    }

    @Test
    void isOpenedAgainWhenItsProcessWasKilled() throws Exception {
        // Given
        gateways.open(LinkDriver.OPENVPN);
        LinkSpec spec = gateways.tokyo.spec(LinkDriver.OPENVPN, gateways.osaka);
        gateways.tokyo.awaitThat(spec, Condition.READY);

        // When
        openVpns("/tokyo/").forEach(ProcessHandle::destroyForcibly);

        // Then
        gateways.tokyo.awaitThat(spec, Condition.BROKEN);
        gateways.tokyo.awaitThat(spec, Condition.READY);
        pingBothWays(spec.mtu());
        assertThat(openVpns("/tokyo/")).hasSize(1);
    }

    /** A process that lives, and that its peer's does not answer any more, may be beyond help. */
    @Test
    @InEveryRun
    void isOpenedAnewWhenItHasCarriedNothingForLong() throws Exception {
        // Given
        Duration silence = Duration.ofSeconds(5);
        gateways.tokyo.restartAgent(silence);
        gateways.open(LinkDriver.OPENVPN);
        LinkSpec spec = gateways.tokyo.spec(LinkDriver.OPENVPN, gateways.osaka);
        gateways.tokyo.awaitThat(spec, Condition.READY);
        long first = openVpn();
        gateways.cut();
        gateways.tokyo.awaitThat(spec, Condition.BROKEN);

        // When
        await().atMost(TwoGateways.PATIENCE).until(() -> {
            gateways.tokyo.apply(spec);
            return openVpn() != first;
        });
        long second = openVpn();
        long opened = System.nanoTime();

        // Then
        assertThat(gateways.tokyo.seen(spec))
                .hasValueSatisfying(seen -> assertThat(seen.condition()).isEqualTo(Condition.BROKEN));
        await().atMost(TwoGateways.PATIENCE).until(() -> {
            gateways.tokyo.apply(spec);
            return openVpn() != second;
        });
        assertThat(Duration.ofNanos(System.nanoTime() - opened))
                .as("until it is opened once more")
                .isGreaterThanOrEqualTo(silence);

        // When
        gateways.mend();

        // Then
        gateways.tokyo.awaitThat(spec, Condition.READY);
        pingBothWays(spec.mtu());
    }

    @ParameterizedTest
    @EnumSource(names = {"OPENVPN", "VXLAN_WIREGUARD"})
    void isNeverReadyForAGatewayWithAnotherKey(LinkDriver way) throws Exception {
        // Given
        LinkSpec right = gateways.tokyo.spec(way, gateways.osaka);
        String wrong = way == LinkDriver.OPENVPN ? FINGERPRINT_OF_NOBODY : KEY_OF_NOBODY;
        LinkSpec spec = gateways.tokyo.spec(way, gateways.osaka, right.mtu(), 0, wrong);

        // When
        gateways.tokyo.apply(spec);
        gateways.osaka.apply(gateways.osaka.spec(way, gateways.tokyo));

        // Then
        await().atMost(TwoGateways.PATIENCE)
                .untilAsserted(() -> assertThat(gateways.tokyo.seen(spec)).hasValueSatisfying(seen -> {
                    assertThat(seen.condition()).isEqualTo(Condition.MAKING);
                    assertThat(seen.reason()).containsAnyOf("another certificate", "has answered");
                }));
    }

    @Test
    void saysWhyFullFramesDoNotPass() throws Exception {
        // Given
        gateways.widen(1380);
        LinkSpec spec = gateways.tokyo.spec(LinkDriver.VXLAN, gateways.osaka);

        // When
        gateways.open(LinkDriver.VXLAN);

        // Then
        awaitMaking(spec, "frames of 1400 bytes do not pass", "carries 1380", "set network.link.path-mtu");

        // When
        gateways.widen(1500);

        // Then
        gateways.tokyo.awaitThat(spec, Condition.READY);
    }

    @Test
    void isNotReadyAsLongAsFramesComeTwice() throws Exception {
        // Given
        gateways.osaka.inWan("tc", "qdisc", "add", "dev", TwoGateways.CABLE, "root", "netem", "duplicate", "100%");
        LinkSpec spec = gateways.tokyo.spec(LinkDriver.VXLAN, gateways.osaka);

        // When
        gateways.open(LinkDriver.VXLAN);

        // Then
        awaitMaking(spec, "answered more than once: there is a loop");

        // When
        gateways.osaka.inWan("tc", "qdisc", "delete", "dev", TwoGateways.CABLE, "root");

        // Then
        gateways.tokyo.awaitThat(spec, Condition.READY);
    }

    @Test
    void isNotReadyAsLongAsBroadcastsDoNotPass() throws Exception {
        // Given
        String mac = "02:00:00:00:00:99";
        gateways.osaka.inCluster("ip", "link", "set", TwoGateways.BRIDGE, "address", mac);
        gateways.osaka.inCluster("sysctl", "-qw", "net.ipv4.conf.%s.arp_ignore=8".formatted(TwoGateways.BRIDGE));
        gateways.tokyo.inCluster(
                "ip",
                "neigh",
                "replace",
                gateways.osaka.clusterAddress(),
                "lladdr",
                mac,
                "nud",
                "permanent",
                "dev",
                TwoGateways.BRIDGE);
        LinkSpec spec = gateways.tokyo.spec(LinkDriver.VXLAN, gateways.osaka);

        // When
        gateways.open(LinkDriver.VXLAN);

        // Then
        awaitMaking(spec, "broadcasts do not pass, though other frames do");

        // When
        gateways.osaka.inCluster("sysctl", "-qw", "net.ipv4.conf.%s.arp_ignore=0".formatted(TwoGateways.BRIDGE));

        // Then
        gateways.tokyo.awaitThat(spec, Condition.READY);
    }

    @Test
    @InEveryRun
    void isHeldToItsBandwidthAndToldWhatItCarries() throws Exception {
        // Given
        gateways.open(LinkDriver.VXLAN);
        LinkSpec free = gateways.tokyo.spec(LinkDriver.VXLAN, gateways.osaka);
        gateways.tokyo.awaitThat(free, Condition.READY);
        double before = gateways.throughput();
        LinkSpec held = gateways.tokyo.spec(LinkDriver.VXLAN, gateways.osaka, free.mtu(), 10_000_000);
        assertThat(gateways.tokyo.seen(held))
                .hasValueSatisfying(seen -> assertThat(seen.condition()).isEqualTo(Condition.DIFFERENT));

        // When
        gateways.tokyo.apply(held);

        // Then
        gateways.tokyo.awaitThat(held, Condition.READY);
        assertThat(gateways.throughput() / 10_000_000).isBetween(0.7, 1.1);
        assertThat(before).isGreaterThan(20_000_000);
        await().atMost(TwoGateways.PATIENCE)
                .untilAsserted(() -> assertThat(gateways.tokyo.seen(held))
                        .hasValueSatisfying(seen -> assertThat(seen.details())
                                .containsEntry("pathMtu", "1500")
                                .containsKeys("roundTripMillis", "throughputMbit")));

        // When
        gateways.tokyo.inCluster("tc", "qdisc", "delete", "dev", device(), "root");

        // Then
        gateways.tokyo.awaitThat(held, Condition.BROKEN);
        gateways.tokyo.awaitThat(held, Condition.READY);
    }

    @Test
    void isMadeWholeFromHalf() throws Exception {
        // Given
        LinkSpec spec = gateways.tokyo.spec(LinkDriver.VXLAN, gateways.osaka);
        gateways.open(LinkDriver.VXLAN);
        gateways.tokyo.awaitThat(spec, Condition.READY);
        gateways.tokyo.inCluster("ip", "link", "set", "dev", device(), "nomaster", "alias", "");

        // Then
        assertThat(gateways.tokyo.awaitThat(spec, Condition.BROKEN).reason()).contains("device");
        gateways.tokyo.awaitThat(spec, Condition.READY);
    }

    @Test
    void isMadeByTheNextAgentIfTheLastWasKilledInTheMiddle() throws Exception {
        // Given
        LinkSpec spec = gateways.tokyo.spec(LinkDriver.VXLAN, gateways.osaka);
        gateways.tokyo.beginToMake(spec);
        gateways.tokyo.inWan("ip", "link", "add", "dev", device(), "type", "bridge");
        gateways.tokyo.restartAgent();
        assertThat(gateways.tokyo.awaitThat(spec, Condition.BROKEN).reason()).contains("not made to its end");

        // When
        gateways.open(LinkDriver.VXLAN);

        // Then
        gateways.tokyo.awaitThat(spec, Condition.READY);
        assertThat(gateways.tokyo.inWan("ip", "-brief", "link")).doesNotContain(device());
    }

    @Test
    @InEveryRun
    void leavesADeviceOfOthersAlone() throws Exception {
        // Given
        LinkSpec spec = gateways.tokyo.spec(LinkDriver.VXLAN, gateways.osaka);
        gateways.open(LinkDriver.VXLAN);
        gateways.tokyo.inCluster("ip", "link", "set", "dev", device(), "alias", "theirs");

        // Then
        assertThatThrownBy(() -> gateways.tokyo.driver().remove(gateways.tokyo.key, Instant.now()))
                .isInstanceOf(DriverFault.class)
                .hasMessageContaining("is of \"theirs\", and is left alone");
        gateways.tokyo.inCluster("ip", "link", "set", "dev", device(), "alias", Link.label(gateways.tokyo.key));
        gateways.tokyo.driver().remove(gateways.tokyo.key, Instant.now());
        assertThat(gateways.tokyo.seen(spec)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void leavesNothingWhenItIsRemoved(LinkDriver way) throws Exception {
        // Given
        List<String> before = gateways.traces();
        gateways.open(way);
        assertThat(gateways.traces()).isNotEqualTo(before);

        // When
        gateways.tokyo.driver().remove(gateways.tokyo.key, Instant.now());
        gateways.osaka.driver().remove(gateways.osaka.key, Instant.now());

        // Then
        await().atMost(TwoGateways.PATIENCE)
                .untilAsserted(() -> assertThat(gateways.traces()).isEqualTo(before));
    }

    @Test
    void anApplianceIsToldToCloseWhatTheHostForgot() throws Exception {
        // Given
        List<String> before = gateways.traces();
        LinkSpec spec = gateways.tokyo.spec(LinkDriver.CONSOLE, gateways.osaka);
        gateways.open(LinkDriver.CONSOLE);
        gateways.tokyo.awaitThat(spec, Condition.READY);

        // When
        gateways.tokyo.rebootBesideItsAppliance();

        // Then
        gateways.tokyo.awaitThat(spec, Condition.BROKEN);
        gateways.tokyo.awaitThat(spec, Condition.READY);

        // When
        gateways.tokyo.rebootBesideItsAppliance();

        // Then
        assertThat(gateways.tokyo.driver().observe(Map.of(), Instant.now())).containsOnlyKeys(gateways.tokyo.key);
        gateways.tokyo.driver().remove(gateways.tokyo.key, Instant.now());
        gateways.osaka.driver().remove(gateways.osaka.key, Instant.now());
        await().atMost(TwoGateways.PATIENCE)
                .untilAsserted(() -> assertThat(gateways.traces()).isEqualTo(before));
    }

    private void awaitMaking(LinkSpec spec, String... reasons) {
        await().atMost(TwoGateways.PATIENCE)
                .untilAsserted(() -> assertThat(gateways.tokyo.seen(spec)).hasValueSatisfying(seen -> {
                    assertThat(seen.condition()).isEqualTo(Condition.MAKING);
                    assertThat(seen.reason()).contains(reasons);
                }));
    }

    private String device() {
        return Link.device(gateways.tokyo.key);
    }

    /** The process of tokyo's end. */
    private static long openVpn() {
        List<ProcessHandle> all = openVpns("/tokyo/");
        return all.isEmpty() ? 0 : all.getFirst().pid();
    }

    private static List<ProcessHandle> openVpns(String of) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.contains("/openvpn --config ") && line.contains(of))
                        .isPresent())
                .toList();
    }

    private void pingBothWays(int mtu) throws DriverFault {
        String bytes = Integer.toString(mtu - 28);
        gateways.tokyo.inCluster(
                "ping", "-n", "-M", "do", "-s", bytes, "-c", "1", "-w", "3", gateways.osaka.clusterAddress());
        gateways.osaka.inCluster(
                "ping", "-n", "-M", "do", "-s", bytes, "-c", "1", "-w", "3", gateways.tokyo.clusterAddress());
    }
}
