package io.archipelago.agent.drivers.link;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.Observed;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.LinkSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * Two gateways on one machine: a network namespace each, joined by a cable that is the WAN, and a namespace each for the cluster with a
 * bridge in it. Needs root.
 */
final class TwoGateways implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LIMIT = Duration.ofSeconds(15);
    static final String BRIDGE = "br0";
    static final String CABLE = "wan0";
    private static final int PORT = 20001;
    private static final int TUNNEL = 4711;

    final Gateway tokyo;
    final Gateway osaka;
    private final Path directory;

    TwoGateways() throws IOException, DriverFault {
        directory = Files.createTempDirectory("two-gateways");
        tokyo = new Gateway("tokyo", "osaka", 1);
        osaka = new Gateway("osaka", "tokyo", 2);
        clear();
        Programs host = new Programs(LIMIT);
        // Its own devices come to every namespace when it is loaded, and are not to come later.
        host.end(List.of("modprobe", "--quiet", "ip_gre"));
        for (Gateway gateway : List.of(tokyo, osaka)) {
            gateway.make();
        }
        host.run(
                "ip", "-n", tokyo.wan, "link", "add", CABLE, "type", "veth", "peer", "name", CABLE, "netns", osaka.wan);
        for (Gateway gateway : List.of(tokyo, osaka)) {
            host.run("ip", "-n", gateway.wan, "address", "add", gateway.wanAddress() + "/24", "dev", CABLE);
            host.run("ip", "-n", gateway.wan, "link", "set", CABLE, "up");
        }
    }

    /** How wide the WAN is. */
    void widen(int mtu) throws DriverFault {
        for (Gateway gateway : List.of(tokyo, osaka)) {
            gateway.inWan("ip", "link", "set", CABLE, "mtu", Integer.toString(mtu));
        }
    }

    void cut() throws DriverFault {
        osaka.inWan("ip", "link", "set", CABLE, "down");
    }

    void mend() throws DriverFault {
        osaka.inWan("ip", "link", "set", CABLE, "up");
    }

    /** Both ends of one link. */
    void open(LinkDriver driver) throws DriverFault {
        tokyo.apply(tokyo.spec(driver, osaka));
        osaka.apply(osaka.spec(driver, tokyo));
    }

    /** What gets from tokyo's side of the cluster to osaka's, in bits per second. */
    double throughput() throws DriverFault {
        Programs host = new Programs(LIMIT);
        host.run("ip", "netns", "exec", osaka.cluster, "iperf3", "--server", "--one-off", "--daemon");
        String told = tokyo.inCluster("iperf3", "--client", osaka.clusterAddress(), "--time", "2", "--json");
        return Told.json("iperf3", told).at("/end/sum_received/bits_per_second").asDouble();
    }

    /** All that links leave: devices, processes, files. */
    List<String> traces() throws DriverFault, IOException {
        List<String> traces = new ArrayList<>();
        for (Gateway gateway : List.of(tokyo, osaka)) {
            for (String namespace : List.of(gateway.wan, gateway.cluster)) {
                for (var device : Told.json("ip", new Programs(LIMIT).run("ip", "-n", namespace, "-json", "link"))) {
                    traces.add(namespace + " " + device.path("ifname").asText());
                }
            }
            for (Path records : List.of(gateway.settings.records(), gateway.settings.lastingRecords())) {
                if (Files.exists(records)) {
                    try (Stream<Path> files = Files.list(records)) {
                        files.forEach(file -> traces.add(file.toString()));
                    }
                }
            }
        }
        ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> line.contains("openvpn --config " + directory) || line.contains("wireguard-go"))
                .forEach(traces::add);
        return traces;
    }

    @Override
    public void close() throws DriverFault, IOException {
        tokyo.leave();
        osaka.leave();
        clear();
        delete(directory);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Those of the example, whose appliance is the gateway's own namespace here. */
    private static Path scripts(Path to, String namespace) throws IOException {
        Path example = repository().resolve("examples").resolve("link-appliance");
        Files.createDirectories(to);
        for (String script : List.of("open", "close", "status")) {
            Files.copy(example.resolve(script), to.resolve(script), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Files.writeString(to.resolve("namespace"), namespace);
        return to;
    }

    private static Path repository() {
        Path classes = Path.of(TwoGateways.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        return classes.resolve("../../..").normalize();
    }

    private void clear() throws DriverFault {
        Programs host = new Programs(LIMIT);
        for (Gateway gateway : List.of(tokyo, osaka)) {
            host.end(List.of("ip", "netns", "delete", gateway.wan));
            host.end(List.of("ip", "netns", "delete", gateway.cluster));
        }
    }

    /** One of them, with its driver. */
    final class Gateway {

        final String wan;
        final String cluster;
        final ResourceKey key;
        final Programs programs;
        private final String peer;
        private final int number;
        private LinkSettings settings;
        private LinuxLinkDriver driver;

        Gateway(String name, String peer, int number) throws IOException {
            wan = "lt-" + name + "-wan";
            cluster = "lt-" + name;
            key = ResourceKey.of(ResourceKind.LINK, SiteFixture.CLUSTER, peer);
            programs = new Programs(LIMIT).within(wan);
            this.peer = peer;
            this.number = number;
            scripts(directory.resolve(name).resolve("scripts"), wan);
            settings = reopeningAfter(Duration.ofSeconds(15));
            driver = newDriver();
        }

        private LinkSettings reopeningAfter(Duration silence) {
            Path own = directory.resolve(wan.replaceAll("lt-|-wan", ""));
            return new LinkSettings(
                    own.resolve("keys"),
                    own.resolve("records"),
                    own.resolve("lasting"),
                    own.resolve("scripts"),
                    Duration.ofMillis(300),
                    Duration.ofSeconds(2),
                    silence,
                    Duration.ofMinutes(15));
        }

        /** Another agent is started, which opens a link anew that has carried nothing for so long. */
        void restartAgent(Duration silence) {
            settings = reopeningAfter(silence);
            restartAgent();
        }

        LinuxLinkDriver driver() {
            return driver;
        }

        String wanAddress() {
            return "192.0.2." + number;
        }

        String clusterAddress() {
            return "172.16." + number + ".254";
        }

        LinkSpec spec(LinkDriver way, Gateway other) {
            return spec(way, other, SiteFixture.link(PORT).mtu(), 0);
        }

        LinkSpec spec(LinkDriver way, Gateway other, int mtu, long bandwidth) {
            String peerKey =
                    Optional.ofNullable(other.driver.offers().keys().get(way)).orElse("");
            return spec(way, other, mtu, bandwidth, peerKey);
        }

        LinkSpec spec(LinkDriver way, Gateway other, int mtu, long bandwidth, String peerKey) {
            return new LinkSpec(
                    SiteFixture.segmentKey(),
                    new SiteId(peer),
                    number == 1,
                    new LinkSpec.Ends(
                            PORT + number,
                            other.wanAddress(),
                            PORT + other.number,
                            clusterAddress(),
                            other.clusterAddress()),
                    mtu,
                    way,
                    peerKey,
                    TUNNEL,
                    bandwidth);
        }

        void apply(LinkSpec spec) throws DriverFault {
            driver.apply(key, spec, Instant.now());
        }

        /** As far as an agent comes that is killed after its first step. */
        void beginToMake(LinkSpec spec) throws DriverFault {
            new Records(settings.records(), settings.lastingRecords())
                    .write(new Records.Record(new Link(key, spec, place().orElseThrow()), false));
        }

        Optional<Observed> seen(LinkSpec spec) throws DriverFault {
            return Optional.ofNullable(
                    driver.observe(Map.of(key, spec), Instant.now()).get(key));
        }

        /** Waits until it is so; makes it again meanwhile when it is broken, as an agent would. */
        Observed awaitThat(LinkSpec spec, Condition condition) {
            AtomicReference<Observed> last = new AtomicReference<>();
            await().atMost(PATIENCE).untilAsserted(() -> {
                Observed seen = seen(spec).orElseThrow();
                last.set(seen);
                if (seen.condition() == Condition.BROKEN && condition == Condition.READY) {
                    apply(spec);
                }
                assertThat(seen.condition()).as(seen.reason()).isEqualTo(condition);
            });
            return requireNonNull(last.get());
        }

        String inWan(String... command) throws DriverFault {
            return programs.run(command);
        }

        String inCluster(String... command) throws DriverFault {
            return programs.within(cluster).run(command);
        }

        /** The agent dies, and another is started. */
        void restartAgent() {
            driver.close();
            driver = newDriver();
        }

        void makeSegment() throws DriverFault {
            Programs host = new Programs(LIMIT);
            host.run("ip", "netns", "add", cluster);
            inCluster("ip", "link", "set", "lo", "up");
            inCluster("ip", "link", "add", BRIDGE, "type", "bridge", "forward_delay", "0");
            inCluster("ip", "address", "add", clusterAddress() + "/12", "dev", BRIDGE);
            inCluster("ip", "link", "set", BRIDGE, "up");
        }

        void loseSegment() throws DriverFault {
            new Programs(LIMIT).run("ip", "netns", "delete", cluster);
        }

        /** What it leaves: neither devices nor processes nor what lies below /run. */
        void cutPower() throws DriverFault {
            driver.close();
            for (ResourceKey each : driver.observe(Map.of(), Instant.now()).keySet()) {
                driver.remove(each, Instant.now());
            }
            loseSegment();
            makeSegment();
            driver = newDriver();
        }

        /** The same, while its appliance, which stands beside it, goes on. */
        void rebootBesideItsAppliance() throws DriverFault, IOException {
            driver.close();
            loseSegment();
            if (Files.exists(settings.records())) {
                delete(settings.records());
            }
            makeSegment();
            driver = newDriver();
        }

        private void make() throws DriverFault {
            new Programs(LIMIT).run("ip", "netns", "add", wan);
            inWan("ip", "link", "set", "lo", "up");
            makeSegment();
        }

        private void leave() throws DriverFault {
            for (ResourceKey each : driver.observe(Map.of(), Instant.now()).keySet()) {
                driver.remove(each, Instant.now());
            }
            driver.close();
        }

        private LinuxLinkDriver newDriver() {
            return newDriver(programs);
        }

        /** An agent that was just started, which gives its commands to these. */
        LinuxLinkDriver newDriver(Programs with) {
            return new LinuxLinkDriver(with, segment -> place(), settings);
        }

        private Optional<Place> place() {
            return Files.exists(Path.of("/run/netns", cluster))
                    ? Optional.of(new Place(cluster, BRIDGE))
                    : Optional.empty();
        }
    }
}
