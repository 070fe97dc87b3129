package io.archipelago.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.local.RunningStack;
import io.archipelago.local.ServiceKind;
import io.archipelago.local.Site;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Two sites that run, a tenant of the first, and somebody who pulls plugs. */
final class Federation implements AutoCloseable {

    /** For what takes seconds on an idle machine. */
    static final Duration SOON = Duration.ofMinutes(4);

    /** Short enough that a test need not wait long for them, long enough for a busy machine. */
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "RESERVATION_DEADLINES_LEAD", "PT3S",
            "RESERVATION_DEADLINES_HOLD_FOR", "PT30S",
            "RESERVATION_DEADLINES_MARGIN", "PT5S",
            "RESERVATION_DEADLINES_ASK_AGAIN", "PT3S",
            "RESERVATION_DEADLINES_ASK_AGAIN_AT_MOST", "PT10S",
            "RESERVATION_DEADLINES_ATTEMPTS", "2",
            "PARTICIPANT_LEAD", "PT3S",
            "PARTICIPANT_TURN_ROUND", "PT5S");

    private static final Duration TOKEN_LIFE = Duration.ofMinutes(3);
    private static final String TENANT = "alice";
    private static final String MASTER = "tokyo";

    private final RunningStack stack;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, ProcessHandle> frozen = new TreeMap<>();
    private Person alice;
    private Instant signedOn;

    private Federation(RunningStack stack, Person alice) {
        this.stack = stack;
        this.alice = alice;
        this.signedOn = Instant.now();
    }

    static Federation start() throws IOException, InterruptedException {
        RunningStack stack = RunningStack.start(ENVIRONMENT);
        Federation federation = new Federation(stack, new Person(HttpClient.newHttpClient(), stack.signOn(TENANT)));
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

    // --- the tenant

    /** Asks at tokyo, and returns the reservation's id. */
    String reserve(String json) throws IOException, InterruptedException {
        Person.Answer answer = alice().reserve(api(), json);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(202);
        return answer.body().get("id").asText();
    }

    JsonNode show(String id) throws IOException, InterruptedException {
        return alice().show(api(), id).body();
    }

    /** However often it must be tried: whoever answers may just have been killed. */
    void cancel(String id) {
        await().atMost(SOON)
                .ignoreExceptions()
                .untilAsserted(
                        () -> assertThat(alice().cancel(api(), id).status()).isEqualTo(202));
    }

    /** Waits until a reservation is, or was, as far as a state. */
    JsonNode awaitState(String id, String... states) {
        return await().atMost(SOON).ignoreExceptions().until(() -> show(id), seen -> {
            String state = seen.get("state").asText();
            boolean there = Set.of(states).contains(state);
            if (!there && Set.of("ENDED", "CANCELLED", "REFUSED").contains(state)) {
                throw new AssertionError("it will not become " + List.of(states) + ": " + seen);
            }
            return there;
        });
    }

    private URI api() {
        return URI.create(stack.stack().apiUrl(stack.site(MASTER)) + "/api/v1/reservations");
    }

    private Person alice() throws IOException, InterruptedException {
        if (Instant.now().isAfter(signedOn.plus(TOKEN_LIFE))) {
            alice = new Person(http, stack.signOn(TENANT));
            signedOn = Instant.now();
        }
        return alice;
    }

    // --- who pulls plugs

    /** The processes of the stack without its supervisor. */
    List<String> processes() throws IOException, InterruptedException {
        List<String> names = new ArrayList<>();
        stack.status()
                .get("processes")
                .forEach(process -> names.add(process.get("name").asText()));
        names.remove("supervisor");
        return names;
    }

    /** As a power cut would; the supervisor starts it again. */
    void kill(String process) throws IOException, InterruptedException {
        System.out.println("kill -9 " + process);
        stack.process(process).destroyForcibly();
    }

    /** Stops processes where they are: they answer nobody, and do not know that time passes. */
    void freeze(String... processes) throws IOException, InterruptedException {
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

    /** The network whole and everybody awake, however a test ended. */
    void restore() throws IOException, InterruptedException {
        stack.wan().heal();
        thaw();
    }

    // --- what is so, whatever anybody believes

    /** How many resources there are on a site's hosts. */
    int things(String site) throws IOException, InterruptedException {
        int things = 0;
        for (JsonNode host : stack.agent(site, "/sim/hosts")) {
            things += host.get("resources").size();
        }
        return things;
    }

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
                assertThat(things(site)).as("things on the hosts of " + site).isZero();
                // An agent that lost its copy and begins anew would make what is left here.
                assertThat(Outside.desired(stack, site))
                        .as("still wanted on the hosts of " + site)
                        .isEmpty();
            }
        });
        await().atMost(SOON).ignoreExceptions().untilAsserted(() -> Outside.assertLawful(stack));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        restore();
        stack.close();
    }
}
