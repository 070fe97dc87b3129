package io.archipelago.reservation.rest;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.archipelago.bus.UnitOfWork;
import io.archipelago.testkit.EmbeddedInfrastructure;
import io.archipelago.testkit.Tokens;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = @ResourceArg(name = "topics", value = "federation.to.tokyo.v1,federation.to.osaka.v1"))
class ReservationResourceIT {

    private static final String PATH = "/api/v1/reservations";
    private static final String GOOD = """
            {"name": "genome", "window": {"start": "+PT1H", "duration": "PT2H"},
             "machines": {"compute": {"count": 3, "cpus": 2, "memory": "4GiB", "disk": "20GiB"}}}
            """;

    @Inject
    UnitOfWork unitOfWork;

    private static RequestSpecification as(String user, String tenant, String... roles) {
        return given().auth().oauth2(Tokens.of(user, tenant, roles)).contentType(ContentType.JSON);
    }

    private static RequestSpecification alice() {
        return as("alice", "astro", "tenant");
    }

    private static RequestSpecification bob() {
        return as("bob", "bio", "tenant");
    }

    private static String reserve() {
        return alice().body(GOOD).post(PATH).then().statusCode(202).extract().path("id");
    }

    @Test
    void answersARequestWithTheReservationThatItBecame() {
        ValidatableResponse answer = alice().body(GOOD).post(PATH).then();

        answer.statusCode(202)
                .body("state", equalTo("REQUESTED"))
                .body("name", equalTo("genome"))
                .body("tenant", equalTo("astro"));
        String id = answer.extract().path("id");
        alice().get(PATH + "/" + id).then().statusCode(200).body("id", equalTo(id));
    }

    @Test
    void takesTheTenantFromTheTokenAndNotFromTheBody() {
        String foreign = GOOD.replace("\"name\"", "\"tenant\": \"bio\", \"name\"");

        alice().body(foreign).post(PATH).then().statusCode(400).body("errors.field", hasItem("tenant"));
    }

    @Test
    void hidesAReservationFromAForeignTenant() {
        String id = reserve();

        bob().get(PATH + "/" + id).then().statusCode(404).body("code", equalTo("not-found"));
        bob().delete(PATH + "/" + id).then().statusCode(404);
        bob().get(PATH).then().statusCode(200).body("items.id", not(hasItem(id)));
        alice().get(PATH + "/" + id).then().body("state", equalTo("REQUESTED"));
    }

    @Test
    void showsAnOperatorEveryTenantsReservations() {
        String id = reserve();

        as("oscar", "", "operator").get(PATH + "/" + id).then().statusCode(200);
        as("oscar", "", "operator").get(PATH).then().body("items.id", hasItem(id));
    }

    @Test
    void letsNobodyInWithoutASignOnOrARole() {
        given().contentType(ContentType.JSON).body(GOOD).post(PATH).then().statusCode(401);
        given().get(PATH).then().statusCode(401);
        as("eve", "astro").get(PATH).then().statusCode(403);
        as("oscar", "", "operator").body(GOOD).post(PATH).then().statusCode(403);
        as("mallory", "", "tenant").body(GOOD).post(PATH).then().statusCode(403);
    }

    @Test
    void takesAClaimThatIsNoTenantForNone() {
        for (String claim : List.of("Astro Physics", "../bio", "a".repeat(64))) {
            RequestSpecification mallory = as("mallory", claim, "tenant");
            mallory.body(GOOD).post(PATH).then().statusCode(403).body("code", equalTo("forbidden"));
            as("mallory", claim, "tenant").get(PATH).then().statusCode(403);
            as("oscar", claim, "operator").get(PATH).then().statusCode(200);
        }
    }

    @Test
    void answersTheSameKeyWithTheSameReservation() {
        String key = UUID.randomUUID().toString();
        String first =
                alice().header("Idempotency-Key", key).body(GOOD).post(PATH).path("id");

        String again =
                alice().header("Idempotency-Key", key).body(GOOD).post(PATH).path("id");

        assertThat(again).isEqualTo(first);
        alice().header("Idempotency-Key", key)
                .body(GOOD.replace("genome", "other"))
                .post(PATH)
                .then()
                .statusCode(422)
                .body("code", equalTo("idempotency-key-reused"));
        String ofAnotherTenant =
                bob().header("Idempotency-Key", key).body(GOOD).post(PATH).path("id");
        assertThat(ofAnotherTenant).isNotEqualTo(first);
    }

    @Test
    void forgetsAKeyAfterItsDay() {
        // Given
        String key = UUID.randomUUID().toString();
        String first =
                alice().header("Idempotency-Key", key).body(GOOD).post(PATH).path("id");
        unitOfWork
                .inTransaction(tx -> tx.session()
                        .createNativeQuery("update idempotency_key set at = at - interval '3 days' where key = :key")
                        .setParameter("key", key)
                        .executeUpdate())
                .await()
                .atMost(Duration.ofSeconds(30));

        // When
        String other = GOOD.replace("genome", "other");
        String second =
                alice().header("Idempotency-Key", key).body(other).post(PATH).path("id");

        // Then
        assertThat(second).isNotNull().isNotEqualTo(first);
        assertThat(alice().header("Idempotency-Key", key).body(other).post(PATH).<String>path("id"))
                .isEqualTo(second);
    }

