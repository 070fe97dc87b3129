package io.archipelago.reservation.rest;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;

import io.archipelago.testkit.EmbeddedInfrastructure;
import io.archipelago.testkit.SignOn;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import org.junit.jupiter.api.Test;

/** The API with the tokens that Keycloak gives to the users of the realm. */
@QuarkusTest
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = @ResourceArg(name = "topics", value = "federation.to.tokyo.v1,federation.to.osaka.v1"))
@QuarkusTestResource(value = SignOn.class, restrictToAnnotatedClass = true)
class SignOnIT {

    private static final String PATH = "/api/v1/reservations";
    private static final String GOOD = """
            {"name": "genome", "window": {"start": "+PT1H", "duration": "PT2H"},
             "machines": {"compute": {"count": 3, "cpus": 2, "memory": "4GiB", "disk": "20GiB"}}}
            """;

    private static RequestSpecification as(String user) {
        return given().auth().oauth2(SignOn.token(user)).contentType(ContentType.JSON);
    }

    @Test
    void takesTheTenantThatTheTokenNames() {
        String id = as("alice")
                .body(GOOD)
                .post(PATH)
                .then()
                .statusCode(202)
                .extract()
                .path("id");

        as("alice").get(PATH + "/" + id).then().statusCode(200).body("tenant", equalTo("astro"));
        as("bob").get(PATH + "/" + id).then().statusCode(404);
        as("bob").get(PATH).then().statusCode(200).body("items.id", not(hasItem(id)));
    }

    @Test
    void takesTheRolesThatTheTokenNames() {
        String id = as("alice")
                .body(GOOD)
                .post(PATH)
                .then()
                .statusCode(202)
                .extract()
                .path("id");

        for (String user : new String[] {"oscar", "ada"}) {
            as(user).get(PATH + "/" + id).then().statusCode(200);
            as(user).body(GOOD).post(PATH).then().statusCode(403);
        }
        as("oscar").get("/api/v1/peers").then().statusCode(200);
        as("alice").get("/api/v1/peers").then().statusCode(403);
    }

    @Test
    void refusesATokenThatWasMadeForSomebodyElse() {
        // Keycloak's own client: the same user and issuer, another audience.
        given().auth()
                .oauth2(SignOn.token("alice", "admin-cli"))
                .get(PATH)
                .then()
                .statusCode(401);
    }
}
