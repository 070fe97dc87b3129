package io.archipelago.placement.app;

import static io.archipelago.placement.app.FiveHosts.GIB;
import static io.archipelago.placement.app.FiveHosts.machine;
import static io.archipelago.testkit.ParticipantFixture.COMPUTE;
import static io.archipelago.testkit.ParticipantFixture.OTHER_COMPUTE;
import static io.archipelago.testkit.ParticipantFixture.TURN_ROUND;
import static io.archipelago.testkit.ParticipantFixture.minutes;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;

import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.testkit.EmbeddedInfrastructure;
import io.archipelago.testkit.OperatorAccess;
import io.archipelago.testkit.ParticipantFixture;
import io.archipelago.testkit.Tokens;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import org.junit.jupiter.api.Test;

/** Nothing is booked of a host for when it is maintained. */
@QuarkusTest
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = @ResourceArg(name = "compacted", value = ParticipantFixture.HOST_TOPICS))
class MaintenanceIT extends MaintainedHost {

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
}
