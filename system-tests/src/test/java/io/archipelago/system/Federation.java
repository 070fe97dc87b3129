package io.archipelago.system;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.local.RunningStack;
import io.archipelago.local.ServiceKind;
import io.archipelago.local.Site;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Two sites that run, a tenant of the first, and somebody who pulls plugs. */
final class Federation implements AutoCloseable {

    /** For what takes seconds on an idle machine. */
    static final Duration SOON = Duration.ofMinutes(4);

    /** Short enough that a test need not wait long for them; long enough for a killed service to be back within a hold on a busy machine. */
    private static final Map<String, String> ENVIRONMENT = Map.ofEntries(
            Map.entry("RESERVATION_DEADLINES_LEAD", "PT3S"),
            Map.entry("RESERVATION_DEADLINES_HOLD_FOR", "PT1M"),
            Map.entry("RESERVATION_DEADLINES_MARGIN", "PT5S"),
            Map.entry("RESERVATION_DEADLINES_ASK_AGAIN", "PT3S"),
            Map.entry("RESERVATION_DEADLINES_ASK_AGAIN_AT_MOST", "PT10S"),
            Map.entry("RESERVATION_DEADLINES_ATTEMPTS", "2"),
            Map.entry("PARTICIPANT_LEAD", "PT3S"),
            Map.entry("PARTICIPANT_GRACE", "PT10S"),
            Map.entry("PARTICIPANT_TURN_ROUND", "PT5S"),
            // What each site says of the other; of the way to itself nobody asks.
            Map.entry("NETWORK_WAN__TOKYO__BANDWIDTH", "1000000000"),
            Map.entry("NETWORK_WAN__OSAKA__BANDWIDTH", "1000000000"),
            Map.entry("NETWORK_LINK_BANDWIDTH", "1000000"));

    /** How long before its window a site begins to deploy its part. */
    static final Duration LEAD = Duration.ofSeconds(3);

    /** Where the tenant asks. */
    static final String MASTER = "tokyo";

    /** In the last slice of a site, which holds for ever. */
    private static final String ADVERTISED_HOSTS = """
            select cast(sum(cast(host ->> 'count' as integer)) as text)
            from site_capacity, jsonb_array_elements(advertised -> 'slices' -> -1 -> 'hosts') host where site = '%s'
            """;

    private static final Set<String> FINAL = Set.of("ENDED", "CANCELLED", "REFUSED");

    private final RunningStack stack;
    private final Person alice;
    private final Person operator;
    private final Mishaps mishaps;
    private final Map<String, Hosts> hosts = new TreeMap<>();
    private final Map<String, ProcessHandle> frozen = new TreeMap<>();

    private Federation(RunningStack stack) {
        this.stack = stack;
        this.alice = new Person(stack, "alice");
        this.operator = new Person(stack, "oscar");
        this.mishaps = new Mishaps(stack);
        sites().forEach(site -> hosts.put(site, new Hosts(stack, site)));
    }

