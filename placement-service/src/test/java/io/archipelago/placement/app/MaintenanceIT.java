package io.archipelago.placement.app;

import static io.archipelago.placement.app.FiveHosts.GIB;
import static io.archipelago.placement.app.FiveHosts.machine;
import static io.archipelago.testkit.ParticipantFixture.COMPUTE;
import static io.archipelago.testkit.ParticipantFixture.OTHER_COMPUTE;
import static io.archipelago.testkit.ParticipantFixture.TURN_ROUND;
import static io.archipelago.testkit.ParticipantFixture.minutes;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationCommand.ConfirmAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.DeployAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationConfirmed;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationMoved;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationProgress;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.host.HostDead;
import io.archipelago.contracts.host.HostMaintenance;
import io.archipelago.contracts.host.HostMaintenance.Maintenance;
import io.archipelago.participant.app.HostService;
import io.archipelago.testkit.EmbeddedInfrastructure;
import io.archipelago.testkit.OperatorAccess;
import io.archipelago.testkit.ParticipantFixture;
import io.archipelago.testkit.Tokens;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nothing is booked of a host for when it is maintained, and what was booked before is found. */
@QuarkusTest
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = @ResourceArg(name = "compacted", value = ParticipantFixture.HOST_TOPICS))
class MaintenanceIT {

    private static final HostId THIRD = new HostId("tokyo-c03");
    private static final String BIOS = "/api/v1/hosts/" + COMPUTE + "/maintenance/bios-update";
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final TimeWindow MAINTAINED = minutes(60, 120);

    @Inject
    PlacementSite sites;

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    HostService hosts;

    @Inject
    DataSource database;

    private ParticipantFixture site;

    @BeforeEach
    void aSiteWithOneHost() {
        site = sites.open();
        site.sql("delete from maintenance", "delete from displaced");
        site.compute(COMPUTE, 8, 8 * GIB);
    }

    @AfterEach
    void leave() {
        site.close();
    }

    @Test
    void nothingIsBookedOfTheHostForThenAndTheRefusalSaysWhyAndWhenItWouldBe() {
        // When
        plan(MAINTAINED).statusCode(200);

        // Then: before and after, as close as deploying and cleaning allow
        assertThat(site.answer(hold(minutes(0, 58)))).isInstanceOf(AllocationHeld.class);
        assertThat(site.answer(hold(minutes(122, 180)))).isInstanceOf(AllocationHeld.class);
        assertThat(site.answer(hold(minutes(119, 130)))).isInstanceOf(AllocationRefused.class);
        assertThat(site.answer(hold(minutes(50, 59)))).isInstanceOfSatisfying(AllocationRefused.class, refused -> {
            assertThat(refused.refusal().detail()).endsWith("; 1 of 1 hosts maintained at some time of the window");
            assertThat(refused.refusal().earliestStart())
                    .isEqualTo(minutes(180, 181).start().plus(TURN_ROUND.multipliedBy(2)));
        });
    }

    @Test
    void anotherHostIsTakenForThen() {
        // Given
        site.compute(OTHER_COMPUTE, 64, 64 * GIB);
        plan(MAINTAINED).statusCode(200);

        // Then: the first would be the better fit
        assertThat(hostOf(hold(minutes(70, 80)))).isEqualTo(OTHER_COMPUTE);
        assertThat(hostOf(hold(minutes(0, 10)))).isEqualTo(COMPUTE);
    }

    @Test
    void theDatabaseRefusesItToo() {
        // Given
        AllocationHeld held = (AllocationHeld) site.answer(hold(minutes(70, 80)));
        plan(MAINTAINED).statusCode(200);

        // Then: what is booked stays and may become less, but comes not anew
        String row = "booking where allocation = '" + held.allocation() + "'";
        assertThat(site.refusal("update booking set ends_at = ends_at - interval '1 minute' where allocation = '"
                        + held.allocation() + "'"))
                .isEmpty();
        assertThat(site.refusal("insert into booking (allocation, pool, amounts, starts_at, ends_at)"
                        + " select 'another', pool, '{}', starts_at, ends_at from " + row))
                .contains("closed at some time");
    }

