package io.archipelago.placement.app;

import static io.archipelago.placement.app.FiveHosts.GIB;
import static io.archipelago.placement.app.FiveHosts.machine;
import static io.archipelago.testkit.ParticipantFixture.COMPUTE;
import static io.archipelago.testkit.ParticipantFixture.OTHER_COMPUTE;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationCommand.DeployAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.ReleaseAllocation;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.host.Phase;
import io.archipelago.testkit.EmbeddedInfrastructure;
import io.archipelago.testkit.ParticipantFixture;
import io.archipelago.testkit.Tokens;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An operator has a machine of a running lease rebooted. */
@QuarkusTest
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = @ResourceArg(name = "compacted", value = ParticipantFixture.HOST_TOPICS))
class RebootIT {

    private static final String OSCAR = Tokens.of("oscar", "", "operator");

    @Inject
    PlacementSite sites;

    private ParticipantFixture site;
    private DeployAllocation lease;
    private String machine;

    @BeforeEach
    void aMachineRuns() {
        site = sites.open();
        site.compute(COMPUTE, 8, 8 * GIB);
        Instant now = Instant.now();
        TimeWindow window = new TimeWindow(now, now.plus(Duration.ofHours(1)));
        lease = site.lease(site.hold(machine(window, 8, 8), Facts.OfSite.unknown()));
        machine = lease.allocation() + ".vcompute-1-1";
        assertThat(count("phase = 'READY'")).isOne();
    }

    @AfterEach
    void leave() {
        site.close();
    }

    @Test
    void isPublishedOnceMoreForEveryTimeItIsAsked() {
        // When
        reboot(OSCAR, COMPUTE, machine).statusCode(204);

        // Then
        assertThat(count("phase = 'PENDING' and generation = 2 and spec ->> 'reboot' = '2'"))
                .isOne();

        // When
        site.seeAll(lease.allocation(), Phase.READY);
        reboot(Tokens.of("ada", "", "admin"), COMPUTE, machine).statusCode(204);

        // Then
        assertThat(count("phase = 'PENDING' and generation = 3 and spec ->> 'reboot' = '3'"))
                .isOne();
    }

    @Test
    void saysSoWhenThereIsNoSuchMachine() {
        reboot(OSCAR, OTHER_COMPUTE, machine).statusCode(404);
        reboot(OSCAR, new HostId("nowhere"), machine).statusCode(404);
        reboot(OSCAR, COMPUTE, machine.replace("1-1", "1-2")).statusCode(404);
        reboot(OSCAR, COMPUTE, "no-machine").statusCode(404);
        site.answer(new ReleaseAllocation(lease.allocation(), lease.sequence() + 1));
        reboot(OSCAR, COMPUTE, machine).statusCode(404);

        assertThat(count("absent and spec ->> 'reboot' = '0'")).isOne();
    }

    @Test
    void isRefusedWhileTheHostIsNotHeardOf() {
        site.sql("update host set state = 'LOST' where id = '" + COMPUTE + "'");

        reboot(OSCAR, COMPUTE, machine).statusCode(409).body("detail", containsString("ask again then"));

        assertThat(count("generation = 1")).isOne();
    }

    @Test
    void isForOperatorsAlone() {
        // Its own tenant's, too: a tenant can reboot it from within.
        reboot(Tokens.of("alice", lease.allocation().toString(), "tenant"), COMPUTE, machine)
                .statusCode(403);
        reboot(Tokens.of("bob", "biology", "tenant"), COMPUTE, machine).statusCode(403);
        given().post(path(COMPUTE, machine)).then().statusCode(401);

        assertThat(count("generation = 1")).isOne();
    }

    private static ValidatableResponse reboot(String token, HostId host, String id) {
        return given().auth().oauth2(token).post(path(host, id)).then();
    }

    private static String path(HostId host, String id) {
        return "/api/v1/hosts/" + host + "/machines/" + id + "/reboot";
    }

    /** How many such rows there are of what is published to the host's agent. */
    private long count(String condition) {
        return site.number("select count(*) from resource where key = 'machine/" + machine + "' and " + condition);
    }
}
