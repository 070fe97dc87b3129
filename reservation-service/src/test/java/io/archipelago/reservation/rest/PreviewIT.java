package io.archipelago.reservation.rest;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.placement.Alternative;
import io.archipelago.contracts.placement.Alternative.Change;
import io.archipelago.contracts.placement.PlacementMessage;
import io.archipelago.contracts.placement.PlacementMessage.AlternativesFound;
import io.archipelago.contracts.placement.PlacementMessage.PlanRefused;
import io.archipelago.contracts.placement.SitePolicy.FewestSites;
import io.archipelago.reservation.app.OldPreviews;
import io.archipelago.reservation.app.ReservationService;
import io.archipelago.reservation.domain.Reservation;
import io.archipelago.reservation.persistence.ReservationStore;
import io.archipelago.testkit.EmbeddedInfrastructure;
import io.archipelago.testkit.Tokens;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a tenant hears who only asks, while its sites have not answered, and once they have. */
@QuarkusTest
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = {
            @ResourceArg(name = "topics", value = "federation.to.tokyo.v1,federation.to.osaka.v1"),
            @ResourceArg(
                    name = "settings",
                    value = "reservation.previews.wait-for=PT0.3S,reservation.quotas.tenants.small.machines=4")
        })
class PreviewIT {

    private static final String PATH = "/api/v1/reservations/preview";
    private static final String AVAILABILITY = "/api/v1/availability";
    private static final SiteId TOKYO = new SiteId("tokyo");
    private static final Refusal FULL = Refusal.of(ErrorCode.NO_CAPACITY, "machines", "this site is full");
    private static final String BODY = """
            {"name": "genome", "window": {"start": "+PT1H", "duration": "PT2H"},
             "machines": {"compute": {"count": %d, "cpus": 2, "memory": "4GiB", "disk": "20GiB"}}}
            """;

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    ReservationStore store;

    @Inject
    ReservationService service;

    @Inject
    OldPreviews old;

    private final String tenant = "t-" + UUID.randomUUID();

    @Test
    void whoDoesNotHearInTimeIsToldWhereMoreWillBeKnown() {
        Response asked = ask(3);

        asked.then()
                .statusCode(202)
                .header("Location", containsString(PATH + "/" + asked.path("id")))
                .body("state", equalTo("ASKING"))
                .body("alternatives", hasSize(0));
        alice().get(asked.header("Location")).then().statusCode(200).body("state", equalTo("ASKING"));
    }

    @Test
    void isNoReservation() {
        String id = ask(3).path("id");

        alice().get("/api/v1/reservations").then().body("items", hasSize(0));
        alice().get("/api/v1/reservations/" + id).then().statusCode(404);
        alice().delete("/api/v1/reservations/" + id).then().statusCode(404);
        alice().get("/api/v1/reservations/" + id + "/events").then().statusCode(404);
        alice().post("/api/v1/reservations/" + id + "/offers/1/accept").then().statusCode(404);
        alice().get("/api/v1/quota").then().body("used.machines", equalTo(0)).body("used.reservations", equalTo(0));
    }

    @Test
    void tellsWhatIsInTheWayAndWhatCouldBeHadInstead() {
        // Given
        ReservationId id = ReservationId.parse(ask(3).path("id"));
        Reservation asking = run(unitOfWork.inTransaction(tx -> store.preview(tx, id)))
                .orElseThrow()
                .reservation();
        Alternative later = new Alternative(
                Change.LATER,
                asking.details().request().window().widened(Duration.ZERO, Duration.ofHours(3)),
                3,
                new FewestSites());

        // When
        say(new PlanRefused(id, 1, Map.of(TOKYO, FULL)), id);
        say(new AlternativesFound(id, List.of(later)), id);

        // Then
        alice().get(PATH + "/" + id)
                .then()
                .statusCode(200)
                .body("state", equalTo("REFUSED"))
                .body("sites", equalTo(Map.of()))
                .body("problems[0].site", equalTo("tokyo"))
                .body("problems[0].message", equalTo("this site is full"))
                .body("alternatives", hasSize(1))
                .body("alternatives[0].change", equalTo("LATER"))
                .body("alternatives[0].machines", equalTo(3))
                .body("alternatives[0].state", equalTo("ASKING"));
        alice().get(AVAILABILITY + "/" + id)
                .then()
                .statusCode(200)
                .body("state", equalTo("ASKING"))
                .body("window", nullValue());
        alice().get("/api/v1/quota").then().body("used.reservations", equalTo(0));
    }

    @Test
    void isTheTenantsAlone() {
        String id = ask(3).path("id");

        for (String path : List.of(PATH, AVAILABILITY)) {
            as("bio", "tenant").get(path + "/" + id).then().statusCode(404).body("code", equalTo("not-found"));
            as("", "operator").get(path + "/" + id).then().statusCode(200);
            given().get(path + "/" + id).then().statusCode(401);
            alice().get(path + "/" + UUID.randomUUID()).then().statusCode(404);
            alice().get(path + "/nonsense").then().statusCode(404);
        }
        as("", "operator").body(BODY.formatted(3)).post(PATH).then().statusCode(403);
        as("", "operator")
                .get(AVAILABILITY + "?machines=1&duration=PT1H")
                .then()
                .statusCode(403);
        given().get(AVAILABILITY + "?machines=1&duration=PT1H").then().statusCode(401);
        given().contentType(ContentType.JSON)
                .body(BODY.formatted(3))
                .post(PATH)
                .then()
                .statusCode(401);
    }