    @Test
    void whatWasBookedBeforeStaysAndIsFound() {
        // Given
        HoldAllocation hold = hold(minutes(30, 70));
        lease(hold);
        lease(hold(minutes(0, 20)));

        // When
        plan(MAINTAINED).statusCode(200);

        // Then
        displaced()
                .body("booking.allocation", contains(hold.allocation().toString()))
                .body(
                        "[0].because",
                        is("its host is maintained from " + MAINTAINED.start() + " to " + MAINTAINED.end()));
        known().body("windows.name", contains("bios-update"))
                .body("windows.by", contains("oscar"))
                .body("displaced", hasSize(1));

        // When
        oscar().delete(BIOS).then().statusCode(204);

        // Then
        displaced().body("", empty());
        known().body("windows", empty());
        assertThat(site.answer(hold(minutes(80, 90)))).isInstanceOf(AllocationHeld.class);
    }

    @Test
    void whatHasNotBegunIsMovedToAnotherHostAndDeployedThere() {
        // Given: the first host fits better.
        HoldAllocation hold = hold(minutes(70, 80));
        Facts.OfSite before = lease(hold);
        site.compute(OTHER_COMPUTE, 64, 64 * GIB);

        // When
        plan(MAINTAINED).statusCode(200);

        // Then
        await().atMost(SOON).untilAsserted(() -> assertThat(bookedOn(hold)).isEqualTo(OTHER_COMPUTE));
        displaced().body("", empty());
        assertThat(site.number("select count(*) from displaced")).isZero();

        // When: who has not heard of it yet
        DeployAllocation deploy = new DeployAllocation(
                hold.allocation(), hold.sequence() + 2, hold.spec(), before, new Facts.OfCluster(List.of(), 1400));
        AllocationMoved moved = (AllocationMoved) site.answer(deploy);

        // Then
        assertThat(((Facts.Hosts) moved.chosen()).hosts()).isEqualTo(Map.of(1, OTHER_COMPUTE));
        assertThat(site.answer(new DeployAllocation(
                        deploy.allocation(),
                        deploy.sequence() + 1,
                        deploy.spec(),
                        before.with(moved.chosen()),
                        deploy.cluster())))
                .isInstanceOf(AllocationProgress.class);
    }

