package io.archipelago.reservation.rest;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.archipelago.bus.UnitOfWork;
import io.archipelago.testkit.EmbeddedInfrastructure;
import io.archipelago.testkit.Tokens;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Those who watch a reservation, as HTTP clients see it. */
@QuarkusTest
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = @ResourceArg(name = "topics", value = "federation.to.tokyo.v1,federation.to.osaka.v1"))
@Timeout(60)
class WatchIT {

    private static final String PATH = "/api/v1/reservations";
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String GOOD = """
            {"name": "genome", "window": {"start": "+PT1H", "duration": "PT2H"},
             "machines": {"compute": {"count": 3, "cpus": 2, "memory": "4GiB", "disk": "20GiB"}}}
            """;
    /** As many as the tests' configuration allows a tenant. */
    private static final int MANY = 40;

    /** As many more as it allows in all. */
    private static final int OF_OTHERS = 2;

    private final HttpClient http = HttpClient.newHttpClient();

    @Inject
    MeterRegistry registry;

    @Inject
    UnitOfWork unitOfWork;

    private static RequestSpecification alice() {
        return given().auth().oauth2(token("astro")).contentType(ContentType.JSON);
    }

    private static String token(String tenant) {
        return Tokens.of("alice", tenant, "tenant");
    }

    private static String reserve() {
        return reserve("astro");
    }

    private static String reserve(String tenant) {
        return given().auth()
                .oauth2(token(tenant))
                .contentType(ContentType.JSON)
                .body(GOOD)
                .post(PATH)
                .then()
                .statusCode(202)
                .extract()
                .path("id");
    }

    @Test
    void tellsAWatcherOfEveryChangeUntilItIsOver() throws Exception {
        String id = reserve();

        try (BufferedReader lines = lines(watch(id, token("astro"), null))) {
            assertThat(until(lines, "data:")).contains("\"state\":\"REQUESTED\"");
            assertThat(until(lines, ":")).as("a sign of life").startsWith(":");
            alice().delete(PATH + "/" + id).then().statusCode(202);

            assertThat(until(lines, "id:")).isNotBlank();
            assertThat(until(lines, "data:")).contains("\"state\":\"CANCELLED\"");
            assertThat(lines.lines()).as("nothing follows").noneMatch(line -> line.startsWith("data:"));
        }
    }

    @Test
    void tellsWhoComesBackOnlyWhatHasChangedSince() throws Exception {
        String id = reserve();
        String seen;
        try (BufferedReader lines = lines(watch(id, token("astro"), null))) {
            seen = until(lines, "id:").substring("id:".length()).strip();
        }

        try (BufferedReader lines = lines(watch(id, token("astro"), seen))) {
            alice().delete(PATH + "/" + id).then().statusCode(202);
            assertThat(until(lines, "data:")).contains("\"state\":\"CANCELLED\"");
        }
        try (BufferedReader lines = lines(watch(id, token("astro"), "of another time"))) {
            assertThat(until(lines, "data:")).contains("\"state\":\"CANCELLED\"");
        }
    }

    @Test
    void letsNobodyWatchWhatIsNotTheirs() throws Exception {
        String id = reserve();

        assertThat(watch(id, token("bio"), null).statusCode()).isEqualTo(404);
        assertThat(watch(UUID.randomUUID().toString(), token("astro"), null).statusCode())
                .isEqualTo(404);
        assertThat(watch("no-id", token("astro"), null).statusCode()).isEqualTo(404);
        assertThat(watch(id, Tokens.of("eve", "astro"), null).statusCode()).isEqualTo(403);
        assertThat(watch(id, "no.such.token", null).statusCode()).isEqualTo(401);
        assertThat(watch(id, Tokens.lasting(Duration.ofMinutes(-10), "alice", "astro", "tenant"), null)
                        .statusCode())
                .isEqualTo(401);
        given().get(PATH + "/" + id + "/events").then().statusCode(401);
    }

    @Test
    void showsAnOperatorWhatIsAnyTenants() throws Exception {
        String id = reserve();

        try (BufferedReader lines = lines(watch(id, Tokens.of("oscar", "", "operator"), null))) {
            assertThat(until(lines, "data:")).contains(id);
        }
    }

    @Test
    void endsWhenTheSignOnRunsOut() throws Exception {
        String id = reserve();

        try (BufferedReader lines =
                lines(watch(id, Tokens.lasting(Duration.ofSeconds(3), "alice", "astro", "tenant"), null))) {
            assertThat(until(lines, "data:")).contains("\"state\":\"REQUESTED\"");
            // It ends, although the reservation has not.
            assertThat(lines.lines()).noneMatch(line -> line.startsWith("data:"));
        }
        alice().get(PATH + "/" + id).then().statusCode(200);
    }

