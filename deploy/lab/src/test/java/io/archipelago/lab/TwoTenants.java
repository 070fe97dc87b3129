package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Two tenants have clusters with the same names and addresses over both sites at the same time; what is one's VLAN id at one site is the other's at
 * the other. They have nothing else in common.
 */
final class TwoTenants implements Scenario {

    private static final Duration TO_BE_HELD = Duration.ofSeconds(60);
    private static final Duration TO_BE_HEARD = Duration.ofSeconds(30);
    private static final Duration TO_LOOK = Duration.ofMinutes(2);
    /** That they all fail by chance happens once in a million runs. */
    private static final int MOST_DRAWS = 20;

    private static final String MANAGEMENT = "eth0";
    private static final String TRUNK = "eth1";
    private static final String WAN = "eth2";

    /** Within the network of both clusters, and nobody's: whoever looks for it calls to the whole cluster. */
    private static final String NOBODY = "/cgi-bin/fetch?http%3A%2F%2F172.30.0.1%2F";

    private final RunningLab running;
    private final Lab lab;
    private final List<Capture> begun = new ArrayList<>();

    TwoTenants(RunningLab running) {
        this.running = running;
        this.lab = running.lab();
    }

    /** What both clusters were, and what passed where meanwhile. */
    private record Evidence(
            List<JsonNode> clusters, List<Capture> trunks, List<Capture> wans, List<Capture> managements) {}

    @Override
    public void play() throws Exception {
        Evidence seen;
        try {
            seen = gather();
        } finally {
            endCaptures();
        }
        noVlanCarriesTwoClusters(seen.trunks(), seen.clusters());
        nothingPassesTheWanInTheClear(seen.wans(), seen.trunks(), seen.clusters());
        noMachineIsInTheManagementNetwork(seen.managements(), seen.clusters());
    }

    private Evidence gather() throws Exception {
        Cluster first = reserveWithTwoVlans();
        List<Capture> trunks = captures(TRUNK, Set.of(Role.COMPUTE, Role.GATEWAY));
        List<Capture> wans = captures(WAN, Set.of(Role.GATEWAY));
        // The host between the sites is their cable: what passes it is seen at both ends.
        List<Capture> managements =
                atOnce(host -> host.role() == Role.WAN ? List.of() : List.of(Capture.beginOfHeaders(host, MANAGEMENT)));
        Cluster second = running.reserve("bob", Requests.LONG);
        JsonNode alices = first.awaitActive();
        JsonNode bobs = second.awaitActive();

        assertThat(addresses(alices)).hasSize(2).isEqualTo(addresses(bobs));
        assertThat(vlan(alices, "tokyo")).isEqualTo(vlan(bobs, "osaka"));
        assertThat(vlan(alices, "osaka")).isEqualTo(vlan(bobs, "tokyo"));
        assertThat(Cluster.macs(alices)).hasSize(2).doesNotContainAnyElementsOf(Cluster.macs(bobs));
        Map<JsonNode, List<Capture>> insides = new LinkedHashMap<>();
        for (JsonNode cluster : List.of(alices, bobs)) {
            insides.put(cluster, insideOf(cluster));
        }
        for (Cluster cluster : List.of(first, second)) {
            // Of machines with the same names: nobody has booted from another's disk.
            assertThat(cluster.awaitWell().values()).containsOnly(1);
        }
        callsStayWithin(insides);
        return new Evidence(List.of(alices, bobs), trunks, wans, managements);
    }

    /** Each site has two VLAN ids to give: the next cluster gets the other one at each. Which of them a cluster gets is chance, half and half. */
    private Cluster reserveWithTwoVlans() throws Exception {
        for (int i = 0; i < MOST_DRAWS; i++) {
            Cluster cluster = running.reserve("alice", Requests.LONG);
            await().atMost(TO_BE_HELD)
                    .untilAsserted(
                            () -> assertThat(cluster.seen().path("segments")).hasSize(2));
            JsonNode seen = cluster.seen();
            if (vlan(seen, "tokyo") != vlan(seen, "osaka")) {
                return cluster;
            }
            cluster.beginEnd();
            cluster.awaitEnd();
        }
        throw new AssertionError("both sites gave the same VLAN id " + MOST_DRAWS + " times");
    }

