package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.archipelago.local.ServiceKind;
import io.archipelago.local.Stack;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** Hosts, services and agents of two sites, as {@code ./vc lab up} starts them, and the clusters on them. */
final class RunningLab {

    /** Whom local mode knows as one. */
    static final String OPERATOR = "oscar";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern AGENTS_READY = Pattern.compile("All agents are ready after ([0-9.]+) s");
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final Duration TO_START = Duration.ofMinutes(20);
    private static final Duration TO_SAY = Duration.ofMinutes(2);
    private static final Duration TO_SETTLE = Duration.ofMinutes(5);

    /**
     * What agents that hear nothing add to a lease's end: the default is longer than anybody waits for a test. And two VLAN ids at each site, the same at
     * both, so that two clusters meet where they can.
     */
    private static final Map<String, String> SETTINGS =
            Map.of("PARTICIPANT_GRACE", "PT10S", "NETWORK_VLANS_FIRST", "1000", "NETWORK_VLANS_LAST", "1001");

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
     * directories, empty, that the agent and the iSCSI initiator use for all. Those of the root are lost with its power.
     */
    private static final String KEPT =
            "\\+ file: /var/lib/archipelago/agent/([a-z0-9-]+/specs\\.json f 600|consoles d 700)"
                    + "|[+-] file: (/etc/iscsi/(nodes|ifaces)|/run/archipelago(/(links|segments|disks))?) d \\d+";

    private final Path folder;
    private final Operator operator;
    private final double agentsSeconds;
    private final Lab lab;
    private final List<Cluster> clusters = new CopyOnWriteArrayList<>();
    private final Map<String, Desk> desks = new ConcurrentHashMap<>();

    private RunningLab(Path folder, Operator operator, double agentsSeconds) throws IOException {
        this.agentsSeconds = agentsSeconds;
        this.folder = folder;
        this.operator = operator;
        this.lab = Lab.find(directory()).orElseThrow();
    }

    static RunningLab up(Path folder) throws Exception {
        // To look at a host is work for it, which it then does not do for the cluster. Until the end of this lab.
        Awaitility.setDefaultPollInterval(BETWEEN_LOOKS);
        Operator operator = new Operator(folder.resolve("vc"), SETTINGS);
        try {
            String said = operator.begin("lab", "up").output(TO_START);
            return new RunningLab(folder, operator, agentsSeconds(said));
        } catch (AssertionError | Exception e) {
            Awaitility.reset();
            operator.begin("lab", "down").output(TO_START);
            throw e;
        }
    }

    private static double agentsSeconds(String said) {
        Matcher told = AGENTS_READY.matcher(said);
        assertThat(told.find()).as(said).isTrue();
        return Double.parseDouble(told.group(1));
    }

    /** How long the agents of all hosts took to be ready: how fast the machine is at what its hosts do. */
    double agentsSeconds() {
        return agentsSeconds;
    }

    /** Ends it all, and sees that the machine has nothing of it. */
    void down() throws Exception {
        Awaitility.reset();
        operator.begin("lab", "down").output(TO_START);

        assertThat(Outside.of(folder)).isEmpty();
        assertThat(Outside.processesOf(folder)).isEmpty();
        assertThat(directory()).doesNotExist();
    }

    private Path directory() {
        return folder.resolve("vc/lab");
    }

    Lab lab() {
        return lab;
    }

    Operator operator() {
        return operator;
    }

    Stack stack() {
        return Stack.ofTwoSites(operator.portBase()).withFleets(Agents.fleets());
    }

    Agents agents() throws IOException, InterruptedException {
        return new Agents(lab, stack(), BootImage.in(directory()));
    }

    /** Where a host reaches the broker of its site. */
    String brokerOf(LabHost host) {
        return stack().sites().stream()
                .filter(site -> site.id().equals(Agents.siteOf(host.name())))
                .map(stack()::hostsServers)
                .findFirst()
                .orElseThrow();
    }

    /** The same one each time: it stays signed on. */
    Desk desk(String user) {
        return desks.computeIfAbsent(user, each -> new Desk(stack(), each));
    }

    /** What a participant knows of a host. */
    JsonNode known(ServiceKind participant, LabHost host) throws IOException, InterruptedException {
        String site = Agents.siteOf(host.name());
        for (JsonNode each : desk(OPERATOR).get(site, participant, "/api/v1/hosts")) {
            if (each.path("host").asText().equals(host.name())) {
                return each;
            }
        }
        throw new AssertionError(participant + " does not know " + host.name());
    }

    /** The number of the process of a name, such as {@code osaka-kafka}. */
    String process(String name) throws IOException, InterruptedException {
        JsonNode status = JSON.readTree(operator.begin("status", "-o", "json").output(TO_SAY));
        for (JsonNode process : status.path("processes")) {
            if (process.path("name").asText().equals(name)) {
                return process.path("pid").asText();
            }
        }
        throw new AssertionError("there is no " + name + " in " + status);
    }

    Cluster reserve(String user, String request) throws IOException, InterruptedException {
        Path file = Files.createTempFile(folder, "request", ".yaml");
        Cluster cluster = Cluster.reserve(this, user, Files.writeString(file, request));
        clusters.add(cluster);
        return cluster;
    }

    /** Those that were reserved in this scenario so far. */
    List<Cluster> clusters() {
        return List.copyOf(clusters);
    }

    /** Plays it, with foreign things on all hosts; then gives back its clusters, and sees that every host is as it was. */
    void play(Scenario scenario) throws Exception {
        lab.inTurns(host -> {
            Foreign.plant(host);
            return true;
        });
        Map<String, Snapshot> before = snapshots();
        // What fails in the latter does not hide what failed in the former.
        try (Closeable after = this::giveBack) {
            scenario.play();
        }
        awaitNothingIsLeft(before);
    }

    private void giveBack() throws IOException {
        try {
            lab.wan().mend();
            for (LabHost host : lab.hosts()) {
                host.powerOn();
            }
            for (Cluster cluster : clusters) {
                if (!cluster.hasEnded()) {
                    cluster.beginEnd();
                }
            }
            clusters.forEach(Cluster::awaitEnd);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        } finally {
            clusters.clear();
        }
    }

    private void awaitNothingIsLeft(Map<String, Snapshot> before) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        lab.inTurns(host -> {
            Snapshot once = Objects.requireNonNull(before.get(host.name()));
            await().atMost(TO_SETTLE)
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .untilAsserted(() -> assertThat(
                                    once.difference(snapshot(host)).stream().filter(line -> !line.matches(KEPT)))
                            .as("what is left on " + host.name())
                            .isEmpty());
            return true;
        });
        System.out.printf("nothing was left on any host after %.0f s%n", (System.nanoTime() - begun) / 1e9);
    }

    private Map<String, Snapshot> snapshots() throws IOException, InterruptedException {
        List<Snapshot> all = lab.atOnce(RunningLab::snapshot);
        Map<String, Snapshot> byHost = new LinkedHashMap<>();
        for (int i = 0; i < all.size(); i++) {
            byHost.put(lab.hosts().get(i).name(), all.get(i));
        }
        return byHost;
    }

    private static Snapshot snapshot(LabHost host) throws IOException {
        List<String> directories = new ArrayList<>(DIRECTORIES);
        // Elsewhere it is the machine's own.
        if (host.role() == Role.GATEWAY) {
            directories.add("/var/cache/archipelago");
        }
        return host.snapshot(directories.toArray(String[]::new));
    }
}
