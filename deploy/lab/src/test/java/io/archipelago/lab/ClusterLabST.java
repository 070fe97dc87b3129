package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The main job, as an operator and two tenants see it: clusters of booted machines over both sites, which nobody else reaches, and of which
 * nothing is left.
 */
@OnLab
@EnabledIfSystemProperty(named = "vc.tests.all", matches = "true", disabledReason = "it takes minutes: ./vc test --all")
class ClusterLabST {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TO_START = Duration.ofMinutes(8);
    private static final Duration TO_DEPLOY = Duration.ofMinutes(6);
    private static final Duration TO_BE_HEARD = Duration.ofSeconds(30);
    private static final Duration TO_SETTLE = Duration.ofSeconds(60);
    private static final Duration TO_LOOK = Duration.ofSeconds(30);
    private static final String TRUNK = "eth1";
    private static final String WAN = "eth2";

    /** Within the network of both clusters, and nobody's: whoever looks for it calls to the whole cluster. */
    private static final String NOBODY = "/cgi-bin/fetch?http%3A%2F%2F172.30.0.1%2F";

    /** One machine at each site: two of these fill the processors of the lab's hosts. */
    private static final String REQUEST = """
            name: same-name
            window: { start: now, duration: PT1H }
            machines:
              compute: { count: 1, cpus: 1, memory: 128MiB, disk: 1GiB }
              frontend: { cpus: 1, memory: 128MiB, disk: 1GiB }
            sites: { use: { osaka: 1 } }
            network: 172.16.0.0/12
            """;

    /** Where a cluster could leave files. */
    private static final List<String> DIRECTORIES = List.of(
            "/var/lib/archipelago/agent",
            "/run/archipelago",
            "/etc/iscsi",
            "/var/lib/iscsi",
            "/etc/libvirt",
            "/var/lib/libvirt");

    /**
     * What a host's first cluster leaves and is no cluster's: the agent's copy of what it was told, which it keeps when that is nothing, and
     * directories, empty, that the agent and the iSCSI initiator use for all.
     */
    private static final String KEPT = "\\+ file: (/var/lib/archipelago/agent/[a-z0-9-]+/specs\\.json f 600"
            + "|/var/lib/archipelago/agent/consoles d 700|/etc/iscsi/nodes d \\d+"
            + "|/run/archipelago(/(links|segments|disks))? d \\d+)";

    @TempDir
    static Path folder;

    private static Operator operator;
    private static Path home;
    private static Lab lab;

    @BeforeAll
    static void up() throws Exception {
        home = folder.resolve("vc");
        operator = new Operator(home);
        operator.begin("lab", "up").output(TO_START);
        lab = Lab.find(home.resolve("lab")).orElseThrow();
    }

    @AfterAll
    static void downLeavesNothingOnTheMachine() throws Exception {
        operator.begin("lab", "down").output(TO_START);

        assertThat(Outside.of(folder)).isEmpty();
        assertThat(Outside.processesOf(folder)).isEmpty();
        assertThat(home.resolve("lab")).doesNotExist();
    }

    @Test
    void twoTenantsHaveTheSameAddressesAndNothingElseInCommon() throws Exception {
        Map<String, Snapshot> before = snapshots();
        List<Capture> trunks = captures(TRUNK, Set.of(Role.COMPUTE, Role.GATEWAY));
        List<Capture> wans = captures(WAN, Set.of(Role.GATEWAY));
        Path request = Files.writeString(folder.resolve("request.yaml"), REQUEST);

        Operator.Command first = reserve(request, "alice");
        Operator.Command second = reserve(request, "bob");
        JsonNode alices = JSON.readTree(first.output(TO_DEPLOY));
        JsonNode bobs = JSON.readTree(second.output(TO_DEPLOY));

        assertThat(addresses(alices)).hasSize(2).isEqualTo(addresses(bobs));
        assertThat(macs(alices)).hasSize(2).doesNotContainAnyElementsOf(macs(bobs));
        Map<JsonNode, List<Capture>> insides = new LinkedHashMap<>();
        for (JsonNode cluster : List.of(alices, bobs)) {
            insides.put(cluster, insideOf(cluster));
        }
        machinesAreWhatWasPromised(alices);
        machinesAreWhatWasPromised(bobs);
        callsStayWithin(insides);

        for (List<Capture> some : List.of(trunks, wans, insides.get(alices), insides.get(bobs))) {
            for (Capture capture : some) {
                capture.end();
            }
        }
        noVlanCarriesTwoClusters(trunks, List.of(alices, bobs));
        nothingPassesTheWanInTheClear(wans, trunks, List.of(alices, bobs));

        cancel(alices, "alice");
        cancel(bobs, "bob");
        nothingIsLeft(before);
    }

