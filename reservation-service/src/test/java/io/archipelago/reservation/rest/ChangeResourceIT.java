package io.archipelago.reservation.rest;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.nullValue;

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
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.federation.ShareMessage.ShareConfirmed;
import io.archipelago.contracts.federation.ShareMessage.ShareHeld;
import io.archipelago.contracts.federation.ShareMessage.ShareRefused;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.placement.SitePolicy.FewestSites;
import io.archipelago.reservation.app.ReservationService;
import io.archipelago.reservation.domain.Clustered.Scheduled;
import io.archipelago.reservation.domain.Details;
import io.archipelago.reservation.domain.Quota.Use;
import io.archipelago.reservation.domain.Request;
import io.archipelago.reservation.domain.Share;
import io.archipelago.reservation.persistence.QuotaStore;
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
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How a tenant changes a cluster, over the row that its site's answers would have left. All of it is at the peer: nobody else answers. */
@QuarkusTest
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = @ResourceArg(name = "topics", value = "federation.to.tokyo.v1,federation.to.osaka.v1"))
class ChangeResourceIT {

    private static final String PATH = "/api/v1/reservations/";
    private static final SiteId TOKYO = new SiteId("tokyo");
    private static final SiteId OSAKA = new SiteId("osaka");
    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private static final TimeWindow WINDOW =
            new TimeWindow(NOW.plus(Duration.ofHours(1)), NOW.plus(Duration.ofHours(2)));
    private static final Instant LATER = WINDOW.end().plus(Duration.ofHours(1));

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    ReservationStore store;

    @Inject
    ReservationService service;

    @Inject
    QuotaStore quotas;

    private final String tenant = "t-" + UUID.randomUUID();
    private final ReservationId id = new ReservationId(UUID.randomUUID());

    private RequestSpecification as(String whose, String... roles) {
        return given().auth().oauth2(Tokens.of("alice", whose, roles)).contentType("application/json");
    }

    private RequestSpecification alice() {
        return as(tenant, "tenant");
    }

    private ValidatableResponse change(String body) {
        return alice().body(body).patch(PATH + id).then();
    }

    private ValidatableResponse show() {
        return alice().get(PATH + id).then();
    }

    private static String until(Instant end) {
        return "{\"window\": {\"end\": \"%s\"}}".formatted(end);
    }

    @BeforeEach
    void aClusterOfFourMachinesIsScheduled() {
        Details details = details(WINDOW);
        run(unitOfWork.inTransaction(
                tx -> service.request(tx, details).chain(() -> store.save(tx, scheduled(details)))));
    }

    private Scheduled scheduled(Details details) {
        return new Scheduled(details, Map.of(OSAKA, share(details)), cluster(details));
    }

    @Test
    void lastsLongerOnceItsSitesHoldThat() {
        change(until(LATER))
                .statusCode(202)
                .body("state", equalTo("SCHEDULED"))
                .body("window.end", equalTo(WINDOW.end().toString()))
                .body("change.state", equalTo("ASKED"))
                .body("change.window.end", equalTo(LATER.toString()))
                .body("change.machines", equalTo(3));

        answer(new ShareHeld(at(), 6, WINDOW.end(), facts(details(WINDOW))));

        show().body("window.end", equalTo(LATER.toString())).body("change", nullValue());
    }

    @Test
    void saysWhyItStaysAsItWas() {
        change(until(LATER)).statusCode(202);

        Refusal taken = new Refusal(
                ErrorCode.NO_CAPACITY,
                "vlan",
                "taken afterwards",
                null,
                null,
                null,
                WINDOW.end().plusSeconds(600));
        answer(new ShareRefused(at(), 6, List.of(taken)));

        show().body("window.end", equalTo(WINDOW.end().toString()))
                .body("change.state", equalTo("REFUSED"))
                .body("change.problems[0].site", equalTo("osaka"))
                .body("change.problems[0].resource", equalTo("vlan"))
                .body(
                        "change.problems[0].latestEnd",
                        equalTo(WINDOW.end().plusSeconds(600).toString()));
    }

    @Test
    void isOneAtATimeAndGuardedAgainstLostUpdates() {
        String before = show().extract().header("ETag");
        change(until(LATER)).statusCode(202);

        change("{\"machines\": {\"compute\": {\"count\": 2}}}").statusCode(409).body("code", equalTo("conflict"));
        answer(new ShareHeld(at(), 6, WINDOW.end(), facts(details(WINDOW))));
        alice().header("If-Match", before)
                .body(until(WINDOW.end()))
                .patch(PATH + id)
                .then()
                .statusCode(412)
                .body("code", equalTo("stale"));
        answer(new ShareConfirmed(at(), 7));
        String after = show().extract().header("ETag");
        alice().header("If-Match", after)
                .body("{\"leaving\": [\"vcompute-2-2\"]}")
                .patch(PATH + id)
                .then()
                .statusCode(202)
                .body("change.machines", equalTo(2));
    }

