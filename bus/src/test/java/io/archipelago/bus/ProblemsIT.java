package io.archipelago.bus;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.testkit.Tokens;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@QuarkusTest
class ProblemsIT {

    @Test
    void echoesAGoodBody() {
        post("""
                {"name": "a", "count": 1, "window": {"start": "2026-12-01T09:00:00+09:00", "length": "PT4H"}, "colour": "RED"}
                """).statusCode(200).body("window.start", equalTo("2026-12-01T00:00:00Z"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"name\": \"a\", \"count\": 1, \"colr\": \"RED\"} | colr | unknown field; known are colour, count, name, sites, window",
                "{\"name\": \"a\", \"count\": \"many\"} | count | must be a whole number",
                "{\"name\": \"a\", \"count\": 101} | (body) | count must be at most 100",
                "{\"name\": \"a\", \"count\": 1, \"colour\": \"BLUE\"} | colour | must be one of RED, GREEN",
                "{\"name\": \"a\", \"count\": 1, \"window\": {\"start\": \"2026-12-01T09:00:00\"}} | window.start | must be an instant with its offset, such as 2026-12-01T09:00:00+09:00",
                "{\"name\": \"a\", \"count\": 1, \"window\": {\"start\": \"2026-12-01T09:00:00Z\", \"length\": \"4h\"}} | window.length | must be a duration such as PT4H",
                "{\"name\": \"a\", \"count\": 1, \"sites\": [\"tokyo\", \"Osaka\"]} | sites[1] | a site id is 1 to 16 lower-case letters and digits, a letter first, not 'Osaka'",
                "{\"name\": \"a\", \"count\": 1, \"sites\": \"tokyo\"} | sites | must be a list",
                "{\"name\": | (body) | not JSON at line 1, column 9",
                "{\"name\": \"a\", \"count\": 4, \"count\": 100} | (body) | the field 'count' stands twice at line 1, column 34",
                "[] | (body) | must be an object",
            })
    void namesTheFieldAtFault(String body, String field, String message) {
        ValidatableResponse answer = post(body);
        problem(answer, 400, "invalid-request");
        answer.body("errors[0].field", equalTo(field)).body("errors[0].message", equalTo(message));
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void answersEveryRejectionWithItsCode(ErrorCode code) {
        problem(as("tenant").get("/api/v1/echo/rejected/" + code).then(), Problem.status(code), code.wireName())
                .body("detail", equalTo("because"));
    }

    @Test
    void tellsNothingOfWhatBroke() {
        String body = problem(as("tenant").get("/api/v1/echo/broken").then(), 500, "internal")
                .extract()
                .asString();

        assertThat(body).doesNotContain("secret", "Exception", "io.archipelago");
    }

    @Test
    void asksForAnotherTryWhileTheDatabaseIsAway() {
        String body = problem(as("tenant").get("/api/v1/echo/away").then(), 503, "internal")
                .header("Retry-After", equalTo("5"))
                .body("detail", containsString("try again"))
                .extract()
                .asString();

        assertThat(body).doesNotContain("secret", "Exception", "io.archipelago");
    }

    @Test
    void answersALostRaceAsAConflict() {
        problem(as("tenant").get("/api/v1/echo/late").then(), 409, "conflict");
    }

    @Test
    void answersAnUnknownPath() {
        problem(as("tenant").get("/api/v1/nowhere").then(), 404, "not-found");
        problem(as("tenant").get("/nowhere").then(), 404, "not-found");
    }

    @Test
    void answersAWrongMethodOrMediaType() {
        problem(as("tenant").delete("/api/v1/echo").then(), 405, "invalid-request");
        problem(
                as("tenant")
                        .contentType(ContentType.TEXT)
                        .body("x")
                        .post("/api/v1/echo")
                        .then(),
                415,
                "invalid-request");
    }

    @Test
    void asksForAToken() {
        problem(given().get("/api/v1/dead-letters").then(), 401, "unauthenticated")
                .header("WWW-Authenticate", equalTo("Bearer"));
        problem(given().auth().oauth2("a.b.c").get("/api/v1/dead-letters").then(), 401, "unauthenticated");
    }

    @Test
    void refusesATokenWithoutTheRole() {
        problem(as("tenant").get("/api/v1/dead-letters").then(), 403, "forbidden");
    }

    @Test
    void keepsTheCallersCorrelationId() {
        as("tenant")
                .header("X-Correlation-Id", "walk-1")
                .get("/api/v1/nowhere")
                .then()
                .header("X-Correlation-Id", equalTo("walk-1"))
                .body("correlationId", equalTo("walk-1"));
        as("tenant")
                .header("X-Correlation-Id", "a b <script>")
                .get("/api/v1/nowhere")
                .then()
                .body("correlationId", not(containsString("script")));
    }

    private static RequestSpecification as(String role) {
        return given().auth().oauth2(Tokens.of("alice", "astro", role));
    }

    private static ValidatableResponse post(String body) {
        return as("tenant")
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/v1/echo")
                .then();
    }

    private static ValidatableResponse problem(ValidatableResponse answer, int status, String code) {
        return answer.statusCode(status)
                .contentType("application/problem+json")
                .body("type", equalTo("/problems/" + code))
                .body("code", equalTo(code))
                .body("status", equalTo(status))
                .body("correlationId", matchesPattern("[A-Za-z0-9._-]{1,64}"));
    }
}
