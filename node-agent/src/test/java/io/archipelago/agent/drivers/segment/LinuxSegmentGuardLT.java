package io.archipelago.agent.drivers.segment;

import static io.archipelago.agent.SiteFixture.allocation;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.agent.drivers.Drawn;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.InEveryRun;
import io.archipelago.agent.drivers.Observed;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.agent.os.KernelTree;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec.Gateway;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What keeps machines from hosts and closed networks, also when somebody has changed it. Runs in a host of the laboratory. */
@ExtendWith(Drawn.class)
class LinuxSegmentGuardLT {

    private static final String MACHINE = "lt-m1";
    private static final String HOST_ADDRESS = "198.51.100.2";
    private static final ResourceKey AT_GATEWAY = ResourceKey.of(ResourceKind.SEGMENT, allocation(1));
    private static final ResourceKey AT_COMPUTE = ResourceKey.of(ResourceKind.SEGMENT, allocation(11));
    private static final SegmentSpec OF_GATEWAY =
            new SegmentSpec(101, 1400, new Gateway("172.16.31.254/12", true, "172.16.31.254", List.of()));
    private static final SegmentSpec OF_COMPUTE = new SegmentSpec(101, 1400, null);
    private static final LabHost LAB = new LabHost();

    private final LinuxSegmentDriver gateway = LAB.gateway();
    private final LinuxSegmentDriver compute = LAB.compute();

    @BeforeAll
    static void begin() throws Exception {
        LAB.begin();
    }

    @AfterEach
    void leaveNothing() throws Exception {
        LAB.unplug(MACHINE);
        LAB.removeAll(compute, gateway);
        LAB.requireNothingLeft();
    }

    @AfterAll
    static void end() throws Exception {
        LAB.end();
    }

    @Test
    @InEveryRun
    void aMachineWithAnAddressOfTheHostsNetworkDoesNotReachTheHost() throws Exception {
        // Given
        compute.apply(AT_COMPUTE, OF_COMPUTE, Instant.now());
        String bridge = new SegmentNames(AT_COMPUTE).hostBridge();
        LAB.plug(MACHINE, "02:00:00:00:00:01", bridge);
        LAB.in(MACHINE, "ip address add 198.51.100.50/24 dev eth0");

        // Then
        assertThat(LAB.endIn(MACHINE, "arping -i eth0 -c 2 -w 2 " + HOST_ADDRESS)
                        .out())
                .contains(" 0 packets received");

        // When
        String mac = new KernelTree(Path.of("/sys/class/net"))
                .at(bridge)
                .text("address")
                .orElseThrow();
        LAB.in(MACHINE, "ip neighbour replace %s lladdr %s dev eth0".formatted(HOST_ADDRESS, mac));
        long before = echosHeard();

        // Then
        assertThat(LAB.endIn(MACHINE, "ping -c 2 -i 0.3 -W 1 " + HOST_ADDRESS).code())
                .isNotZero();
        assertThat(echosHeard()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"arp_ignore=0", "rp_filter=0", "forwarding=1"})
    void aHostThatHearsItsMachinesIsMadeDeafAgain(String setting) throws Exception {
        // Given
        compute.apply(AT_COMPUTE, OF_COMPUTE, Instant.now());
        assertThat(atCompute().condition()).isEqualTo(Condition.READY);

        // When
        LAB.run("sysctl -q -w net.ipv4.conf.%s.%s".formatted(new SegmentNames(AT_COMPUTE).hostBridge(), setting));

        // Then
        assertThat(atCompute().condition()).isEqualTo(Condition.BROKEN);
        compute.apply(AT_COMPUTE, OF_COMPUTE, Instant.now());
        assertThat(atCompute().condition()).isEqualTo(Condition.READY);
    }

    @Test
    void aRuleOfANamespaceThatWasChangedIsPutRight() throws Exception {
        // Given
        gateway.apply(AT_GATEWAY, OF_GATEWAY, Instant.now());
        String inside = new SegmentNames(AT_GATEWAY).namespace();

        // When
        LAB.in(inside, "iptables-legacy -D FORWARD -o outside -d 203.0.113.0/24 -j REJECT");
        LAB.in(inside, "iptables-legacy -A FORWARD -o outside -d 203.0.113.77/32 -j REJECT");

        // Then
        assertThat(atGateway().reason()).isEqualTo("the rules of its way to the outside were changed");
        putRight();
        assertThat(LAB.endIn(inside, "iptables-legacy -C FORWARD -o outside -d 203.0.113.0/24 -j REJECT")
                        .code())
                .isZero();
    }

    @Test
    void aRuleOfTheHostThatWasChangedIsPutRight() throws Exception {
        // Given
        gateway.apply(AT_GATEWAY, OF_GATEWAY, Instant.now());

        // When
        LAB.run("iptables-legacy -D ARCHIPELAGO-INPUT -i arcn-+ -j DROP");
        LAB.run("iptables-legacy -A ARCHIPELAGO-INPUT -i arcn-+ -j ACCEPT");

        // Then
        assertThat(atGateway().reason()).isEqualTo("this host's rules for ways to the outside were changed");
        putRight();
        LAB.run("iptables-legacy -C ARCHIPELAGO-INPUT -i arcn-+ -j DROP");
    }

    @Test
    void forwardingThatWasSwitchedOffIsSwitchedOnAgain() throws Exception {
        // Given
        gateway.apply(AT_GATEWAY, OF_GATEWAY, Instant.now());

        // When
        LAB.run("sysctl -q -w net.ipv4.conf.lt-out.forwarding=0");

        // Then
        assertThat(atGateway().reason()).contains("lt-out does not forward");
        putRight();

        // When
        LAB.in(new SegmentNames(AT_GATEWAY).namespace(), "sysctl -q -w net.ipv4.ip_forward=0");

        // Then
        assertThat(atGateway().reason()).contains("does not forward");
        putRight();
    }

    private void putRight() throws DriverFault {
        gateway.apply(AT_GATEWAY, OF_GATEWAY, Instant.now());
        assertThat(atGateway())
                .satisfies(
                        seen -> assertThat(seen.condition()).as(seen.reason()).isEqualTo(Condition.READY));
    }

    /** As an agent sees it that was just started, and so looks at everything. */
    private static Observed atGateway() throws DriverFault {
        return requireNonNull(LAB.gateway()
                .observe(Map.of(AT_GATEWAY, OF_GATEWAY), Instant.now())
                .get(AT_GATEWAY));
    }

    private Observed atCompute() throws DriverFault {
        return requireNonNull(
                compute.observe(Map.of(AT_COMPUTE, OF_COMPUTE), Instant.now()).get(AT_COMPUTE));
    }

    /** How many echo requests the host has taken so far. */
    private static long echosHeard() throws Exception {
        List<String> lines = Files.readAllLines(Path.of("/proc/net/snmp")).stream()
                .filter(line -> line.startsWith("Icmp: "))
                .toList();
        int column = Arrays.asList(lines.getFirst().split(" ", -1)).indexOf("InEchos");
        return Long.parseLong(lines.getLast().split(" ", -1)[column]);
    }
}
