package io.archipelago.reservation.rest;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.archipelago.testkit.EmbeddedInfrastructure;
import io.archipelago.testkit.Tokens;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Reservations that repeat, in one request and one answer. */
@QuarkusTest
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = {
            @ResourceArg(name = "topics", value = "federation.to.tokyo.v1,federation.to.osaka.v1"),
            @ResourceArg(name = "settings", value = "reservation.quotas.tenants.small.reservations=2")
        })
class SeriesIT {

    private static final String PATH = "/api/v1/series";
    private static final String BODY = """
            {"name": "night-run",
             "window": {"start": "+PT1H", "duration": "PT2H", "repeat": "FREQ=DAILY;COUNT=%d", "zone": "Asia/Tokyo"},
             "machines": {"compute": {"count": 3, "cpus": 2, "memory": "4GiB", "disk": "20GiB"}}}
            """;

    @Test
    void eachOccurrenceIsAReservationByItself() {
        Response answer = ask("astro", 3, null);

        answer.then()
                .statusCode(202)
                .header("Location", containsString(PATH + "/"))
                .body("occurrences", hasSize(3))
                .body("occurrences.reservation.state", everyItem(equalTo("REQUESTED")))
                .body("occurrences.problem", everyItem(nullValue()));
        List<String> starts = answer.path("occurrences.window.start");
        assertThat(starts).isSorted();
        assertThat(Instant.parse(starts.get(1)))
                .as("Tokyo's clocks are never changed")
                .isEqualTo(Instant.parse(starts.getFirst()).plusSeconds(86_400));
        List<String> ids = answer.path("occurrences.reservation.id");
        assertThat(ids).doesNotHaveDuplicates();
        as("astro", "tenant")
                .get("/api/v1/reservations/" + ids.getLast())
                .then()
                .statusCode(200)
                .body("name", equalTo("night-run"));

        // When one is given up
        as("astro", "tenant")
                .delete("/api/v1/reservations/" + ids.getFirst())
                .then()
                .statusCode(202);

        // Then the others stay
        as("astro", "tenant")
                .get(PATH + "/" + answer.path("id"))
                .then()
                .statusCode(200)
                .body("occurrences", hasSize(3))
                .body("occurrences[1].reservation.state", equalTo("REQUESTED"));
    }

    @Test
    void whatIsTooMuchForTheQuotaIsToldBesideWhatIsTaken() {
        ask("small", 3, null)
                .then()
                .statusCode(202)
                .body("occurrences", hasSize(3))
                .body("occurrences[0].reservation", notNullValue())
                .body("occurrences[1].reservation", notNullValue())
                .body("occurrences[2].reservation", nullValue())
                .body("occurrences[2].problem.code", equalTo("limit-exceeded"));

        ask("small", 2, null)
                .then()
                .statusCode(403)
                .body("code", equalTo("limit-exceeded"))
                .body("detail", containsString("2 reservations"));
    }

    @Test
    void theSameKeyAnswersWithTheSameSeries() {
        String key = UUID.randomUUID().toString();
        String first = ask("astro", 2, key).then().statusCode(202).extract().path("id");

        ask("astro", 2, key).then().statusCode(202).body("id", equalTo(first)).body("occurrences", hasSize(2));
        ask("astro", 3, key).then().statusCode(422);
    }

    @Test
    void isGivenUpAsAWhole() {
        String id = ask("astro", 2, null).then().statusCode(202).extract().path("id");

        as("astro", "tenant").delete(PATH + "/" + id).then().statusCode(202).body("occurrences", hasSize(2));

        List<String> states = as("astro", "tenant").get(PATH + "/" + id).path("occurrences.reservation.state");
        assertThat(states).doesNotContain("REQUESTED", "SCHEDULED");
        as("astro", "tenant").delete(PATH + "/" + id).then().statusCode(202);
    }

    @Test
    void isNobodyElses() {
        String id = ask("astro", 2, null).then().statusCode(202).extract().path("id");

        as("bio", "tenant").get(PATH + "/" + id).then().statusCode(404);
        as("bio", "tenant").delete(PATH + "/" + id).then().statusCode(404);
        as("", "operator").get(PATH + "/" + id).then().statusCode(200);
        as("", "operator").body(BODY.formatted(2)).post(PATH).then().statusCode(403);
        as("astro", "tenant").get(PATH + "/nonsense").then().statusCode(404);
        given().get(PATH + "/" + id).then().statusCode(401);
        given().contentType(ContentType.JSON)
                .body(BODY.formatted(2))
                .post(PATH)
                .then()
                .statusCode(401);
    }

    private static Response ask(String tenant, int count, @Nullable String key) {
        RequestSpecification request = as(tenant, "tenant").body(BODY.formatted(count));
        return key == null
                ? request.post(PATH)
                : request.header("Idempotency-Key", key).post(PATH);
    }

    private static RequestSpecification as(String tenant, String role) {
        return given().auth().oauth2(Tokens.of("alice", tenant, role)).contentType(ContentType.JSON);
    }
}