    private static Operator.Command reserve(Path request, String user) throws IOException {
        return operator.begin(
                "reserve",
                request.toString(),
                "--wait",
                "--site",
                "tokyo",
                "--user",
                user,
                "-o",
                "json",
                "--timeout",
                "5m");
    }

    private static void cancel(JsonNode cluster, String user) throws Exception {
        String said = operator.begin("cancel", cluster.path("id").asText(), "--wait", "--user", user, "-o", "json")
                .output(TO_DEPLOY);
        assertThat(JSON.readTree(said).path("state").asText()).isEqualTo("ENDED");
    }

    private static List<Capture> captures(String nic, Set<Role> roles) throws IOException {
        List<Capture> captures = new ArrayList<>();
        for (LabHost host : lab.hosts()) {
            if (roles.contains(host.role())) {
                captures.add(Capture.begin(host, "", nic));
            }
        }
        return captures;
    }

    /** Of the bridges of a cluster's machines, and on the gateways of its VLAN and its end of the tunnel. */
    private static List<Capture> insideOf(JsonNode cluster) throws IOException {
        List<Capture> captures = new ArrayList<>();
        for (LabHost host : lab.hosts()) {
            if (host.role() == Role.COMPUTE) {
                for (String bridge : devices(host, cluster, "link", "show", "type", "bridge")) {
                    captures.add(Capture.begin(host, "", bridge));
                }
            } else if (host.role() == Role.GATEWAY) {
                String namespace = new ClusterCheck(lab, cluster).namespace(host);
                for (String port :
                        names(host.output(TO_LOOK, "ip", "-n", namespace, "-o", "link", "show", "master", "cluster"))) {
                    captures.add(Capture.begin(host, namespace, port));
                }
            }
        }
        // Two bridges of a machine each; at each site the VLAN and the tunnel.
        assertThat(captures)
                .as("where cluster %s is on the hosts", cluster.path("id"))
                .hasSize(6);
        return captures;
    }

