package io.archipelago.placement.app;

import static io.archipelago.placement.app.FiveHosts.GIB;
import static io.archipelago.placement.app.FiveHosts.machine;
import static io.archipelago.testkit.ParticipantFixture.COMPUTE;
import static io.archipelago.testkit.ParticipantFixture.OTHER_COMPUTE;
import static io.archipelago.testkit.ParticipantFixture.minutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationCommand.DeployAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationMoved;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationProgress;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.host.HostDead;
import io.archipelago.testkit.EmbeddedInfrastructure;
import io.archipelago.testkit.ParticipantFixture;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What can not stay on its host is found, and moved before it begins. */
@QuarkusTest
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = @ResourceArg(name = "compacted", value = ParticipantFixture.HOST_TOPICS))
class DisplacedIT extends MaintainedHost {

    private static final HostId THIRD = new HostId("tokyo-c03");
    private static final Duration SOON = Duration.ofSeconds(30);

    @Inject
    DataSource database;

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
}
