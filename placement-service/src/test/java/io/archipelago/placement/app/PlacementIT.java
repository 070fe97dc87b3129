package io.archipelago.placement.app;

import static io.archipelago.placement.app.OneHost.window;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;

import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationCommand.ConfirmAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.ReleaseAllocation;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.participant.app.HostService;
import io.archipelago.participant.app.ParticipantService;
import io.archipelago.testkit.EmbeddedInfrastructure;
import io.archipelago.testkit.Tokens;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = @ResourceArg(name = "compacted", value = "host.tokyo-c01.desired.v1,host.tokyo-c01.observed.v1"))
class PlacementIT {

    private static final int CPUS = 16;
    private static final Duration SOON = Duration.ofSeconds(60);

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    ParticipantService parts;

    @Inject
    HostService hosts;

    @BeforeEach
    void oneHostAndNoBookings() {
        run(unitOfWork.inTransaction(tx -> tx.session()
                .createNativeQuery("delete from booking")
                .executeUpdate()
                .chain(() -> hosts.onHeartbeat(tx, OneHost.heartbeat(CPUS)))));
    }

    @Test
    void ofManyHoldsForTheLastProcessorsExactlyThoseThatFitAreGranted() {
        int each = 2;
        List<Uni<Void>> racing = new ArrayList<>();
        for (int i = 0; i < 5 * CPUS / each; i++) {
            HoldAllocation hold = hold(allocation(), each, window(0, 10));
            racing.add(unitOfWork.inTransaction(tx -> parts.onCommand(tx, hold)));
        }

        run(Uni.join().all(racing).usingConcurrencyOf(16).andFailFast());

        assertThat(number("select count(*) from booking")).isEqualTo(CPUS / each);
        assertThat(number("select sum((amounts ->> 'cpus')::bigint) from booking"))
                .isEqualTo(CPUS);
    }

    @Test
    void theDatabaseRefusesWhatTheCodeLetThrough() {
        String over = """
                insert into booking (allocation, pool, amounts, starts_at, ends_at)
                values ('019357a0-0000-7000-8000-0000000000a1.tokyo', 'tokyo-c01', '{"cpus": 10}', '2030-01-01', '2030-01-03'),
                       ('019357a0-0000-7000-8000-0000000000b2.tokyo', 'tokyo-c01', '{"cpus": 10}', '2030-01-02', '2030-01-04')
                """;
        String backToBack = over.replace("2030-01-02", "2030-01-03");

        assertThat(failure(over)).contains("more than there is of cpus in pool tokyo-c01");
        assertThat(failure(backToBack)).isEmpty();
    }

    @Test
    void aHoldThatRanOutMakesRoomForAnother() {
        HoldAllocation first = hold(allocation(), CPUS, window(0, 10));
        run(unitOfWork.inTransaction(tx -> parts.onCommand(tx, first)));
        sql("update booking set held_until = now() - interval '1 second'");

        HoldAllocation second = hold(allocation(), CPUS, window(5, 15));
        run(unitOfWork.inTransaction(tx -> parts.onCommand(tx, second)));

        assertThat(number("select count(*) from booking where allocation = '" + second.allocation() + "'"))
                .isEqualTo(1);
        assertThat(number("select count(*) from booking")).isEqualTo(1);
    }

    @Test
    void whatIsConfirmedStaysAndWhatIsReleasedGoes() {
        HoldAllocation hold = hold(allocation(), 4, window(0, 10));
        AllocationId id = hold.allocation();
        run(unitOfWork.inTransaction(tx -> parts.onCommand(tx, hold)));

        run(unitOfWork.inTransaction(tx -> parts.onCommand(
                tx, new ConfirmAllocation(id, 2, Facts.OfSite.unknown(), new Facts.OfCluster(List.of(), 1400)))));
        assertThat(number("select count(*) from booking where held_until is null"))
                .isEqualTo(1);

        run(unitOfWork.inTransaction(tx -> parts.onCommand(tx, new ReleaseAllocation(id, 3))));
        assertThat(number("select count(*) from booking")).isZero();
    }

    @Test
    void showsOperatorsWhatItOwnsAndNobodyElse() {
        for (String path : List.of("pools", "bookings", "hosts", "drift")) {
            given().get("/api/v1/" + path).then().statusCode(401);
            given().auth()
                    .oauth2(Tokens.of("alice", "astro", "tenant"))
                    .get("/api/v1/" + path)
                    .then()
                    .statusCode(403);
            given().auth()
                    .oauth2(Tokens.of("oscar", "", "operator"))
                    .get("/api/v1/" + path)
                    .then()
                    .statusCode(200);
        }
        given().auth()
                .oauth2(Tokens.of("oscar", "", "operator"))
                .get("/api/v1/hosts")
                .then()
                .body("host", everyItem(notNullValue()))
                .body("find { it.host == 'tokyo-c01' }.state", is("ALIVE"));
    }

    private static AllocationId allocation() {
        return new AllocationId(new ReservationId(UUID.randomUUID()), OneHost.TOKYO);
    }

    private static HoldAllocation hold(AllocationId id, int cpus, TimeWindow window) {
        return OneHost.hold(id, 1, cpus, window);
    }

    private long number(String query) {
        return run(unitOfWork.inTransaction(
                tx -> tx.session().createNativeQuery(query, Long.class).getSingleResult()));
    }

    private void sql(String statement) {
        run(unitOfWork.inTransaction(
                tx -> tx.session().createNativeQuery(statement).executeUpdate()));
    }

    private String failure(String statement) {
        return run(unitOfWork
                .inTransaction(tx -> attempt(tx.session(), statement))
                .onFailure()
                .recoverWithItem(e -> String.valueOf(e.getMessage())));
    }

    private static Uni<String> attempt(Mutiny.Session session, String statement) {
        return session.createNativeQuery(statement).executeUpdate().replaceWith("");
    }

    private static <T> T run(Uni<T> work) {
        return work.await().atMost(SOON);
    }
}