    private static List<String> devices(LabHost host, JsonNode cluster, String... question) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip", "-o", "-details"));
        command.addAll(List.of(question));
        return names(host.output(TO_LOOK, command.toArray(String[]::new))
                .lines()
                .filter(line -> line.contains(cluster.path("id").asText()))
                .reduce("", (all, line) -> all + line + "\n"));
    }

    /** From lines such as {@code 7: br0@if3: <BROADCAST>}. */
    private static List<String> names(String links) {
        return links.lines().map(line -> line.split("[ :@]+", 3)[1]).toList();
    }

    /** Asked again when a busy machine was too slow with a frame. */
    private static void machinesAreWhatWasPromised(JsonNode cluster) {
        await().atMost(TO_SETTLE).untilAsserted(() -> {
            List<ClusterCheck.Row> rows = new ClusterCheck(lab, cluster).rows();
            assertThat(rows).hasSize(2).allSatisfy(row -> {
                assertThat(row.problems()).isEmpty();
                assertThat(row.reached()).hasSize(1);
                // Booted once, from a disk that no other machine has marked.
                assertThat(row.disk()).isEqualTo(row.name() + ":1");
            });
        });
    }

    /** Each machine calls to all; everything of its own cluster hears it, and nothing of another one. */
    private static void callsStayWithin(Map<JsonNode, List<Capture>> insides) throws IOException {
        for (JsonNode cluster : insides.keySet()) {
            ClusterCheck check = new ClusterCheck(lab, cluster);
            for (JsonNode machine : cluster.path("machines")) {
                List<String> problems = new ArrayList<>();
                check.ask(machine, NOBODY, problems);
                assertThat(problems).as(machine.toString()).isEmpty();
            }
        }
        for (JsonNode cluster : insides.keySet()) {
            for (Capture capture : insides.get(cluster)) {
                await().atMost(TO_BE_HEARD)
                        .untilAsserted(() -> assertThat(capture.callers())
                                .as("who called to all in " + capture)
                                .containsAll(macs(cluster)));
                for (JsonNode other : insides.keySet()) {
                    if (other != cluster) {
                        assertThat(capture.senders())
                                .as("who sent anything in " + capture)
                                .doesNotContainAnyElementsOf(macs(other));
                    }
                }
            }
        }
    }

    /** On every trunk of a site a VLAN has the machines of one cluster, and no address is seen in two VLANs. */
    private static void noVlanCarriesTwoClusters(List<Capture> trunks, List<JsonNode> clusters) throws IOException {
        for (String site : List.of("tokyo", "osaka")) {
            Map<Integer, Set<String>> senders = new TreeMap<>();
            for (Capture trunk : trunks) {
                if (trunk.host().name().startsWith(site)) {
                    for (Capture.Frame frame : trunk.frames()) {
                        senders.computeIfAbsent(frame.vlan(), vlan -> new TreeSet<>())
                                .add(frame.from());
                    }
                }
            }
            String seen = "who sent in which VLAN of " + site + ": " + senders;
            Set<Integer> expected = new TreeSet<>();
            for (JsonNode cluster : clusters) {
                int vlan = vlan(cluster, site);
                expected.add(vlan);
                assertThat(senders).as(seen).containsKey(vlan);
                assertThat(senders.get(vlan)).as(seen).containsAll(macs(cluster));
            }
            // The hosts' own, which are not tagged.
            Set<Integer> vlans = new TreeSet<>(senders.keySet());
            vlans.remove(0);
            assertThat(vlans).as(seen).hasSize(2).isEqualTo(expected);
            Set<String> once = new HashSet<>();
            senders.forEach((vlan, some) -> {
                // A host's VLAN interfaces have the address of its network card.
                some.removeAll(cards(TRUNK));
                assertThat(some).as(seen).allMatch(once::add);
            });
        }
    }

    private static void nothingPassesTheWanInTheClear(List<Capture> wans, List<Capture> trunks, List<JsonNode> clusters)
            throws IOException {
        for (Capture wan : wans) {
            // What the two sent to each other was seen.
            assertThat(wan.senders()).as("who sent in " + wan).containsAll(cards(WAN));
        }
        for (JsonNode cluster : clusters) {
            for (JsonNode machine : cluster.path("machines")) {
                String mac = machine.path("mac").asText();
                String name = machine.path("name").asText();
                for (Capture wan : wans) {
                    assertThat(wan.containsAddress(mac)).as(mac + " in " + wan).isFalse();
                    assertThat(wan.containsText(name)).as(name + " in " + wan).isFalse();
                }
                for (Capture trunk : trunks) {
                    if (trunk.host().role() == Role.GATEWAY) {
                        assertThat(trunk.containsAddress(mac))
                                .as(mac + " in " + trunk)
                                .isTrue();
                        assertThat(trunk.containsText(name))
                                .as(name + " in " + trunk)
                                .isTrue();
                    }
                }
            }
        }
    }

    private static void nothingIsLeft(Map<String, Snapshot> before) {
        await().atMost(TO_SETTLE).untilAsserted(() -> {
            List<String> left = new ArrayList<>();
            snapshots()
                    .forEach((host, after) -> Objects.requireNonNull(before.get(host)).difference(after).stream()
                            .filter(line -> !line.matches(KEPT))
                            .map(line -> host + " " + line)
                            .forEach(left::add));
            assertThat(left).isEmpty();
        });
    }

    private static Map<String, Snapshot> snapshots() throws IOException, InterruptedException {
        List<Snapshot> all = lab.atOnce(host -> {
            List<String> directories = new ArrayList<>(DIRECTORIES);
            // Elsewhere it is the machine's own.
            if (host.role() == Role.GATEWAY) {
                directories.add("/var/cache/archipelago");
            }
            return host.snapshot(directories.toArray(String[]::new));
        });
        Map<String, Snapshot> byHost = new LinkedHashMap<>();
        for (int i = 0; i < all.size(); i++) {
            byHost.put(lab.hosts().get(i).name(), all.get(i));
        }
        return byHost;
    }

    /** The addresses of all hosts' network cards of that name, the host between the sites apart. */
    private static Set<String> cards(String name) {
        Set<String> cards = new TreeSet<>();
        for (HostPlan host : Topology.hosts()) {
            if (host.role() != Role.WAN) {
                host.nics().stream().filter(nic -> nic.name().equals(name)).forEach(nic -> cards.add(nic.mac()));
            }
        }
        return cards;
    }

    private static Map<String, String> addresses(JsonNode cluster) {
        Map<String, String> addresses = new TreeMap<>();
        cluster.path("machines")
                .forEach(machine -> addresses.put(
                        machine.path("name").asText(), machine.path("ip").asText()));
        return addresses;
    }

    private static Set<String> macs(JsonNode cluster) {
        Set<String> macs = new TreeSet<>();
        cluster.path("machines").forEach(machine -> macs.add(machine.path("mac").asText()));
        return macs;
    }

    private static int vlan(JsonNode cluster, String site) {
        for (JsonNode segment : cluster.path("segments")) {
            if (segment.path("site").asText().equals(site)) {
                return segment.path("vlan").asInt();
            }
        }
        throw new AssertionError("no segment at " + site + ": " + cluster);
    }
}
