package io.archipelago.reservation.rest;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;

import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.AllocationSpec.Software;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.placement.Alternative;
import io.archipelago.contracts.placement.Alternative.Change;
import io.archipelago.contracts.placement.PlacementMessage.AlternativesFound;
import io.archipelago.contracts.placement.PlacementMessage.FindAlternatives;
import io.archipelago.contracts.placement.PlacementMessage.PlanSites;
import io.archipelago.contracts.placement.SitePolicy.FewestSites;
import io.archipelago.reservation.app.ReservationService;
import io.archipelago.reservation.domain.Attempt;
import io.archipelago.reservation.domain.Details;
import io.archipelago.reservation.domain.Offer;
import io.archipelago.reservation.domain.Request;
import io.archipelago.reservation.domain.Reservation;
import io.archipelago.reservation.domain.Reservation.Closed;
import io.archipelago.reservation.domain.Reservation.Offered;
import io.archipelago.reservation.domain.Reservation.Offering;
import io.archipelago.reservation.domain.Reservation.State;
import io.archipelago.reservation.domain.Share;
import io.archipelago.reservation.persistence.ReservationStore;
import io.archipelago.testkit.EmbeddedInfrastructure;
import io.archipelago.testkit.Tokens;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a tenant sees of counter-offers and can do with them, over the rows that the sites' answers would have left. */
@QuarkusTest
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = @ResourceArg(name = "topics", value = "federation.to.tokyo.v1,federation.to.osaka.v1"))
class OfferResourceIT {

    private static final String PATH = "/api/v1/reservations";
    private static final SiteId TOKYO = new SiteId("tokyo");
    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private static final TimeWindow WINDOW =
            new TimeWindow(NOW.plus(Duration.ofHours(1)), NOW.plus(Duration.ofHours(2)));
    private static final Refusal FULL = Refusal.of(ErrorCode.NO_CAPACITY, "machines", "this site is full");

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    ReservationStore store;

    @Inject
    ReservationService service;

    private final String tenant = "t-" + UUID.randomUUID();
    private final ReservationId refused = new ReservationId(UUID.randomUUID());
    private final ReservationId fewer = new ReservationId(UUID.randomUUID());
    private final ReservationId later = new ReservationId(UUID.randomUUID());

    private RequestSpecification as(String whose, String... roles) {
        return given().auth().oauth2(Tokens.of("alice", whose, roles));
    }

    private RequestSpecification alice() {
        return as(tenant, "tenant");
    }

    @Test
    void showsWhatIsOfferedAndListsOnlyWhatTheTenantAskedFor() {
        offerTwo();

        alice().get(PATH + "/" + refused)
                .then()
                .statusCode(200)
                .body("state", equalTo("REFUSED"))
                .body("problems[0].resource", equalTo("machines"))
                .body("offers", hasSize(2))
                .body("offers[0].number", equalTo(1))
                .body("offers[0].change", equalTo("FEWER"))
                .body("offers[0].state", equalTo("OPEN"))
                .body("offers[0].machines", equalTo(1))
                .body("offers[0].sites.tokyo", equalTo(1))
                .body("offers[0].reservation", equalTo(fewer.toString()));
        alice().get(PATH)
                .then()
                .body("items.id", hasItem(refused.toString()))
                .body("items.id", not(hasItem(fewer.toString())))
                .body("items[0].offers", hasSize(2));
    }

    @Test
    void makesTheOfferThatIsAcceptedAReservationAndGivesUpTheOther() {
        offerTwo();

        accept(1)
                .statusCode(202)
                .header("Location", endsWith(PATH + "/" + fewer))
                .body("id", equalTo(fewer.toString()))
                .body("state", equalTo("HELD"));

        accept(1).statusCode(202).body("id", equalTo(fewer.toString()));
        accept(2).statusCode(409).body("code", equalTo("conflict")).body("detail", containsString(fewer.toString()));
        alice().get(PATH + "/" + refused).then().body("offers.state", equalTo(List.of("ACCEPTED", "GONE")));
        alice().get(PATH).then().body("items.id", hasItem(fewer.toString()));
    }

    @Test
    void saysThatAnOfferIsGone() {
        offerTwo();
        String seen = alice().get(PATH + "/" + refused).header("ETag");

        alice().delete(PATH + "/" + fewer).then().statusCode(202);

        accept(1).statusCode(410).contentType("application/problem+json").body("code", equalTo("offer-gone"));
        alice().header("If-None-Match", seen)
                .get(PATH + "/" + refused)
                .then()
                .statusCode(200)
                .body("offers.state", equalTo(List.of("GONE", "OPEN")));
    }

    @Test
    void givesUpAllOffersWithWhatWasRefused() {
        offerTwo();

        alice().delete(PATH + "/" + refused).then().statusCode(202).body("state", equalTo("REFUSED"));

        alice().get(PATH + "/" + refused).then().body("offers.state", equalTo(List.of("GONE", "GONE")));
    }

