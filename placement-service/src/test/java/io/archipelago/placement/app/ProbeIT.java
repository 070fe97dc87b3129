package io.archipelago.placement.app;

import static io.archipelago.placement.app.OneHost.HOST;
import static io.archipelago.placement.app.OneHost.window;
import static io.archipelago.testkit.ParticipantFixture.LEAD;
import static io.archipelago.testkit.ParticipantFixture.TURN_ROUND;
import static io.archipelago.testkit.ParticipantFixture.allocation;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.HoldPurpose;
import io.archipelago.participant.app.HostService;
import io.archipelago.testkit.EmbeddedInfrastructure;
import io.archipelago.testkit.ParticipantFixture;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who asks whether a host of eight processors would be held is told so, and nothing is. */
@QuarkusTest
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = @ResourceArg(name = "compacted", value = ParticipantFixture.HOST_TOPICS))
class ProbeIT {

    private static final TimeWindow WINDOW = window(10, 12);

    @Inject
    PlacementSite sites;

    @Inject
    HostService hosts;

    @Inject
    DataSource database;

    private ParticipantFixture site;

    @BeforeEach
    void aSiteWithOneHost() {
        site = sites.open();
        site.compute(HOST, 8, 8L << 30);
    }

    @AfterEach
    void close() {
        site.close();
    }

    @Test
    void wouldHoldItAndBooksNothing() {
        assertThat(site.answer(probe(8))).isInstanceOfSatisfying(AllocationHeld.class, held -> {
            assertThat(((Facts.Hosts) held.chosen()).hosts()).isEqualTo(Map.of(1, HOST));
            assertThat(held.until()).isNotNull();
        });

        assertNothingIsWritten();
        assertThat(site.answer(firm(8, WINDOW))).as("it is still free").isInstanceOf(AllocationHeld.class);
    }

    @Test
    void saysWhyNotAndWhenItWould() {
        site.answer(firm(8, WINDOW));

        AllocationRefused refused = (AllocationRefused) site.answer(probe(1));

        assertThat(refused.refusal().machines()).isZero();
        assertThat(refused.refusal().holdsOnlyUntil()).as("only a hold").isNotNull();
        assertThat(refused.refusal().earliestStart())
                .isEqualTo(WINDOW.end().plus(TURN_ROUND).plus(LEAD));
        assertThat(site.number("select count(*) from part")).isEqualTo(1);
    }

    @Test
    void anOfferWouldMakeWayAndDoesNot() {
        HoldAllocation offer = as(HoldPurpose.OFFER, firm(8, WINDOW));
        site.answer(offer);

        assertThat(site.answer(probe(8))).isInstanceOf(AllocationHeld.class);

        assertThat(site.number("select count(*) from part where offer")).isEqualTo(1);
        assertThat(site.rows().rows()).hasSize(1);
    }

    @Test
    void waitsForNobodyWhoBooksOnceItKnowsTheRows() throws Exception {
        site.answer(probe(1));
        try (Connection other = database.getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select 1 from calendar for update");

            assertThat(site.answer(probe(8))).isInstanceOf(AllocationHeld.class);

            other.rollback();
        }
    }

    private void assertNothingIsWritten() {
        assertThat(site.number("select count(*) from part")).isZero();
        assertThat(site.rows().rows()).isEmpty();
    }

    private static HoldAllocation firm(int cpus, TimeWindow window) {
        return OneHost.hold(allocation(), 1, cpus, window);
    }

    private static HoldAllocation probe(int cpus) {
        return as(HoldPurpose.PROBE, firm(cpus, WINDOW));
    }

    private static HoldAllocation as(HoldPurpose purpose, HoldAllocation hold) {
        return new HoldAllocation(
                hold.allocation(),
                hold.sequence(),
                hold.addressees(),
                hold.spec(),
                hold.facts(),
                hold.holdFor(),
                purpose);
    }
}