    @Test
    void pagesFromTheNewestToTheOldest() {
        String older = reserve();
        String newer = reserve();

        ValidatableResponse page = alice().queryParam("limit", 1).get(PATH).then();

        page.body("items", hasSize(1)).body("items[0].id", equalTo(newer));
        String next = page.extract().path("next");
        alice().queryParam("limit", 1)
                .queryParam("cursor", next)
                .get(PATH)
                .then()
                .body("items[0].id", equalTo(older));
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "0", "201", "-1", "1.5", "99999999999"})
    void refusesAPageOfNoSize(String limit) {
        alice().queryParam("limit", limit)
                .get(PATH)
                .then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body("errors.field", hasItem("limit"))
                .body("errors.message", hasItem("a whole number from 1 to 200"));
    }

    @Test
    void tellsAWatcherThatNothingHasChanged() {
        String id = reserve();
        String tag = alice().get(PATH + "/" + id).header("ETag");

        alice().header("If-None-Match", tag).get(PATH + "/" + id).then().statusCode(304);
    }

    @Test
    void cancelsOnceAndForAll() {
        String id = reserve();

        alice().delete(PATH + "/" + id).then().statusCode(202).body("state", equalTo("CANCELLED"));

        alice().delete(PATH + "/" + id).then().statusCode(202).body("state", equalTo("CANCELLED"));
        alice().get(PATH + "/" + id).then().body("machines", hasSize(0)).body("segments", hasSize(0));
    }

    @ParameterizedTest(name = "{0}: {1} instead of {2}")
    @CsvSource(delimiter = '|', textBlock = """
            window.end              | "start": "+PT1H"                                       | "start": "+PT1H", "duration": "PT2H"
            window.end              | "start": "now", "end": "2026-01-01T00:00:00Z"            | "start": "+PT1H", "duration": "PT2H"
            window.start            | "start": "2027-01-01T09:00:00", "duration": "PT2H"     | "start": "+PT1H", "duration": "PT2H"
            window.start            | "start": "2020-01-01T09:00:00Z", "duration": "PT2H"    | "start": "+PT1H", "duration": "PT2H"
            machines.compute.count  | "count": 0                                             | "count": 3
            machines.compute.count  | "count": 100000                                        | "count": 3
            machines.compute.count  | "count": "3"                                           | "count": 3
            machines.compute.memory | "memory": "4GB?"                                       | "memory": "4GiB"
            colour                  | "colour": "red", "name": "genome"                      | "name": "genome"
            name                    | "name": "Genome Assembly!"                             | "name": "genome"
            """)
    void namesTheFieldAtFault(String field, String wrong, String right) {
        int before = count();

        alice().body(GOOD.replace(right, wrong))
                .post(PATH)
                .then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body("code", equalTo("invalid-request"))
                .body("errors.field", hasItem(field))
                .body("errors.message", not(hasItem(nullValue())));

        assertThat(count()).as("nothing is stored").isEqualTo(before);
    }

    /** Why each is refused: {@link BadExamplesTest}. */
    @Test
    void storesNothingOfABadExample() throws IOException {
        int before = count();
        try (Stream<Path> files = Files.list(Path.of("..", "examples", "bad"))) {
            for (Path file : files.toList()) {
                String body = new YAMLMapper().readTree(Files.readString(file)).toString();

                alice().body(body).post(PATH).then().statusCode(400).body("errors", hasSize(1));
            }
        }
        assertThat(count()).isEqualTo(before);
    }

    @Test
    void refusesSitesThatItDoesNotKnow() {
        String named = GOOD.replace("\"name\"", "\"sites\": {\"use\": {\"atlantis\": 3}}, \"name\"");

        alice().body(named)
                .post(PATH)
                .then()
                .statusCode(400)
                .body("errors.field", hasItem("sites.use.atlantis"))
                .body("errors.message", hasItem(containsString("tokyo")));
    }

    @Test
    void describesItsApiAndItsProblems() {
        given().accept(ContentType.JSON)
                .get("/api/v1/openapi?format=json")
                .then()
                .statusCode(200)
                .body("paths.'/api/v1/reservations'.post.responses.default.content", hasKey("application/problem+json"))
                .body("paths", hasKey("/api/v1/reservations/{id}/events"))
                .body("paths", hasKey("/api/v1/peers"))
                .body("components.schemas.Problem.properties.code.enum", hasItem("no-capacity"));
    }

    private static int count() {
        return alice().queryParam("limit", 200)
                .get(PATH)
                .<List<Map<String, Object>>>path("items")
                .size();
    }
}