    @Test
    void isTheTenantsAlone() {
        offerTwo();

        as("bio", "tenant").post(path(1)).then().statusCode(404).body("code", equalTo("not-found"));
        as("", "operator").post(path(1)).then().statusCode(403);
        given().post(path(1)).then().statusCode(401);
        alice().get(PATH + "/" + refused).then().body("offers.state", equalTo(List.of("OPEN", "OPEN")));
    }

    @Test
    void findsNoOfferWhereThereIsNone() {
        offerTwo();

        for (String number : List.of("3", "0", "one", "99999999999")) {
            alice().post(PATH + "/" + refused + "/offers/" + number + "/accept")
                    .then()
                    .statusCode(404)
                    .body("detail", equalTo("no such offer"));
        }
        alice().post(PATH + "/" + fewer + "/offers/1/accept").then().statusCode(404);
        alice().post(PATH + "/" + UUID.randomUUID() + "/offers/1/accept").then().statusCode(404);
    }

    @Test
    void aTenantHasOneSetOfOffersAtATime() {
        // Given
        offerTwo();
        ReservationId another = new ReservationId(UUID.randomUUID());
        Request request = details(another, null, 3).request();
        PlanSites asked = new PlanSites(
                another,
                1,
                WINDOW,
                request.frontend(),
                request.compute(),
                request.policy(),
                Set.of(),
                request.network(),
                null);
        FindAlternatives question = new FindAlternatives(new TenantId(tenant), asked, null, 3);
        save(new Offering(
                details(another, null, 3), Map.of(), Map.of(TOKYO, List.of(FULL)), question, 1, NOW.plusSeconds(60)));
        AlternativesFound found =
                new AlternativesFound(another, List.of(new Alternative(Change.FEWER, WINDOW, 2, new FewestSites())));

        // When
        run(unitOfWork.inTransaction(
                tx -> service.prepare(tx, List.of(), List.of(another)).chain(() -> service.onPlacement(tx, found))));

        // Then
        alice().get(PATH + "/" + another)
                .then()
                .body("state", equalTo("REFUSED"))
                .body("offers.state", equalTo(List.of("HOLDING")));
        alice().post(PATH + "/" + another + "/offers/1/accept").then().statusCode(409);
        alice().get(PATH + "/" + refused).then().body("offers.state", equalTo(List.of("GONE", "GONE")));
        assertThat(alice().get(PATH).<List<String>>path("items.id")).containsOnlyOnce(another.toString());
    }

    private ValidatableResponse accept(int number) {
        return alice().post(path(number)).then();
    }

    private String path(int number) {
        return PATH + "/" + refused + "/offers/" + number + "/accept";
    }

    /** A request for three machines was refused; one at the same time is held, and three later. */
    private void offerTwo() {
        save(open(fewer, 1));
        save(open(later, 3));
        save(new Closed(
                details(refused, null, 3),
                Map.of(),
                State.REFUSED,
                Map.of(TOKYO, List.of(FULL)),
                List.of(new Offer(1, Change.FEWER, fewer), new Offer(2, Change.LATER, later))));
    }

    private Offered open(ReservationId id, int computes) {
        Details details = details(id, refused, computes);
        AllocationId own = new AllocationId(id, TOKYO);
        AllocationSpec spec = new AllocationSpec(
                details.tenant(),
                "survey",
                1,
                TOKYO,
                List.of(),
                WINDOW,
                List.of(details.request().compute()),
                ClusterAddressing.DEFAULT_NETWORK,
                details.request().software());
        Facts.Shared facts = new Facts.Shared(
                TOKYO,
                1,
                spec.groups(),
                101,
                new Facts.Endpoint(
                        "203.0.113.1", 20000, List.of(new Facts.LinkOffer(LinkDriver.OPENVPN, "a1:b2", 1434))),
                1400);
        Share held = new Share(own, spec, 1, Share.Stage.HELD, facts, null, List.of(), null, List.of(), 0, null);
        return new Offered(details, Attempt.first(), Map.of(TOKYO, held), NOW.plusSeconds(600));
    }

    private Details details(ReservationId id, @Nullable ReservationId offerTo, int computes) {
        Request request = new Request(
                "survey",
                WINDOW,
                new MachineGroup(MachineRole.FRONTEND, 1, 1, 1, 1, 1, 1),
                new MachineGroup(MachineRole.COMPUTE, 1, computes, 1, 1, 1, 1),
                ClusterAddressing.DEFAULT_NETWORK,
                new FewestSites(),
                new Software("debian-12", List.of()),
                null);
        return new Details(id, new TenantId(tenant), "alice", NOW, request, offerTo, null, false);
    }

    private void save(Reservation reservation) {
        run(unitOfWork.inTransaction(tx -> store.save(tx, reservation)));
    }

    private static void run(Uni<?> work) {
        work.await().atMost(Duration.ofSeconds(30));
    }
}
