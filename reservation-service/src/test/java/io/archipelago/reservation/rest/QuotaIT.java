package io.archipelago.reservation.rest;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.archipelago.testkit.EmbeddedInfrastructure;
import io.archipelago.testkit.Tokens;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a tenant may have is counted in the transaction that takes its request, however many come at once. */
@QuarkusTest
@TestProfile(QuotaIT.Small.class)
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = @ResourceArg(name = "topics", value = "federation.to.tokyo.v1,federation.to.osaka.v1"))
class QuotaIT {

    private static final String PATH = "/api/v1/reservations";
    private static final int AT_ONCE = 1000;
    private static final String GOOD = """
            {"name": "genome", "window": {"start": "+PT%dH", "duration": "PT2H"},
             "machines": {"compute": {"count": 3, "cpus": 2, "memory": "4GiB", "disk": "20GiB"}}}
            """;

    /** Four machines at a time for all, seven for one tenant, and two reservations for another. */
    public static class Small implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "reservation.quotas.machines", "4",
                    "reservation.quotas.tenants.seven.machines", "7",
                    "reservation.quotas.tenants.two.reservations", "2",
                    "reservation.quotas.tenants.two.machines", "1000",
                    "reservation.quotas.tenants.soon.ahead", "PT12H",
                    "reservation.limits.cpus-in-all", "50");
        }
    }

    /** By a client that takes little, so that as many as can be are there at the same time. */
    @Test
    void ofManyRequestsForTheLastMachinesOneIsTaken() throws Exception {
        String token = Tokens.of("alice", "race", "tenant");
        HttpRequest request = HttpRequest.newBuilder(URI.create(RestAssured.baseURI + ":" + RestAssured.port + PATH))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(GOOD.formatted(1)))
                .build();
        List<HttpResponse<String>> answers;
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            answers =
                    Stream.generate(() -> client.sendAsync(request, BodyHandlers.ofString()))
                            .limit(AT_ONCE)
                            .toList()
                            .stream()
                            .map(CompletableFuture::join)
                            .toList();
        }

        assertThat(answers).filteredOn(answer -> answer.statusCode() == 202).hasSize(1);
        assertThat(answers)
                .filteredOn(answer -> answer.statusCode() != 202)
                .hasSize(AT_ONCE - 1)
                .allSatisfy(answer -> {
                    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(403);
                    assertThat(answer.body())
                            .contains("limit-exceeded", "machines.compute.count")
                            .contains("4 machines at a time, and would have 8");
                });
        assertThat(given().auth().oauth2(token).get(PATH).<List<String>>path("items.id"))
                .hasSize(1);
    }

    @Test
    void saysWhatIsTooMuchAndWhen() {
        String token = Tokens.of("alice", "words", "tenant");
        ask(token, 1).then().statusCode(202);

        ask(token, 2)
                .then()
                .statusCode(403)
                .contentType("application/problem+json")
                .body("code", equalTo("limit-exceeded"))
                .body("errors[0].field", equalTo("machines.compute.count"))
                .body("detail", containsString("your tenant may have 4 machines at a time, and would have 8 at"));
        ask(token, 5).then().statusCode(202);
    }

    @Test
    void aTenantThatMayAskForWhatIsSoonGetsNothingLater() {
        String token = Tokens.of("alice", "soon", "tenant");
        ask(token, 13)
                .then()
                .statusCode(403)
                .body("errors[0].field", equalTo("window.start"))
                .body("detail", containsString("at most PT12H from now"));
        ask(token, 11).then().statusCode(202);
        quota(token, "").then().body("limits.ahead", equalTo("PT12H"));
        quota(Tokens.of("alice", "seven", "tenant"), "").then().body("limits.ahead", equalTo("PT8784H"));
    }

    @Test
    void aClusterHasNoMoreThanAnyMayHaveInAll() {
        String much = GOOD.formatted(1).replace("\"cpus\": 2", "\"cpus\": 17");
        given().auth()
                .oauth2(Tokens.of("alice", "much", "tenant"))
                .contentType(ContentType.JSON)
                .body(much)
                .post(PATH)
                .then()
                .statusCode(400)
                .body("errors[0].field", equalTo("machines.compute.count"))
                .body("errors[0].message", containsString("at most 50 processors in all"))
                .body("errors[0].message", containsString("this one would have 52"));
    }

    @Test
    void whatIsGivenUpCountsNoMore() {
        String token = Tokens.of("alice", "given", "tenant");
        String id = ask(token, 1).then().statusCode(202).extract().path("id");
        ask(token, 1).then().statusCode(403);

        given().auth().oauth2(token).delete(PATH + "/" + id).then().statusCode(202);

        ask(token, 1).then().statusCode(202);
    }

    @Test
    void tellsATenantWhatItMayHaveAndWhatItHas() {
        String token = Tokens.of("alice", "page", "tenant");
        ask(token, 1).then().statusCode(202);

        quota(token, "")
                .then()
                .statusCode(200)
                .body("tenant", equalTo("page"))
                .body("limits.machines", equalTo(4))
                .body("limits.machineHours", equalTo(750_000))
                .body("used.machines", equalTo(4))
                .body("used.volumeGib", equalTo(80))
                .body("used.reservations", equalTo(1))
                // One more if the window lies in two months, as each is rounded up.
                .body("machineHours.values().sum()", anyOf(equalTo(8), equalTo(9)));
        quota(Tokens.of("oscar", "", "operator"), "?tenant=page")
                .then()
                .statusCode(200)
                .body("used.machines", equalTo(4));
    }

    @Test
    void keepsAQuotaFromOtherTenants() {
        quota(Tokens.of("bob", "bio", "tenant"), "?tenant=page").then().statusCode(403);
        quota(Tokens.of("bob", "bio", "tenant"), "")
                .then()
                .statusCode(200)
                .body("tenant", equalTo("bio"))
                .body("used.machines", equalTo(0));
        quota(Tokens.of("oscar", "", "operator"), "").then().statusCode(400).body("errors[0].field", equalTo("tenant"));
        given().get("/api/v1/quota").then().statusCode(401);
    }

    private static Response quota(String token, String query) {
        return given().auth().oauth2(token).get("/api/v1/quota" + query);
    }

    @Test
    void someTenantsMayHaveOtherThanAll() {
        ask(Tokens.of("alice", "seven", "tenant"), 1).then().statusCode(202);
        ask(Tokens.of("alice", "seven", "tenant"), 1).then().statusCode(403);
        String two = Tokens.of("alice", "two", "tenant");
        ask(two, 1).then().statusCode(202);
        ask(two, 1).then().statusCode(202);
        ask(two, 10).then().statusCode(403).body("detail", containsString("2 reservations that are not over"));
    }

    private static Response ask(String token, int hours) {
        return given().auth()
                .oauth2(token)
                .contentType(ContentType.JSON)
                .body(GOOD.formatted(hours))
                .post(PATH);
    }
}