    @Test
    void letsInSoManyOfATenantAndSoManyInAllUntilTheyGoAway() throws Exception {
        String id = reserve();
        String other = reserve("bio");
        List<BufferedReader> open = new ArrayList<>();
        nobodyWatches();

        open(open, MANY, id, "astro");
        assertTooMany(watch(id, token("astro"), null), "your tenant watches 40 times already");
        open(open, OF_OTHERS, other, "bio");
        assertTooMany(watch(other, token("bio"), null), "all tenants together watch 42 times already");
        assertThat(watch(id, token("bio"), null).statusCode())
                .as("what is not theirs is not there, room or not")
                .isEqualTo(404);

        open.removeFirst().close();
        await().atMost(SOON).untilAsserted(() -> assertThat(watchers()).isEqualTo(MANY + OF_OTHERS - 1));
        open(open, 1, other, "bio");
        assertTooMany(watch(id, token("astro"), null), "all tenants together");
        for (BufferedReader lines : open) {
            lines.close();
        }
        nobodyWatches();
        open.clear();
        open(open, 1, id, "astro");
        open.removeFirst().close();
    }

    /** They ask at once, so that most are let in by the first look; the count is kept all the same. */
    @Test
    void letsInNoMoreHoweverManyAskAtOnce() throws Exception {
        String id = reserve();
        nobodyWatches();

        List<CompletableFuture<HttpResponse<InputStream>>> asked = new ArrayList<>();
        for (int i = 0; i < 2 * MANY; i++) {
            asked.add(http.sendAsync(request(id, token("astro"), null), BodyHandlers.ofInputStream()));
        }
        int told = 0;
        List<BufferedReader> open = new ArrayList<>();
        for (CompletableFuture<HttpResponse<InputStream>> each : asked) {
            HttpResponse<InputStream> answer = each.get(SOON.toSeconds(), TimeUnit.SECONDS);
            if (answer.statusCode() == 200) {
                BufferedReader lines = lines(answer);
                open.add(lines);
                told += lines.readLine() == null ? 0 : 1;
            } else {
                assertTooMany(answer, "your tenant watches 40 times already");
            }
        }

        assertThat(told).isEqualTo(MANY);
        assertThat(watchers()).isEqualTo(MANY);
        for (BufferedReader lines : open) {
            lines.close();
        }
        nobodyWatches();
    }

    @Test
    void forgetsWatchersThatGoAwayAndKeepsNothingOfTheirs() throws Exception {
        String id = reserve();
        nobodyWatches();
        List<BufferedReader> open = new ArrayList<>();
        open(open, MANY, id, "astro");
        assertThat(watchers()).isEqualTo(MANY);

        for (BufferedReader lines : open) {
            lines.close();
        }

        nobodyWatches();
        await().atMost(SOON).untilAsserted(() -> assertThat(idleInTransaction()).isZero());
        alice().get(PATH + "/" + id).then().statusCode(200);
    }

    private void open(List<BufferedReader> open, int count, String id, String tenant) throws Exception {
        for (int i = 0; i < count; i++) {
            BufferedReader lines = lines(watch(id, token(tenant), null));
            open.add(lines);
            assertThat(until(lines, "data:")).isNotBlank();
        }
    }

    private static void assertTooMany(HttpResponse<InputStream> answer, String sentence) throws IOException {
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
        try (InputStream body = answer.body()) {
            assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("\"code\":\"too-many-connections\"", sentence, "ask again later");
        }
    }

    /** Those of the test before may not be forgotten yet. */
    private void nobodyWatches() {
        await().atMost(SOON).untilAsserted(() -> assertThat(watchers()).isZero());
    }

    private double watchers() {
        return registry.get("reservation.watchers").gauge().value();
    }

    private long idleInTransaction() {
        return unitOfWork
                .inTransaction(tx -> tx.session()
                        .createNativeQuery(
                                "select count(*) from pg_stat_activity where datname = current_database()"
                                        + " and state like 'idle in transaction%' and pid <> pg_backend_pid()",
                                Long.class)
                        .getSingleResult())
                .await()
                .atMost(SOON);
    }

    private HttpResponse<InputStream> watch(String id, String token, @Nullable String lastEvent)
            throws IOException, InterruptedException {
        return http.send(request(id, token, lastEvent), BodyHandlers.ofInputStream());
    }

    private static HttpRequest request(String id, String token, @Nullable String lastEvent) {
        URI uri = URI.create(RestAssured.baseURI + ":" + RestAssured.port + PATH + "/" + id + "/events");
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .version(HttpClient.Version.HTTP_1_1)
                .header("Accept", "text/event-stream")
                .header("Authorization", "Bearer " + token)
                .timeout(SOON);
        if (lastEvent != null) {
            request.header("Last-Event-ID", lastEvent);
        }
        return request.build();
    }

    private static BufferedReader lines(HttpResponse<InputStream> stream) {
        assertThat(stream.statusCode()).isEqualTo(200);
        return new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8));
    }

    private static String until(BufferedReader lines, String prefix) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(prefix)) {
                return line;
            }
        }
        throw new AssertionError("the stream ended before a line " + prefix);
    }
}
