package io.archipelago.bus;

import static io.archipelago.bus.Fixture.PATIENCE;
import static io.archipelago.bus.Fixture.allocation;
import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Test;

/** What an operator's tools see. */
@QuarkusTest
class OperationIT {

    @Inject
    Fixture fixture;

    @Test
    void isReadyWithItsRelay() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> given().get("/q/health/ready")
                        .then()
                        .statusCode(200)
                        .body("checks.name", hasItem("outbox relay"))
                        .body("checks.find { it.name == 'outbox relay' }.data.role", equalTo("active")));
    }

    /** Once each was taken for the first time. */
    @Test
    void showsItsFigures() {
        fixture.send(allocation(), 1, 1);

        await().atMost(PATIENCE)
                .untilAsserted(() -> given().get("/q/metrics")
                        .then()
                        .statusCode(200)
                        .body(containsString("bus_outbox_pending"))
                        .body(containsString("bus_outbox_oldest_age"))
                        .body(containsString("bus_dead_letters"))
                        .body(containsString("bus_transactions_total")));
    }
}
