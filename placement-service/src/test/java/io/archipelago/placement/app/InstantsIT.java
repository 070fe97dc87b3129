package io.archipelago.placement.app;

import static io.archipelago.placement.app.FiveHosts.GIB;
import static io.archipelago.placement.app.FiveHosts.machine;
import static io.archipelago.testkit.ParticipantFixture.COMPUTE;
import static io.archipelago.testkit.ParticipantFixture.LEAD;
import static io.archipelago.testkit.ParticipantFixture.TURN_ROUND;
import static io.archipelago.testkit.ParticipantFixture.booked;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.testkit.BookedRows.Row;
import io.archipelago.testkit.EmbeddedInfrastructure;
import io.archipelago.testkit.ParticipantFixture;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bookings are between instants: what clocks and calendars of a country do meanwhile is nothing to them. */
@QuarkusTest
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = @ResourceArg(name = "compacted", value = ParticipantFixture.HOST_TOPICS))
class InstantsIT {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final TimeZone ZONE = TimeZone.getDefault();

    @Inject
    PlacementSite sites;

    private ParticipantFixture site;

    @BeforeEach
    void aHostWhereClocksAreSet() {
        TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
        site = sites.open();
        site.compute(COMPUTE, 8, 8 * GIB);
    }

    @AfterEach
    void leave() {
        site.close();
        TimeZone.setDefault(ZONE);
    }

    /** As summer time begins and ends there, a leap day begins and ends, and a year ends. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "2037-03-29T01:00:00Z",
                "2037-10-25T01:00:00Z",
                "2036-02-28T23:00:00Z",
                "2036-02-29T23:00:00Z",
                "2036-12-31T23:00:00Z"
            })
    void anEndAndAStartThatMeetDoNotOverlap(Instant at) {
        // Given
        TimeWindow before = new TimeWindow(at.minus(HOUR), at);
        Instant free = at.plus(TURN_ROUND).plus(LEAD);
        TimeWindow after = new TimeWindow(free, free.plus(HOUR));

        // When
        assertThat(hold(before)).isInstanceOf(AllocationHeld.class);

        // Then
        assertThat(hold(new TimeWindow(free.minusSeconds(1), free.plus(HOUR))))
                .isInstanceOfSatisfying(
                        AllocationRefused.class,
                        refused -> assertThat(refused.refusal().earliestStart()).isEqualTo(free));
        assertThat(hold(after)).isInstanceOf(AllocationHeld.class);
        assertThat(site.rows().rows())
                .extracting(Row::during)
                .containsExactlyInAnyOrder(booked(before), booked(after))
                .allSatisfy(during ->
                        assertThat(during.length()).isEqualTo(HOUR.plus(LEAD).plus(TURN_ROUND)));
        assertThat(site.rows().overbooked()).isEmpty();
    }

    private AllocationEvent hold(TimeWindow window) {
        return site.answer(site.hold(machine(window, 8, 8), Facts.OfSite.unknown()));
    }
}
