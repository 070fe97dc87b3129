package io.archipelago.bus;

import static io.archipelago.bus.Fixture.PATIENCE;
import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

/** What an operator's tools see. */
@QuarkusTest
class OperationIT {

    @Test
    void isReadyWithItsRelay() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> given().get("/q/health/ready")
                        .then()
                        .statusCode(200)
                        .body("checks.name", hasItem("outbox relay"))
                        .body("checks.find { it.name == 'outbox relay' }.data.role", equalTo("active")));
    }

    @Test
    void showsItsFigures() {
        given().get("/q/metrics")
                .then()
                .statusCode(200)
                .body(containsString("bus_outbox_pending"))
                .body(containsString("bus_outbox_oldest_age"))
                .body(containsString("bus_dead_letters"))
                .body(containsString("bus_transactions_total"));
    }
}
