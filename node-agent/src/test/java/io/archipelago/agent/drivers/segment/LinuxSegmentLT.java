package io.archipelago.agent.drivers.segment;

import static io.archipelago.agent.SiteFixture.allocation;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.archipelago.agent.drivers.Drawn;
import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.InEveryRun;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec.Gateway;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec.Station;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What machines find on the segments of a real kernel. Runs in a host of the laboratory. */
@ExtendWith(Drawn.class)
class LinuxSegmentLT {

    private static final String MAC = "02:00:00:00:00:01";
    private static final String GATEWAY = "172.16.31.254";
    private static final List<String> MACHINES = List.of("lt-m1", "lt-m2");

    /** One cluster has these two; only the names of the hosts in one kernel have to differ. */
    private static final ResourceKey AT_GATEWAY = ResourceKey.of(ResourceKind.SEGMENT, allocation(1));

    private static final ResourceKey AT_COMPUTE = ResourceKey.of(ResourceKind.SEGMENT, allocation(11));

    /** The same of another cluster. */
    private static final ResourceKey OTHER_AT_GATEWAY = ResourceKey.of(ResourceKind.SEGMENT, allocation(2));

    private static final ResourceKey OTHER_AT_COMPUTE = ResourceKey.of(ResourceKind.SEGMENT, allocation(12));

    private static final LabHost LAB = new LabHost();

    private final LinuxSegmentDriver gateway = LAB.gateway();
    private final LinuxSegmentDriver compute = LAB.compute();

    @BeforeAll
    static void begin() throws Exception {
        LAB.begin();
    }

    @AfterEach
    void leaveNothing() throws Exception {
        MACHINES.forEach(LAB::unplug);
        LAB.removeAll(compute, gateway);
        LAB.requireNothingLeft();
    }

    @AfterAll
    static void end() throws Exception {
        LAB.end();
    }

    @Test
    @InEveryRun
    void aMachineGetsItsAddressItsNamesAndItsWayOut() throws Exception {
        // Given
        cluster(AT_GATEWAY, AT_COMPUTE, 101, true);
        LAB.plug("lt-m1", MAC, bridge(AT_COMPUTE));

        // When
        String lease = dhcp("lt-m1");

        // Then
        assertThat(lease)
                .contains("ip=172.16.1.1")
                .contains("subnet=255.240.0.0")
                .contains("router=" + GATEWAY)
                .contains("dns=" + GATEWAY)
                .contains("mtu=1400")
                .contains("hostname=frontend");
        take("lt-m1", "172.16.1.1");
        assertThat(LAB.in("lt-m1", "busybox nslookup elsewhere " + GATEWAY)).contains("172.16.2.1");
        assertThat(pings("lt-m1", LabHost.OUTSIDE_ADDRESS)).isTrue();
        assertThat(pings("lt-m1", "203.0.113.1")).as("what is closed").isFalse();
        assertThat(pings("lt-m1", "198.51.100.2")).as("the host itself").isFalse();
        assertThat(LAB.endIn("lt-world", "ip route replace 172.16.0.0/12 via 198.51.100.2")
                        .code())
                .isZero();
        assertThat(pings("lt-world", "172.16.1.1")).as("inward").isFalse();
    }

    @Test
    void aMachineThatIsNotOfThisSiteGetsNoAddress() throws Exception {
        // Given
        cluster(AT_GATEWAY, AT_COMPUTE, 101, false);
        LAB.plug("lt-m1", "02:00:00:00:00:09", bridge(AT_COMPUTE));
        LAB.plug("lt-m2", "02:00:00:00:02:01", bridge(AT_COMPUTE));

        // Then
        assertThat(dhcp("lt-m1")).doesNotContain("ip=");
        assertThat(dhcp("lt-m2")).doesNotContain("ip=");
    }

    @Test
    void aMachineMayRunOnTheGatewayItself() throws Exception {
        // Given
        LinuxSegmentDriver both = LAB.gateway(true);
        both.apply(AT_GATEWAY, gatewaySpec(), now());
        assertThat(condition(both, AT_GATEWAY, gatewaySpec())).isEqualTo(Condition.READY);
        compute(AT_COMPUTE, 101);
        LAB.plug("lt-m1", MAC, bridge(AT_GATEWAY));
        LAB.plug("lt-m2", "02:00:00:00:00:02", bridge(AT_COMPUTE));
        take("lt-m1", "172.16.1.1");
        take("lt-m2", "172.16.1.2");

        // Then
        assertThat(pings("lt-m1", GATEWAY)).isTrue();
        assertThat(pings("lt-m1", "172.16.1.2")).isTrue();
    }

    @Test
    void aStationThatCameLaterIsKnownWithoutARestart() throws Exception {
        // Given
        gateway.apply(AT_GATEWAY, gatewaySpec(101, false, List.of()), now());
        long pid = dnsmasq();
        LAB.plug("lt-m1", MAC, bridge(compute(AT_COMPUTE, 101)));

        // When
        gateway.apply(AT_GATEWAY, gatewaySpec(101, false, stations()), now());

        // Then
        assertThat(dhcp("lt-m1")).contains("ip=172.16.1.1");
        assertThat(dnsmasq()).isEqualTo(pid);
    }