    static Federation start() throws IOException, InterruptedException {
        RunningStack stack = RunningStack.start(ENVIRONMENT);
        Federation federation = new Federation(stack);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(
                                stack.query(
                                        MASTER,
                                        ServiceKind.PLACEMENT,
                                        "select site from site_capacity where jsonb_path_exists(advertised, '$.slices[*].hosts[*]')"))
                        .as("sites whose capacity is known")
                        .hasSize(2));
        return federation;
    }

    RunningStack stack() {
        return stack;
    }

    List<String> sites() {
        return stack.stack().sites().stream().map(Site::id).toList();
    }

    Hosts hosts(String site) {
        return requireNonNull(hosts.get(site));
    }

    // --- the tenant

    Person alice() {
        return alice;
    }

    /** Who may look at everything. */
    Person operator() {
        return operator;
    }

    /** Asks at tokyo, and returns the reservation's id. */
    String reserve(String json) throws IOException, InterruptedException {
        return reserve(alice, MASTER, json);
    }

    String reserve(Person who, String site, String json) throws IOException, InterruptedException {
        Person.Answer answer = who.reserve(site, json);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(202);
        return answer.body().get("id").asText();
    }

    JsonNode show(String id) throws IOException, InterruptedException {
        return alice.show(MASTER, id).body();
    }

    /** However often it must be tried: whoever answers may just have been killed. */
    void cancel(String id) {
        cancel(alice, MASTER, id);
    }

    void cancel(Person who, String site, String id) {
        await().atMost(SOON)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(who.cancel(site, id).status()).isEqualTo(202));
    }

    JsonNode awaitState(String id, String... states) {
        return awaitState(alice, MASTER, id, states);
    }

    /** Waits until a reservation is in one of some states; fails at once if it is over in another. */
    JsonNode awaitState(Person who, String site, String id, String... states) {
        List<String> wanted = List.of(states);
        JsonNode seen = await().atMost(SOON)
                .ignoreExceptions()
                .until(() -> who.show(site, id).body(), view -> {
                    String state = view.get("state").asText();
                    return wanted.contains(state) || FINAL.contains(state);
                });
        assertThat(seen.get("state").asText()).as(seen.toString()).isIn(wanted);
        return seen;
    }

    /** The master's database. */
    MasterDatabase master() throws SQLException, IOException {
        return new MasterDatabase(stack, MASTER);
    }

    // --- who pulls plugs

    /** As a power cut would; the supervisor starts it again. */
    static void kill(ProcessHandle process) {
        process.destroyForcibly();
    }

    /** Waits until the whole stack serves, with another process in the place of one that was killed. */
    void awaitAgain(String name, ProcessHandle killed) throws IOException, InterruptedException {
        await().atMost(SOON).until(() -> !killed.isAlive());
        if (name.equals(RunningStack.SUPERVISOR)) {
            stack.up();
        }
        await().atMost(SOON)
                .ignoreExceptions()
                .until(() -> stack.isReady() && stack.process(name).pid() != killed.pid());
    }

    /** Stops processes where they are: they answer nobody, and do not know that time passes. */
    void freeze(List<String> processes) throws IOException, InterruptedException {
        for (String name : processes) {
            ProcessHandle process = stack.process(name);
            signal("-STOP", process);
            frozen.put(name, process);
        }
    }

    /** How to stop a process at once: to find it takes as long as many a state lasts. */
    Freezer freezer(String name) throws IOException, InterruptedException {
        ProcessHandle process = stack.process(name);
        return () -> {
            signal("-STOP", process);
            frozen.put(name, process);
        };
    }

    /** Stops a process that was found before. */
    @FunctionalInterface
    interface Freezer {
        void freeze() throws IOException, InterruptedException;
    }

    void thaw() throws IOException, InterruptedException {
        for (ProcessHandle process : frozen.values()) {
            signal("-CONT", process);
        }
        frozen.clear();
    }

    private static void signal(String signal, ProcessHandle process) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start();
        assertThat(kill.waitFor(10, TimeUnit.SECONDS) && kill.exitValue() == 0)
                .as("kill " + signal)
                .isTrue();
    }

    /** The network is whole again, and what was said while it was cut has been read: what comes late has then come. */
    void heal() throws IOException, InterruptedException {
        Map<String, Long> said = streams("out");
        stack.wan().heal();
        await().atMost(SOON).ignoreExceptions().untilAsserted(() -> {
            Map<String, Long> read = streams("in");
            said.forEach(
                    (stream, last) -> assertThat(read.get(stream)).as(stream).isGreaterThanOrEqualTo(last));
        });
    }

    /** How far each stream between sites is, by what its writer ("out") or its reader ("in") says. */
    private Map<String, Long> streams(String end) throws IOException, InterruptedException {
        Map<String, Long> streams = new TreeMap<>();
        for (String site : sites()) {
            for (JsonNode exchange :
                    operator.get(site, ServiceKind.RESERVATION, "/api/v1/peers").body()) {
                String peer = exchange.get("peer").asText();
                String stream = end.equals("out") ? site + " to " + peer : peer + " to " + site;
                streams.put(stream, exchange.get(end).get("sequence").asLong());
            }
        }
        return streams;
    }

    /** The network whole, everybody awake and all hosts well, however a test ended; and those who book know it. */
    void restore() throws IOException, InterruptedException {
        stack.wan().heal();
        thaw();
        for (String site : sites()) {
            if (hosts(site).restore()) {
                awaitAllAlive(site);
            }
        }
    }

    /** Waits until all participants of a site say that its hosts are well, and its peers know what they have. */
    private void awaitAllAlive(String site) throws IOException, InterruptedException {
        await().atMost(SOON).ignoreExceptions().untilAsserted(() -> {
            for (ServiceKind participant : Outside.PARTICIPANTS) {
                assertThat(operator.get(site, participant, "/api/v1/hosts").body())
                        .as(site + " " + participant)
                        .allMatch(host -> host.get("state").asText().equals("ALIVE")
                                && !host.get("dead").asBoolean());
            }
        });
        await().atMost(SOON).untilAsserted(() -> {
            List<String> open =
                    stack.query(site, ServiceKind.PLACEMENT, "select cast(count(*) as text) from pool where open");
            assertThat(stack.query(MASTER, ServiceKind.PLACEMENT, ADVERTISED_HOSTS.formatted(site)))
                    .as("how many hosts " + site + " advertises")
                    .isEqualTo(open);
        });
    }

    // --- what is so, whatever anybody believes

    /** The allocations that have anything booked at a site. */
    List<String> booked(String site, ServiceKind participant) throws SQLException, IOException {
        return stack.query(site, participant, "select distinct allocation from booking");
    }

    /** Those among them that are confirmed: they do not run out by themselves. */
    List<String> leased(String site, ServiceKind participant) throws SQLException, IOException {
        return stack.query(site, participant, "select distinct allocation from booking where held_until is null");
    }

    void assertNothingIsLeft() {
        await().atMost(SOON).ignoreExceptions().untilAsserted(() -> {
            for (String site : sites()) {
                for (ServiceKind participant : Outside.PARTICIPANTS) {
                    assertThat(booked(site, participant))
                            .as(site + " " + participant)
                            .isEmpty();
                }
                assertThat(hosts(site).things())
                        .as("things on the hosts of " + site)
                        .isEmpty();
                // An agent that lost its copy and begins anew would make what is left here.
                assertThat(Outside.desired(stack, site))
                        .as("still wanted on the hosts of " + site)
                        .isEmpty();
            }
        });
        assertNoMishaps();
    }

    /** Of those that have not been told to another test. */
    void assertNoMishaps() {
        assertThat(mishaps.untold()).as("what never may happen").isEmpty();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        restore();
        stack.close();
    }
}
