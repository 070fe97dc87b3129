package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.archipelago.local.ServiceKind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/** A cluster that a user asked for at tokyo, and its machines. */
final class Cluster {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MASTER = "tokyo";
    private static final Duration TO_BE_TAKEN = Duration.ofMinutes(2);
    private static final Duration TO_DEPLOY = Duration.ofMinutes(15);
    private static final Duration TO_END = Duration.ofMinutes(10);
    private static final Duration TO_SETTLE = Duration.ofMinutes(5);
    private static final Duration TO_ANSWER = Duration.ofSeconds(30);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final RunningLab lab;
    private final String user;
    private final Desk desk;
    private final String id;
    private volatile boolean wasActive;

    private Cluster(RunningLab lab, String user, String id) {
        this.lab = lab;
        this.user = user;
        this.desk = lab.desk(user);
        this.id = id;
    }

    /** Returns when the request is taken. */
    static Cluster reserve(RunningLab lab, String user, Path request) throws IOException, InterruptedException {
        String said = lab.operator()
                .begin("reserve", request.toString(), "--site", MASTER, "--user", user, "-o", "json")
                .output(TO_BE_TAKEN);
        return new Cluster(lab, user, JSON.readTree(said).path("id").asText());
    }

    String id() {
        return id;
    }

    /** As its tenant sees it now. */
    JsonNode seen() throws IOException, InterruptedException {
        return desk.get(MASTER, ServiceKind.RESERVATION, "/api/v1/reservations/" + id);
    }

    /** As its tenant sees it once it is active. */
    JsonNode awaitActive() throws IOException, InterruptedException {
        awaitState("ACTIVE", TO_DEPLOY);
        wasActive = true;
        return seen();
    }

    /** Returns once somebody has waited until it was active, whatever has become of it since. */
    void awaitDeployed() {
        await().atMost(TO_DEPLOY).until(() -> wasActive);
    }

    void awaitState(String state, Duration limit) {
        long began = System.nanoTime();
        await().atMost(limit)
                .pollInterval(BETWEEN_LOOKS)
                .ignoreExceptionsInstanceOf(IOException.class)
                .untilAsserted(() -> {
                    JsonNode now = seen();
                    assertThat(now.path("state").asText()).as(now.toString()).isEqualTo(state);
                });
        tell("was " + state, began);
    }

    private void tell(String what, long began) {
        System.out.printf("%s's cluster %s after %d s%n", user, what, (System.nanoTime() - began) / 1_000_000_000);
    }

    /** Gives it back. */
    void beginEnd() throws IOException, InterruptedException {
        lab.operator().begin("cancel", id, "--site", MASTER, "--user", user).output(TO_BE_TAKEN);
    }

    /** Returns when nothing of it is left. */
    void awaitEnd() {
        long began = System.nanoTime();
        await().atMost(TO_END)
                .pollInterval(BETWEEN_LOOKS)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(this::hasEnded);
        tell("had ended", began);
    }

    boolean hasEnded() throws IOException, InterruptedException {
        return List.of("ENDED", "CANCELLED", "REFUSED")
                .contains(seen().path("state").asText());
    }

    /**
     * Each machine is who it is to be, has a disk with its own mark, and reaches all others with frames of full size. Asked again when a busy machine
     * was too slow with one: whom a machine has reached since this began it reaches.
     *
     * @return how often each machine has booted from its disk, by name
     */
    Map<String, Integer> awaitWell() {
        long began = System.nanoTime();
        List<ClusterCheck.Row> well = new ArrayList<>();
        Map<String, Set<String>> reached = new TreeMap<>();
        await().atMost(TO_SETTLE).ignoreExceptionsInstanceOf(IOException.class).untilAsserted(() -> {
            List<ClusterCheck.Row> rows = rows();
            assertThat(rows).isNotEmpty();
            for (ClusterCheck.Row row : rows) {
                reached.computeIfAbsent(row.name(), name -> new TreeSet<>()).addAll(row.reached());
            }
            List<String> names = rows.stream().map(ClusterCheck.Row::name).toList();
            for (ClusterCheck.Row row : rows) {
                assertThat(row.problems()).as(row.name()).isEmpty();
                Set<String> all = reached.getOrDefault(row.name(), Set.of());
                assertThat(names)
                        .filteredOn(name -> !name.equals(row.name()) && !all.contains(name))
                        .as("whom " + row.name() + " has not reached: " + row.unreached())
                        .isEmpty();
            }
            well.addAll(rows);
        });
        tell("was well", began);
        return well.stream()
                .collect(Collectors.toMap(
                        ClusterCheck.Row::name,
                        row -> Integer.parseInt(row.disk().replaceFirst(".*:", ""))));
    }

    private List<ClusterCheck.Row> rows() throws IOException, InterruptedException {
        return new ClusterCheck(lab.lab(), seen()).rows();
    }

    /** What its machine at a site has written. */
    JsonNode writes(String site) throws IOException, InterruptedException {
        return writes(machine(site));
    }

    /** What a machine has written that it has, or had. */
    JsonNode writes(JsonNode machine) throws IOException, InterruptedException {
        AtomicReference<JsonNode> last = new AtomicReference<>();
        // A busy machine may be too slow once.
        await().atMost(TO_ANSWER).ignoreExceptionsInstanceOf(IOException.class).untilAsserted(() -> {
            List<String> problems = new ArrayList<>();
            last.set(new ClusterCheck(lab.lab(), seen()).ask(machine, "/cgi-bin/writes", problems));
            assertThat(problems).isEmpty();
        });
        return Objects.requireNonNull(last.get());
    }

    String hostOfMachine(String site) throws IOException, InterruptedException {
        return machine(site).path("host").asText();
    }

    /** Its machine at a site, the first if there are several, as an operator sees it. */
    JsonNode machine(String site) throws IOException, InterruptedException {
        JsonNode now = lab.desk(RunningLab.OPERATOR).get(MASTER, ServiceKind.RESERVATION, "/api/v1/reservations/" + id);
        for (JsonNode machine : now.path("machines")) {
            if (machine.path("site").asText().equals(site)) {
                return machine;
            }
        }
        throw new AssertionError("no machine at " + site + ": " + now);
    }

    static Set<String> macs(JsonNode cluster) {
        Set<String> macs = new TreeSet<>();
        cluster.path("machines").forEach(machine -> macs.add(machine.path("mac").asText()));
        return macs;
    }
}