    /** Both are heard in one transaction, as they come when both were said at once. */
    @Test
    void ofSeveralHostsThatAreMaintainedEachIsLeft() {
        // Given
        HoldAllocation first = hold(minutes(70, 80));
        lease(first);
        site.compute(OTHER_COMPUTE, 9, 9 * GIB);
        HoldAllocation second = hold(minutes(70, 80));
        lease(second);
        assertThat(bookedOn(second)).isEqualTo(OTHER_COMPUTE);
        site.compute(THIRD, 64, 64 * GIB);

        // When
        unitOfWork
                .inTransaction(tx -> hosts.onEvent(tx, said(COMPUTE, 1, MAINTAINED))
                        .chain(() -> hosts.onEvent(tx, said(OTHER_COMPUTE, 1, MAINTAINED))))
                .await()
                .indefinitely();

        // Then
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(bookedOn(first)).isEqualTo(THIRD);
            assertThat(bookedOn(second)).isEqualTo(THIRD);
        });
    }

    @Test
    void waitsForNobodyWhoLooksForAnotherPlace() throws Exception {
        // Given
        HoldAllocation hold = hold(minutes(70, 80));
        lease(hold);
        plan(MAINTAINED).statusCode(200);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(
                                site.number(
                                        "select count(*) from displaced where due_at > clock_timestamp() + interval '1 minute'"))
                        .isEqualTo(1));
        try (Connection other = database.getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select from displaced for update");

            // When
            plan(minutes(61, 119)).statusCode(200);

            // Then
            other.rollback();
        }
        displaced().body("booking.allocation", contains(hold.allocation().toString()));
    }

    @Test
    void whatIsOverIsInNobodysWay() {
        // Given: a lease that goes on through it
        Instant now = Instant.now();
        TimeWindow begun = new TimeWindow(now, now.plus(Duration.ofHours(1)));
        HoldAllocation hold = hold(begun);
        site.lease(hold);

        // When
        plan(new TimeWindow(now.minusSeconds(60), now.plusSeconds(3))).statusCode(200);

        // Then
        displaced().body("booking.allocation", contains(hold.allocation().toString()));
        await().atMost(SOON).untilAsserted(() -> displaced().body("", empty()));
        assertThat(site.number("select count(*) from pool where closures -> 'windows' = '[]'"))
                .isEqualTo(1);
    }

    @Test
    void whatFindsNoOtherPlaceStaysAndIsLookedAtAgain() {
        // Given
        HoldAllocation hold = hold(minutes(70, 80));
        lease(hold);

        // When
        plan(MAINTAINED).statusCode(200);

        // Then
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(
                                site.number(
                                        "select count(*) from displaced where due_at > clock_timestamp() + interval '1 minute'"))
                        .isEqualTo(1));
        assertThat(bookedOn(hold)).isEqualTo(COMPUTE);

        // When: there is one, and it is time
        site.compute(OTHER_COMPUTE, 64, 64 * GIB);
        site.sql("update displaced set due_at = clock_timestamp()");

        // Then
        await().atMost(SOON).untilAsserted(() -> assertThat(bookedOn(hold)).isEqualTo(OTHER_COMPUTE));
    }

    @Test
    void whatHasBegunStays() {
        // Given
        Instant now = Instant.now();
        TimeWindow begun = new TimeWindow(now, now.plus(Duration.ofHours(1)));
        HoldAllocation hold = hold(begun);
        site.lease(hold);
        site.compute(OTHER_COMPUTE, 64, 64 * GIB);

        // When
        plan(begun).statusCode(200);

        // Then
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(
                                site.number(
                                        "select count(*) from displaced where due_at > clock_timestamp() + interval '1 minute'"))
                        .isEqualTo(1));
        assertThat(bookedOn(hold)).isEqualTo(COMPUTE);
        displaced().body("booking.allocation", contains(hold.allocation().toString()));
    }

    @Test
    void whatIsBookedOfALostHostIsMovedAsItsTimeComesNear() {
        // Given
        Instant soon = Instant.now().plus(Duration.ofMinutes(30));
        HoldAllocation near = hold(new TimeWindow(soon, soon.plus(Duration.ofMinutes(10))));
        HoldAllocation far = hold(minutes(70, 80));
        lease(near);
        lease(far);
        site.compute(OTHER_COMPUTE, 64, 64 * GIB);

        // When
        unitOfWork
                .inTransaction(tx -> hosts.onEvent(
                        tx, new HostDead(COMPUTE, 1, 1_000_000, HostDead.Cause.OPERATOR, Instant.now(), "oscar")))
                .await()
                .indefinitely();

        // Then
        await().atMost(SOON).untilAsserted(() -> assertThat(bookedOn(near)).isEqualTo(OTHER_COMPUTE));
        assertThat(bookedOn(far)).isEqualTo(COMPUTE);
        displaced()
                .body("booking.allocation", contains(far.allocation().toString()))
                .body("[0].lost", is(true));
        assertThat(site.number("select count(*) from displaced where due_at = (select starts_at - interval '1 hour'"
                        + " from booking where allocation = '" + far.allocation() + "')"))
                .isEqualTo(1);
    }

    @Test
    void whatDoesNotFitAHostThatHasLessIsFound() {
        // Given: who asked first stays.
        HoldAllocation first = site.hold(machine(minutes(0, 20), 4, 4), Facts.OfSite.unknown());
        HoldAllocation second = site.hold(machine(minutes(0, 20), 4, 4), Facts.OfSite.unknown());
        lease(first);
        lease(second);
        AllocationId later = List.of(first.allocation(), second.allocation()).stream()
                .max(Comparator.comparing(AllocationId::toString))
                .orElseThrow();

        // When
        site.compute(COMPUTE, 6, 8 * GIB);

        // Then
        displaced()
                .body("booking.allocation", contains(later.toString()))
                .body("[0].because", is("its host has less than it had when this was booked"));
        assertThat(site.number("select count(*) from displaced where allocation = '" + later + "'"))
                .as("another place is looked for")
                .isEqualTo(1);
    }

    @Test
    void toSayItTwiceChangesNothingAndToSayItOtherwiseMovesIt() {
        // When
        plan(MAINTAINED).statusCode(200);
        long version = version();
        plan(MAINTAINED).statusCode(200);

        // Then
        assertThat(version()).isEqualTo(version);

        // When
        plan(minutes(200, 260)).statusCode(200);

        // Then
        assertThat(version()).isGreaterThan(version);
        known().body("windows", hasSize(1));
        assertThat(site.answer(hold(minutes(70, 80)))).isInstanceOf(AllocationHeld.class);
        assertThat(site.answer(hold(minutes(210, 220)))).isInstanceOf(AllocationRefused.class);

        // When
        oscar().delete(BIOS).then().statusCode(204);
        oscar().delete(BIOS).then().statusCode(204);

        // Then
        known().body("windows", empty());
    }

    @Test
    void whatAnotherSaysOfAHostThatWasNeverHeardOfHoldsOnceItIs() {
        // When: the later word comes first
        hear(2, MAINTAINED);
        hear(1, minutes(0, 10));
        site.compute(OTHER_COMPUTE, 64, 64 * GIB);

        // Then
        assertThat(hostOf(hold(minutes(0, 5)))).isEqualTo(COMPUTE);
        assertThat(site.answer(site.hold(machine(minutes(0, 5), 60, 60), Facts.OfSite.unknown())))
                .isInstanceOf(AllocationHeld.class);
        assertThat(site.answer(site.hold(machine(minutes(70, 80), 60, 60), Facts.OfSite.unknown())))
                .isInstanceOf(AllocationRefused.class);
    }

    @Test
    void saysWhatIsWrong() {
        planning("{\"end\": \"2001-01-01T00:00:00Z\", \"reason\": \"" + "x".repeat(201) + "\"}", BIOS)
                .statusCode(400)
                .body("errors.field", hasItems("start", "end", "reason"));
        planning("{\"start\": \"tomorrow\"}", BIOS)
                .statusCode(400)
                .body("errors.field", contains("start"))
                .body("errors[0].message", containsString("an instant with its offset"));
        planning(body(MAINTAINED), BIOS.replace("bios-update", "BIOS!"))
                .statusCode(400)
                .body("errors.field", contains("name"));
        planning(body(MAINTAINED), BIOS.replace(COMPUTE.value(), "tokyo-c99")).statusCode(404);
        planning("{\"start\": 1796461200000, \"end\": 1796490000000, \"reason\": \"a\\u0000b\"}", BIOS)
                .statusCode(400)
                .body("errors.field", contains("end", "reason"));
        planning("", BIOS).statusCode(400);
        known().body("windows", empty());
    }

    @Test
    void isForOperatorsAlone() {
        OperatorAccess.isNeededFor("/api/v1/bookings/displaced", "/api/v1/hosts/" + COMPUTE + "/maintenance");
        RequestSpecification tenant = given().auth().oauth2(Tokens.of("alice", "astro", "tenant"));
        tenant.contentType(ContentType.JSON)
                .body(body(MAINTAINED))
                .put(BIOS)
                .then()
                .statusCode(403);
        tenant.delete(BIOS).then().statusCode(403);
        given().contentType(ContentType.JSON)
                .body(body(MAINTAINED))
                .put(BIOS)
                .then()
                .statusCode(401);
        known().body("windows", empty());
    }

    private HoldAllocation hold(TimeWindow window) {
        return site.hold(machine(window, 8, 8), Facts.OfSite.unknown());
    }

    private HostId hostOf(HoldAllocation hold) {
        AllocationHeld held = (AllocationHeld) site.answer(hold);
        return Objects.requireNonNull(((Facts.Hosts) held.chosen()).hosts().get(1));
    }

    private HostId bookedOn(HoldAllocation hold) {
        return site.rows().rows().stream()
                .filter(row -> row.allocation().equals(hold.allocation().toString()))
                .map(row -> new HostId(row.pool()))
                .findFirst()
                .orElseThrow();
    }

    private Facts.OfSite lease(HoldAllocation hold) {
        AllocationHeld held = (AllocationHeld) site.answer(hold);
        Facts.OfSite facts = Facts.OfSite.unknown().with(held.chosen());
        assertThat(site.answer(new ConfirmAllocation(
                        hold.allocation(), hold.sequence() + 1, facts, new Facts.OfCluster(List.of(), 1400))))
                .isInstanceOf(AllocationConfirmed.class);
        return facts;
    }

    private static HostMaintenance said(HostId host, long version, TimeWindow window) {
        return new HostMaintenance(host, version, List.of(new Maintenance("power", window, "", "oscar")));
    }

    private void hear(long version, TimeWindow window) {
        unitOfWork
                .inTransaction(tx -> hosts.onEvent(tx, said(OTHER_COMPUTE, version, window)))
                .await()
                .indefinitely();
    }

    private long version() {
        return site.number("select version from maintenance where host = '" + COMPUTE + "'");
    }

    private static RequestSpecification oscar() {
        return given().auth().oauth2(Tokens.of("oscar", "", "operator"));
    }

    private static ValidatableResponse plan(TimeWindow window) {
        return planning(body(window), BIOS);
    }

    private static ValidatableResponse planning(String body, String path) {
        return oscar().contentType(ContentType.JSON).body(body).put(path).then();
    }

    private static String body(TimeWindow window) {
        return "{\"start\": \"%s\", \"end\": \"%s\", \"reason\": \"new BIOS\"}".formatted(window.start(), window.end());
    }

    private static ValidatableResponse displaced() {
        return oscar().get("/api/v1/bookings/displaced").then().statusCode(200);
    }

    private static ValidatableResponse known() {
        return oscar().get("/api/v1/hosts/" + COMPUTE + "/maintenance").then().statusCode(200);
    }
}
