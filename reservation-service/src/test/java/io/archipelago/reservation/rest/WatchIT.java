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
    private static final int MANY = 40;

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
        return alice().body(GOOD).post(PATH).then().statusCode(202).extract().path("id");
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
    void forgetsWatchersThatGoAwayAndKeepsNothingOfTheirs() throws Exception {
        String id = reserve();
        // Those of the test before may not be forgotten yet.
        await().atMost(SOON).untilAsserted(() -> assertThat(watchers()).isZero());
        List<BufferedReader> open = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            BufferedReader lines = lines(watch(id, token("astro"), null));
            open.add(lines);
            assertThat(until(lines, "data:")).isNotBlank();
        }
        assertThat(watchers()).isEqualTo(MANY);

        for (BufferedReader lines : open) {
            lines.close();
        }

        await().atMost(SOON).untilAsserted(() -> assertThat(watchers()).isZero());
        await().atMost(SOON).untilAsserted(() -> assertThat(idleInTransaction()).isZero());
        alice().get(PATH + "/" + id).then().statusCode(200);
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
        URI uri = URI.create(RestAssured.baseURI + ":" + RestAssured.port + PATH + "/" + id + "/events");
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .version(HttpClient.Version.HTTP_1_1)
                .header("Accept", "text/event-stream")
                .header("Authorization", "Bearer " + token)
                .timeout(SOON);
        if (lastEvent != null) {
            request.header("Last-Event-ID", lastEvent);
        }
        return http.send(request.build(), BodyHandlers.ofInputStream());
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