    @Test
    void isRejectedAsTheRequestWouldBe() {
        alice().body("{\"name\": \"x\"}")
                .post(PATH)
                .then()
                .statusCode(400)
                .body("errors.field", hasItems("window", "machines"));
        alice().post(PATH).then().statusCode(400);
        as("small", "tenant")
                .body(BODY.formatted(4))
                .post(PATH)
                .then()
                .statusCode(403)
                .body("code", equalTo("limit-exceeded"))
                .body("detail", containsString("4 machines"));
        as("small", "tenant").body(BODY.formatted(3)).post(PATH).then().statusCode(202);
        as("small", "tenant").body(BODY.formatted(3)).post(PATH).then().statusCode(202);
    }

    @Test
    void readsWhatIsAskedForFromParameters() {
        Response asked = alice().queryParam("machines", 3)
                .queryParam("cpus", 2)
                .queryParam("memory", "4GiB")
                .queryParam("disk", "20GiB")
                .queryParam("maxPerHost", 1)
                .queryParam("duration", "PT2H")
                .queryParam("from", "+PT1H")
                .queryParam("policy", "SPREAD")
                .queryParam("bandwidth", "100Mbit/s")
                .get(AVAILABILITY);

        asked.then()
                .statusCode(202)
                .header("Location", containsString(AVAILABILITY + "/" + asked.path("id")))
                .body("state", equalTo("ASKING"));
        Reservation asking = run(unitOfWork.inTransaction(
                        tx -> store.preview(tx, ReservationId.parse(asked.path("id")))))
                .orElseThrow()
                .reservation();
        assertThat(asking.details().request().compute()).satisfies(group -> {
            assertThat(group.count()).isEqualTo(3);
            assertThat(group.cpus()).isEqualTo(2);
            assertThat(group.memoryBytes()).isEqualTo(4L << 30);
            assertThat(group.diskBytes()).isEqualTo(20L << 30);
            assertThat(group.maxPerHost()).isEqualTo(1);
        });
        assertThat(asking.details().request().bandwidth()).isEqualTo(100_000_000);
        assertThat(asking.details().request().window().start())
                .isEqualTo(asking.details().requestedAt().plus(Duration.ofHours(1)));
    }

    @Test
    void namesTheParametersThatAreWrong() {
        alice().get(AVAILABILITY).then().statusCode(400).body("errors.field", equalTo(List.of("duration", "machines")));
        alice().get(AVAILABILITY + "?machines=none&duration=long&memory=much&policy=any&from=yesterday")
                .then()
                .statusCode(400)
                .body("errors.field", hasItems("machines", "duration", "memory", "policy", "from"));
        alice().get(AVAILABILITY + "?machines=1&duration=PT1H&policy=any")
                .then()
                .body("errors[0].message", equalTo("FEWEST_SITES, SPREAD, CHEAPEST or NEAREST"));
        alice().get(AVAILABILITY + "?machines=1&machines=2&duration=PT1H")
                .then()
                .statusCode(400)
                .body("errors.field", equalTo(List.of("machines")));
        alice().get(AVAILABILITY + "?machines=1&duration=PT1H&hosts=3")
                .then()
                .statusCode(400)
                .body("errors.field", equalTo(List.of("hosts")))
                .body("detail", containsString("bandwidth"));
    }

    @Test
    void soManyQuestionsOfATenantMayWaitAndNoMore() {
        for (int i = 0; i < 10; i++) {
            ask(1).then().statusCode(202);
        }

        ask(1).then()
                .statusCode(403)
                .body("code", equalTo("limit-exceeded"))
                .body("detail", containsString("10 wait for sites"));
        as("t-" + UUID.randomUUID(), "tenant")
                .body(BODY.formatted(1))
                .post(PATH)
                .then()
                .statusCode(202);
    }

    @Test
    void whoNamesNoTenantIsToldSoFirst() {
        as("", "tenant").body("{}").post(PATH).then().statusCode(403);
        as("", "tenant").get(AVAILABILITY).then().statusCode(403);
    }

    @Test
    void isForgottenAfterAWhileUnlessMoreIsToCome() {
        // Given
        ReservationId open = ReservationId.parse(ask(3).path("id"));
        ReservationId over = ReservationId.parse(ask(3).path("id"));
        say(new PlanRefused(over, 1, Map.of(TOKYO, FULL)), over);
        say(new AlternativesFound(over, List.of()), over);

        // When
        run(old.forget());

        // Then
        alice().get(PATH + "/" + over).then().statusCode(200).body("state", equalTo("REFUSED"));

        // When
        age();
        run(old.forget());

        // Then
        alice().get(PATH + "/" + over).then().statusCode(404);
        alice().get(PATH + "/" + open).then().statusCode(200);
    }

    private void age() {
        run(unitOfWork.inTransaction(tx -> tx.session()
                .createNativeQuery("update reservation set changed_at = changed_at - interval '16 minutes'")
                .executeUpdate()));
    }

    private void say(PlacementMessage message, ReservationId id) {
        run(unitOfWork.inTransaction(
                tx -> service.prepare(tx, List.of(id)).chain(() -> service.onPlacement(tx, message))));
    }

    private Response ask(int machines) {
        return alice().body(BODY.formatted(machines)).post(PATH);
    }

    private RequestSpecification alice() {
        return as(tenant, "tenant");
    }

    private static RequestSpecification as(String whose, String... roles) {
        return given().auth().oauth2(Tokens.of("alice", whose, roles)).contentType(ContentType.JSON);
    }

    private static <T> T run(Uni<T> work) {
        return work.await().atMost(Duration.ofSeconds(30));
    }
}
