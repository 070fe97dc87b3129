package io.archipelago.placement.app;

import static io.archipelago.placement.app.FiveHosts.FIFTH;
import static io.archipelago.placement.app.FiveHosts.GIB;
import static io.archipelago.placement.app.FiveHosts.group;
import static io.archipelago.testkit.ParticipantFixture.LEAD;
import static io.archipelago.testkit.ParticipantFixture.OSAKA;
import static io.archipelago.testkit.ParticipantFixture.TURN_ROUND;
import static io.archipelago.testkit.ParticipantFixture.booked;
import static io.archipelago.testkit.ParticipantFixture.minutes;
import static io.archipelago.testkit.ParticipantFixture.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationCommand.DeployAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.ExtendAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.host.Phase;
import io.archipelago.testkit.EmbeddedInfrastructure;
import io.archipelago.testkit.ParticipantFixture;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A lease goes on with more or less than it had, also on a host that has less than is booked of it: what goes on there is not written anew, and gets
 * others elsewhere.
 */
@QuarkusTest
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = @ResourceArg(name = "compacted", value = ParticipantFixture.HOST_TOPICS))
class RevisedLeaseIT {

    @Inject
    PlacementSite sites;

    private ParticipantFixture site;

    @BeforeEach
    void aSiteWithFiveHosts() {
        site = sites.open();
        FiveHosts.speak(site);
    }

    @AfterEach
    void leave() {
        site.close();
    }

    @Test
    void aLeaseOnItGetsMoreMachinesAndGivesThemBack() {
        // Given: best fit puts its only machine on the smallest host.
        AllocationSpec one = spec(OSAKA, minutes(0, 60), List.of(group(1, 1, 6, 6, 1)));
        HoldAllocation hold = site.hold(one, Facts.OfSite.unknown());
        DeployAllocation deploy = site.lease(hold);
        assertThat(bookedOn()).containsExactly(FIFTH.value());
        site.compute(FIFTH, 2, 2 * GIB);

        // When
        AllocationSpec two = one.with(List.of(one.groups().getFirst().plus(1)));
        site.answer(new ExtendAllocation(hold.allocation(), deploy.sequence() + 1, two));

        // Then
        assertThat(bookedOn()).hasSize(2).contains(FIFTH.value());

        // When
        site.answer(
                new DeployAllocation(hold.allocation(), deploy.sequence() + 2, one, deploy.facts(), deploy.cluster()));

        // Then
        assertThat(bookedOn()).containsExactly(FIFTH.value());
    }

    @Test
    void whatIsSeenGoneOfItIsGivenBack() {
        // Given: two machines on one host, which has room for none of them any more.
        Instant now = Instant.now();
        TimeWindow begun = new TimeWindow(now, now.plus(Duration.ofHours(1)));
        AllocationSpec two = spec(OSAKA, begun, List.of(group(1, 2, 3, 3, 2)));
        HoldAllocation hold = site.hold(two, Facts.OfSite.unknown());
        DeployAllocation deploy = site.lease(hold);
        assertThat(bookedOn()).containsExactly(FIFTH.value());
        site.compute(FIFTH, 1, GIB);

        // When
        AllocationSpec one = two.with(List.of(two.groups().getFirst().without(Set.of(1))));
        site.answer(
                new DeployAllocation(hold.allocation(), deploy.sequence() + 1, one, deploy.facts(), deploy.cluster()));
        assertThat(cpusBooked()).as("what is still there").containsExactly(6L);
        site.seeAll(hold.allocation(), Phase.ABSENT);

        // Then
        assertThat(cpusBooked()).containsExactly(3L);
    }

    @Test
    void aLeaseOnItBecomesShorterButNotLonger() {
        // Given
        TimeWindow hour = minutes(0, 60);
        AllocationSpec one = spec(OSAKA, hour, List.of(group(1, 1, 6, 6, 1)));
        HoldAllocation hold = site.hold(one, Facts.OfSite.unknown());
        DeployAllocation deploy = site.lease(hold);
        site.compute(FIFTH, 2, 2 * GIB);

        // When
        AllocationEvent longer =
                site.answer(new ExtendAllocation(hold.allocation(), deploy.sequence() + 1, one.with(minutes(0, 61))));
        site.answer(deploy(deploy, 2, one.with(minutes(0, 30))));

        // Then
        assertThat(longer).isInstanceOf(AllocationRefused.class);
        assertThat(windows()).containsExactly(booked(minutes(0, 30)));
    }

    @Test
    void aLeaseLastsUntilTheNextOneBegins() {
        // Given: both fill the smallest host
        AllocationSpec first = spec(OSAKA, minutes(0, 60), List.of(group(1, 1, 6, 6, 1)));
        HoldAllocation hold = site.hold(first, Facts.OfSite.unknown());
        DeployAllocation deploy = site.lease(hold);
        AllocationSpec after = spec(OSAKA, minutes(90, 120), List.of(group(1, 1, 6, 6, 1)));
        assertThat(site.answer(site.hold(after, Facts.OfSite.unknown()))).isInstanceOf(AllocationHeld.class);

        // When
        AllocationEvent tooLong = site.answer(
                new ExtendAllocation(hold.allocation(), deploy.sequence() + 1, first.with(minutes(0, 100))));

        // Then
        Refusal refusal = ((AllocationRefused) tooLong).refusal();
        Instant latest = minutes(0, 90).end().minus(LEAD).minus(TURN_ROUND);
        assertThat(refusal.code()).isEqualTo(ErrorCode.NO_CAPACITY);
        assertThat(refusal.latestEnd()).isEqualTo(latest);
        assertThat(refusal.holdsOnlyUntil()).isNotNull();

        // When
        AllocationSpec longest = first.with(new TimeWindow(first.window().start(), latest));
        site.answer(new ExtendAllocation(hold.allocation(), deploy.sequence() + 2, longest));

        // Then
        assertThat(windows()).contains(booked(longest.window()));
        assertThat(windows()).doesNotContain(booked(first.window()));

        // When
        site.answer(deploy(deploy, 3, first));

        // Then
        assertThat(windows()).contains(booked(first.window())).doesNotContain(booked(longest.window()));
    }

    private static DeployAllocation deploy(DeployAllocation before, int later, AllocationSpec spec) {
        return new DeployAllocation(
                before.allocation(), before.sequence() + later, spec, before.facts(), before.cluster());
    }

    private List<TimeWindow> windows() {
        return site.rows().rows().stream().map(row -> row.during()).distinct().toList();
    }

    private List<Long> cpusBooked() {
        return site.rows().rows().stream()
                .map(row -> Objects.requireNonNull(row.amounts().get("cpus")))
                .toList();
    }

    private List<String> bookedOn() {
        return site.rows().rows().stream().map(row -> row.pool()).sorted().toList();
    }
}
