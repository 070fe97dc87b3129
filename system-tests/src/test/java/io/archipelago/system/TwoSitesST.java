package io.archipelago.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TwoSitesST {

    private static final Duration SOON = Duration.ofMinutes(3);
    private static final List<String> PARTICIPANTS = List.of("placement", "network", "storage", "cache");

    /** What examples/two-sites.yaml asks for: more nodes than one site has. */
    private static final String TWO_SITES = """
            {"name": "genome-assembly", "window": {"start": "now", "duration": "PT1H"},
             "machines": {"compute": {"count": 24, "cpus": 2, "memory": "4GiB", "disk": "20GiB", "maxPerHost": 1},
                          "frontend": {"cpus": 2, "memory": "4GiB", "disk": "40GiB"}}}
            """;

    private static LocalStack local;
    private static Person alice;
    private static URI api;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        local = LocalStack.start();
        alice = local.signOn("alice");
        api = local.api("tokyo");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(
                                local.query(
                                        "tokyo",
                                        "placement",
                                        "select site from site_capacity where jsonb_path_exists(advertised, '$.slices[*].hosts[*]')"))
                        .as("both sites' capacity is known")
                        .hasSize(2));
    }

    @AfterAll
    static void stop() throws IOException, InterruptedException {
        if (local != null) {
            local.close();
        }
    }

    @Test
    void oneReservationBecomesOneClusterOverTwoSitesAndLeavesNothing() throws Exception {
        String id = reserve();

        awaitState(id, "ACTIVE");
        JsonNode cluster = alice.show(api, id).body();
        assertThat(cluster.findValuesAsText("name").stream().filter(n -> n.startsWith("v")))
                .hasSize(25);
        assertThat(unique(cluster, "ip")).hasSize(25);
        assertThat(unique(cluster, "mac")).hasSize(25);
        assertThat(sitesOf(cluster)).containsExactlyInAnyOrder("tokyo", "osaka");
        assertThat(cluster.get("segments")).hasSize(2);
        assertThat(cluster.get("links"))
                .hasSize(2)
                .allSatisfy(link -> assertThat(link.get("state").asText()).isEqualTo("READY"));
        assertThat(cluster.get("caches")).hasSize(1);
        assertThat(things("tokyo") + things("osaka")).isGreaterThanOrEqualTo(25 * 3);

        alice.cancel(api, id);
        awaitState(id, "ENDED");
        assertNothingIsLeft();
        JsonNode over = alice.show(api, id).body();
        assertThat(over.get("machines")).isEmpty();
        assertThat(over.get("segments")).isEmpty();
    }

    @Test
    void whicheverProcessIsKilledTheOutcomeIsTheSame() throws Exception {
        long seed = Long.getLong("vc.tests.seed", System.nanoTime());
        System.out.println("seed " + seed + " (-Dvc.tests.seed=" + seed + " repeats it)");
        Random random = new Random(seed);
        String id = reserve();

        String deploying = killOne(random);
        awaitState(id, "ACTIVE");
        String releasing = killOne(random);
        alice = local.signOn("alice");
        await().atMost(SOON)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(alice.cancel(api, id).status()).isEqualTo(202));

        awaitState(id, "ENDED");
        assertNothingIsLeft();
        assertThat(List.of(deploying, releasing)).doesNotContain("");
    }

    private static String reserve() throws IOException, InterruptedException {
        Person.Answer answer = alice.reserve(api, TWO_SITES);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(202);
        return answer.body().get("id").asText();
    }

    private static void awaitState(String id, String state) {
        await().atMost(SOON).ignoreExceptions().untilAsserted(() -> {
            JsonNode seen = alice.show(api, id).body();
            assertThat(seen.get("state").asText()).as(seen.toString()).isEqualTo(state);
        });
    }

    /** Kills a service, a broker or an agent as a power cut would; the supervisor starts it again. */
    private static String killOne(Random random) throws IOException, InterruptedException {
        List<JsonNode> processes = new ArrayList<>();
        for (JsonNode process : local.status().get("processes")) {
            String name = process.get("name").asText();
            if (name.startsWith("tokyo-") || name.startsWith("osaka-")) {
                processes.add(process);
            }
        }
        JsonNode victim = processes.get(random.nextInt(processes.size()));
        System.out.println("kill -9 " + victim.get("name").asText());
        ProcessHandle.of(victim.get("pid").asLong()).orElseThrow().destroyForcibly();
        return victim.get("name").asText();
    }

    private static void assertNothingIsLeft() {
        await().atMost(SOON).ignoreExceptions().untilAsserted(() -> {
            for (String site : List.of("tokyo", "osaka")) {
                for (String participant : PARTICIPANTS) {
                    assertThat(local.query(site, participant, "select allocation from booking"))
                            .as(site + " " + participant)
                            .isEmpty();
                }
                assertThat(things(site)).as("things on the hosts of " + site).isZero();
                assertThat(local.violations(site))
                        .as("violations of physics at " + site)
                        .isEmpty();
                for (String service : List.of("reservation", "placement", "network", "storage", "cache")) {
                    assertThat(parked(site, service))
                            .as("dead letters of " + service)
                            .isEmpty();
                }
            }
        });
    }

    private static List<String> parked(String site, String service) throws SQLException, IOException {
        return local.query(site, service, "select reason from parked_message");
    }

    private static int things(String site) throws IOException, InterruptedException {
        int things = 0;
        for (JsonNode host : local.hosts(site)) {
            things += host.get("resources").size();
        }
        return things;
    }

    private static Set<String> unique(JsonNode cluster, String field) {
        return new HashSet<>(cluster.get("machines").findValuesAsText(field));
    }

    private static Set<String> sitesOf(JsonNode cluster) {
        return new HashSet<>(cluster.get("machines").findValuesAsText("site"));
    }
}