    @Test
    void namesEveryFieldAtFault() {
        change("""
                {"window": {"end": "soon"}, "machines": {"compute": {"count": 0, "cpus": 2}}, "leaving": [1], "name": "x"}
                """)
                .statusCode(400)
                .body(
                        "errors.field",
                        hasItems("window.end", "machines.compute.count", "machines.compute.cpus", "leaving", "name"));
        change(until(WINDOW.start())).statusCode(400).body("errors.field", hasItem("window.end"));
        change("{\"leaving\": [\"vcompute-2-9\"]}").statusCode(400).body("errors.field", hasItem("leaving"));
        change(
                        "{\"machines\": {\"compute\": {\"count\": 1}}, \"leaving\": [\"vcompute-2-1\", \"vcompute-2-2\", \"vcompute-2-3\"]}")
                .statusCode(202);
        show().body("change.machines", equalTo(1));
    }

    @Test
    void countsAgainstTheQuotaBeforeItIsAgreed() {
        change("{\"machines\": {\"compute\": {\"count\": 1000}}}")
                .statusCode(403)
                .body("code", equalTo("limit-exceeded"))
                .body("errors[0].field", equalTo("machines.compute.count"));
        show().body("change", nullValue());
        change("{\"machines\": {\"compute\": {\"count\": 5}}}").statusCode(202);

        alice().get("/api/v1/quota").then().body("used.machines", equalTo(6));
    }

    @Test
    void countsForWhatItWasUntilItBecomesAnother() {
        // Given
        Details begun = details(new TimeWindow(NOW.minus(Duration.ofHours(1)), WINDOW.end()));
        run(unitOfWork.inTransaction(
                tx -> quotas.count(tx, begun.tenant(), Use.of(begun)).chain(() -> store.save(tx, scheduled(begun)))));

        // When
        change("{\"machines\": {\"compute\": {\"count\": 5}}}").statusCode(202);

        // Then
        assertThat(uses())
                .extracting(Use::machines, Use::open, Use::asked)
                .containsExactly(tuple(4, false, false), tuple(6, true, true));
        assertThat(uses().getFirst().during().start())
                .isEqualTo(begun.request().window().start());
        assertThat(uses().getFirst().during().end())
                .isEqualTo(uses().getLast().during().start());

        // When
        answer(new ShareRefused(at(), 6, List.of(Refusal.of(ErrorCode.NO_CAPACITY, "cpus", "none is left"))));

        // Then
        assertThat(uses()).containsExactly(Use.of(begun));
    }

    private List<Use> uses() {
        return unitOfWork
                .inTransaction(tx -> quotas.of(tx, new TenantId(tenant), NOW.minus(Duration.ofDays(1))))
                .await()
                .atMost(Duration.ofSeconds(30));
    }

    @Test
    void isTheTenantsAlone() {
        as("bio", "tenant").body(until(LATER)).patch(PATH + id).then().statusCode(404);
        as("", "operator").body(until(LATER)).patch(PATH + id).then().statusCode(403);
        given().contentType("application/json")
                .body(until(LATER))
                .patch(PATH + id)
                .then()
                .statusCode(401);
        show().body("change", nullValue());
    }

    private void answer(ShareMessage.Answer answer) {
        run(unitOfWork.inTransaction(tx -> service.prepare(tx, List.of(id)).chain(() -> service.onAnswer(tx, answer))));
    }

    private AllocationId at() {
        return new AllocationId(id, OSAKA);
    }

    private Share share(Details details) {
        AllocationSpec spec = new AllocationSpec(
                details.tenant(),
                "survey",
                2,
                TOKYO,
                List.of(TOKYO),
                details.request().window(),
                facts(details).groups(),
                ClusterAddressing.DEFAULT_NETWORK,
                details.request().software());
        return new Share(
                at(), spec, 5, Share.Stage.CONFIRMED, facts(details), null, List.of(), null, List.of(), 0, null);
    }

    private static Facts.OfCluster cluster(Details details) {
        return new Facts.OfCluster(List.of(facts(details)), 1400);
    }

    private static Facts.Shared facts(Details details) {
        return new Facts.Shared(
                OSAKA,
                2,
                List.of(
                        new MachineGroup(MachineRole.FRONTEND, 4093, 1, 1, 1, 1, 1),
                        details.request().compute()),
                101,
                new Facts.Endpoint(
                        "203.0.113.1", 20000, List.of(new Facts.LinkOffer(LinkDriver.OPENVPN, "a1:b2", 1434))),
                1400);
    }

    private Details details(TimeWindow window) {
        Request request = new Request(
                "survey",
                window,
                new MachineGroup(MachineRole.FRONTEND, 1, 1, 1, 1, 1, 1),
                new MachineGroup(MachineRole.COMPUTE, 1, 3, 1, 1, 200L << 30, 4),
                ClusterAddressing.DEFAULT_NETWORK,
                new FewestSites(),
                new Software("debian-12", List.of()),
                null);
        return new Details(id, new TenantId(tenant), "alice", NOW, request);
    }

    private static void run(Uni<?> work) {
        work.await().atMost(Duration.ofSeconds(30));
    }
}