    @Test
    void framesOnTheTrunkAreTagged() throws Exception {
        // Given
        cluster(AT_GATEWAY, AT_COMPUTE, 101, false);
        LAB.plug("lt-m1", MAC, bridge(AT_COMPUTE));
        take("lt-m1", "172.16.1.1");
        Path capture = Files.createTempFile("lt-", ".txt");
        Process tcpdump = new ProcessBuilder("tcpdump", "-nle", "-c", "1", "-i", "lt-b", "arp")
                .redirectOutput(capture.toFile())
                .redirectErrorStream(true)
                .start();
        await().until(() -> Files.readString(capture).contains("listening on"));

        // When
        assertThat(pings("lt-m1", GATEWAY)).isTrue();

        // Then
        assertThat(tcpdump.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(capture)).contains("vlan 101");
    }

    @Test
    @InEveryRun
    void clustersWithTheSameAddressesDoNotSeeEachOther() throws Exception {
        // Given
        cluster(AT_GATEWAY, AT_COMPUTE, 101, true);
        cluster(OTHER_AT_GATEWAY, OTHER_AT_COMPUTE, 102, true);
        LAB.plug("lt-m1", MAC, bridge(AT_COMPUTE));
        LAB.plug("lt-m2", "02:00:00:00:00:02", bridge(OTHER_AT_COMPUTE));
        take("lt-m1", "172.16.1.1");
        take("lt-m2", "172.16.1.2");

        // Then
        assertThat(pings("lt-m1", GATEWAY)).isTrue();
        assertThat(pings("lt-m2", GATEWAY)).isTrue();
        assertThat(pings("lt-m1", LabHost.OUTSIDE_ADDRESS)).isTrue();
        assertThat(pings("lt-m2", LabHost.OUTSIDE_ADDRESS)).isTrue();
        assertThat(pings("lt-m1", "172.16.1.2")).isFalse();
        for (String side : LAB.run("ip -4 -o address show")
                .lines()
                .filter(line -> line.contains("arcn-"))
                .toList()) {
            String inner = Pairs.other(Prefix.parse(side.replaceAll(".*inet (\\S+) .*", "$1")))
                    .address();
            boolean own = LAB.in(new SegmentNames(AT_GATEWAY).namespace(), "ip -4 -o address show")
                    .contains(inner);
            assertThat(pings("lt-m1", inner))
                    .as("the way to the outside at " + inner)
                    .isEqualTo(own);
        }
    }

    @Test
    void whatIsKilledIsStartedAgain() throws Exception {
        // Given
        cluster(AT_GATEWAY, AT_COMPUTE, 101, false);
        ProcessHandle.of(dnsmasq()).orElseThrow().destroyForcibly();
        await().until(() -> condition(gateway, AT_GATEWAY, gatewaySpec()) == Condition.BROKEN);

        // When
        gateway.apply(AT_GATEWAY, gatewaySpec(), now());

        // Then
        assertThat(condition(gateway, AT_GATEWAY, gatewaySpec())).isEqualTo(Condition.READY);
        assertThat(ProcessHandle.of(dnsmasq())).isPresent();
    }

