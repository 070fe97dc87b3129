package io.archipelago.placement.app;

import static io.archipelago.placement.app.FiveHosts.GIB;
import static io.archipelago.placement.app.FiveHosts.machine;
import static io.archipelago.testkit.ParticipantFixture.COMPUTE;
import static io.archipelago.testkit.ParticipantFixture.OTHER_COMPUTE;
import static io.archipelago.testkit.ParticipantFixture.minutes;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationCommand.ConfirmAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationConfirmed;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.host.HostMaintenance;
import io.archipelago.contracts.host.HostMaintenance.Maintenance;
import io.archipelago.participant.app.HostService;
import io.archipelago.testkit.ParticipantFixture;
import io.archipelago.testkit.Tokens;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A site of one host, and an operator who has it maintained. */
abstract class MaintainedHost {

    static final String BIOS = "/api/v1/hosts/" + COMPUTE + "/maintenance/bios-update";
    static final TimeWindow MAINTAINED = minutes(60, 120);

    @Inject
    PlacementSite sites;

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    HostService hosts;

    ParticipantFixture site;

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

    HoldAllocation hold(TimeWindow window) {
        return site.hold(machine(window, 8, 8), Facts.OfSite.unknown());
    }

    HostId hostOf(HoldAllocation hold) {
        AllocationHeld held = (AllocationHeld) site.answer(hold);
        return Objects.requireNonNull(((Facts.Hosts) held.chosen()).hosts().get(1));
    }

    HostId bookedOn(HoldAllocation hold) {
        return site.rows().rows().stream()
                .filter(row -> row.allocation().equals(hold.allocation().toString()))
                .map(row -> new HostId(row.pool()))
                .findFirst()
                .orElseThrow();
    }

    Facts.OfSite lease(HoldAllocation hold) {
        AllocationHeld held = (AllocationHeld) site.answer(hold);
        Facts.OfSite facts = Facts.OfSite.unknown().with(held.chosen());
        assertThat(site.answer(new ConfirmAllocation(
                        hold.allocation(), hold.sequence() + 1, facts, new Facts.OfCluster(List.of(), 1400))))
                .isInstanceOf(AllocationConfirmed.class);
        return facts;
    }

    static HostMaintenance said(HostId host, long version, TimeWindow window) {
        return new HostMaintenance(host, version, List.of(new Maintenance("power", window, "", "oscar")));
    }

    void hear(long version, TimeWindow window) {
        unitOfWork
                .inTransaction(tx -> hosts.onEvent(tx, said(OTHER_COMPUTE, version, window)))
                .await()
                .indefinitely();
    }

    long version() {
        return site.number("select version from maintenance where host = '" + COMPUTE + "'");
    }

    static RequestSpecification oscar() {
        return given().auth().oauth2(Tokens.of("oscar", "", "operator"));
    }

    static ValidatableResponse plan(TimeWindow window) {
        return planning(body(window), BIOS);
    }

    static ValidatableResponse planning(String body, String path) {
        return oscar().contentType(ContentType.JSON).body(body).put(path).then();
    }

    static String body(TimeWindow window) {
        return "{\"start\": \"%s\", \"end\": \"%s\", \"reason\": \"new BIOS\"}".formatted(window.start(), window.end());
    }

    static ValidatableResponse displaced() {
        return oscar().get("/api/v1/bookings/displaced").then().statusCode(200);
    }

    static ValidatableResponse known() {
        return oscar().get("/api/v1/hosts/" + COMPUTE + "/maintenance").then().statusCode(200);
    }
}