    private List<Capture> captures(String nic, Set<Role> roles) throws IOException, InterruptedException {
        return atOnce(host -> roles.contains(host.role()) ? List.of(Capture.begin(host, "", nic)) : List.<Capture>of());
    }

    /** Captures that are begun on all hosts at the same time, in their order. */
    private List<Capture> atOnce(Lab.Question<List<Capture>> begin) throws IOException, InterruptedException {
        List<Capture> captures = new ArrayList<>();
        lab.atOnce(begin).forEach(captures::addAll);
        begun.addAll(captures);
        return captures;
    }

    private void endCaptures() throws IOException, InterruptedException {
        lab.atOnce(host -> {
            for (Capture capture : begun) {
                if (capture.host() == host) {
                    capture.end();
                }
            }
            return true;
        });
    }

    /** Of the bridges of a cluster's machines, and on the gateways of its VLAN and its end of the tunnel. */
    private List<Capture> insideOf(JsonNode cluster) throws IOException, InterruptedException {
        List<Capture> captures = atOnce(host -> switch (host.role()) {
            case COMPUTE -> {
                List<Capture> bridges = new ArrayList<>();
                for (String bridge : devices(host, cluster, "link", "show", "type", "bridge")) {
                    bridges.add(Capture.begin(host, "", bridge));
                }
                yield bridges;
            }
            case GATEWAY -> {
                String namespace = new ClusterCheck(lab, cluster).namespace(host);
                List<Capture> ports = new ArrayList<>();
                for (String port :
                        names(host.output(TO_LOOK, "ip", "-n", namespace, "-o", "link", "show", "master", "cluster"))) {
                    ports.add(Capture.begin(host, namespace, port));
                }
                yield ports;
            }
            case STORAGE, WAN -> List.of();
        });
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

    /** Each machine calls to all; everything of its own cluster hears it, and nothing of another one. */
    private void callsStayWithin(Map<JsonNode, List<Capture>> insides) throws IOException {
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
                                .containsAll(Cluster.macs(cluster)));
                for (JsonNode other : insides.keySet()) {
                    if (other != cluster) {
                        assertThat(capture.senders())
                                .as("who sent anything in " + capture)
                                .doesNotContainAnyElementsOf(Cluster.macs(other));
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
                assertThat(senders.get(vlan)).as(seen).containsAll(Cluster.macs(cluster));
            }
            // The hosts' own, which are not tagged, and one that is nobody's.
            Set<Integer> vlans = new TreeSet<>(senders.keySet());
            vlans.removeAll(Set.of(0, Foreign.VLAN));
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

    private static void noMachineIsInTheManagementNetwork(List<Capture> managements, List<JsonNode> clusters)
            throws IOException {
        Set<String> machines = new HashSet<>();
        clusters.forEach(cluster -> machines.addAll(Cluster.macs(cluster)));
        for (Capture management : managements) {
            Set<String> seen = new HashSet<>();
            for (Capture.Frame frame : management.frames()) {
                seen.add(frame.from());
                seen.add(frame.to());
            }
            assertThat(seen)
                    .as("whence and whither in " + management)
                    .containsAnyElementsOf(cards(MANAGEMENT))
                    .doesNotContainAnyElementsOf(machines);
        }
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

    private static int vlan(JsonNode cluster, String site) {
        for (JsonNode segment : cluster.path("segments")) {
            if (segment.path("site").asText().equals(site)) {
                return segment.path("vlan").asInt();
            }
        }
        throw new AssertionError("no segment at " + site + ": " + cluster);
    }
}