    /** At a random moment, with the program that is running then. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void whatIsCutOffIsCompletedOrRemoved(long seed) throws Exception {
        // Given
        SegmentSpec spec = gatewaySpec(101, true, stations());
        long began = System.nanoTime();
        gateway.apply(AT_GATEWAY, spec, now());
        long took = System.nanoTime() - began;
        RandomGenerator random = new SplittableRandom(seed);
        cutOff(() -> gateway.remove(AT_GATEWAY, now()), random.nextLong(took / 3));
        gateway.remove(AT_GATEWAY, now());
        LAB.requireNothingLeft();

        // When
        cutOff(() -> gateway.apply(AT_GATEWAY, spec, now()), random.nextLong(took));

        // Then
        LinuxSegmentDriver next = LAB.gateway();
        if (random.nextBoolean()) {
            next.apply(AT_GATEWAY, spec, now());
            assertThat(condition(next, AT_GATEWAY, spec)).isEqualTo(Condition.READY);
        } else {
            for (ResourceKey key : next.observe(Map.of(), now()).keySet()) {
                next.remove(key, now());
            }
            LAB.requireNothingLeft();
        }
    }

    @Test
    void whatIsHalfMadeIsCompletedOrRemoved() throws Exception {
        // Given
        SegmentNames names = new SegmentNames(AT_COMPUTE);
        Files.createDirectories(Path.of("/run/archipelago-lt/compute", AT_COMPUTE.id()));
        LAB.run("ip link add link lt-b name " + names.hostVlan() + " type vlan id 101");
        Files.createDirectories(Path.of("/run/netns"));
        Files.createFile(Path.of("/run/netns", new SegmentNames(AT_GATEWAY).namespace()));

        // Then
        assertThat(compute.observe(Map.of(), now())).containsKeys(AT_COMPUTE, AT_GATEWAY);
        compute.apply(AT_COMPUTE, new SegmentSpec(101, 1400, null), now());
        assertThat(condition(compute, AT_COMPUTE, new SegmentSpec(101, 1400, null)))
                .isEqualTo(Condition.READY);
        gateway.remove(AT_GATEWAY, now());
        assertThat(gateway.observe(Map.of(), now())).containsOnlyKeys(AT_COMPUTE);
    }

    @Test
    @InEveryRun
    void whatIsNotOursIsLeftAlone() throws Exception {
        // Given
        SegmentNames names = new SegmentNames(AT_COMPUTE);
        LAB.run("ip link add link lt-b name lt-b.101 type vlan id 101");
        LAB.run("ip link add " + names.hostBridge() + " type bridge");
        LAB.run("ip link set " + names.hostBridge() + " alias somebody's");

        // Then
        assertThatThrownBy(() -> compute.apply(AT_COMPUTE, new SegmentSpec(102, 1400, null), now()))
                .isInstanceOf(DriverFault.class)
                .hasMessageContaining("is not ours");
        compute.remove(AT_COMPUTE, now());
        assertThatThrownBy(() -> compute.apply(OTHER_AT_COMPUTE, new SegmentSpec(101, 1400, null), now()))
                .isInstanceOf(DriverFault.class)
                .hasMessageContaining("VLAN 101 of the trunk lt-b already serves the interface lt-b.101");
        compute.remove(OTHER_AT_COMPUTE, now());
        assertThat(LAB.run("ip link show")).contains("lt-b.101@lt-b").contains(names.hostBridge());
        LAB.run("ip link delete lt-b.101");
        LAB.run("ip link delete " + names.hostBridge());
    }

    @Test
    void aTrunkThatIsDownIsTold() throws Exception {
        // Given
        cluster(AT_GATEWAY, AT_COMPUTE, 101, false);
        LAB.run("ip link set lt-b down");

        // Then
        assertThat(compute.observe(Map.of(), now()).get(AT_COMPUTE))
                .satisfies(seen -> assertThat(seen.reason()).contains("the trunk lt-b is down: ip link set lt-b up"));
        LAB.run("ip link set lt-b up");
    }

    /** What a driver does. */
    @FunctionalInterface
    private interface Step {
        void run() throws DriverFault;
    }

    private static void cutOff(Step step, long nanos) throws InterruptedException {
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                step.run();
            } catch (DriverFault e) {
                // it was cut off
            }
        });
        thread.join(Duration.ofNanos(nanos));
        thread.interrupt();
        thread.join();
    }

    private void cluster(ResourceKey atGateway, ResourceKey atCompute, int vlan, boolean nat) throws DriverFault {
        gateway.apply(atGateway, gatewaySpec(vlan, nat, stations()), now());
        compute(atCompute, vlan);
    }

    private ResourceKey compute(ResourceKey key, int vlan) throws DriverFault {
        compute.apply(key, new SegmentSpec(vlan, 1400, null), now());
        return key;
    }

    private static SegmentSpec gatewaySpec() {
        return gatewaySpec(101, false, stations());
    }

    private static SegmentSpec gatewaySpec(int vlan, boolean nat, List<Station> stations) {
        return new SegmentSpec(vlan, 1400, new Gateway(GATEWAY + "/12", nat, GATEWAY, stations));
    }

    private static List<Station> stations() {
        return List.of(
                new Station("frontend", MAC, "172.16.1.1", true),
                new Station("elsewhere", "02:00:00:00:02:01", "172.16.2.1", false));
    }

    private String bridge(ResourceKey key) throws DriverFault {
        Optional<String> bridge = new SegmentPaths(LAB.programs()).bridge(key);
        return bridge.orElseThrow();
    }

    /** What the machine is told, one {@code key=value} in a line; it asks for a few seconds. */
    private String dhcp(String machine) throws Exception {
        Path script = Files.createTempFile("lt-", ".sh");
        Path told = Files.createTempFile("lt-", ".lease");
        Files.writeString(script, "#!/bin/sh\n[ \"$1\" = bound ] && env > " + told + "\nexit 0\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        LAB.endIn(
                machine, "busybox udhcpc -i eth0 -n -q -f -t 4 -T 1 -O mtu -O hostname -O router -O dns -s " + script);
        return Files.readString(told);
    }

    private void take(String machine, String address) throws DriverFault {
        LAB.in(machine, "ip address add " + address + "/12 dev eth0");
        LAB.in(machine, "ip route add default via " + GATEWAY);
    }

    private boolean pings(String from, String to) throws DriverFault {
        return LAB.endIn(from, "ping -c 2 -i 0.3 -W 2 " + to).code() == 0;
    }

    private long dnsmasq() throws Exception {
        Path file = Path.of("/run/archipelago-lt/gateway", AT_GATEWAY.id(), "dnsmasq.pid");
        await().until(() -> Files.exists(file));
        return Long.parseLong(Files.readString(file).strip());
    }

    private static Condition condition(Driver<SegmentSpec> driver, ResourceKey key, SegmentSpec spec)
            throws DriverFault {
        return requireNonNull(driver.observe(Map.of(key, spec), now()).get(key)).condition();
    }

    private static Instant now() {
        return Instant.now();
    }
}
