package io.archipelago.placement.app;

import static io.archipelago.placement.app.FiveHosts.FIFTH;
import static io.archipelago.placement.app.FiveHosts.GIB;
import static io.archipelago.placement.app.FiveHosts.group;
import static io.archipelago.testkit.ParticipantFixture.OSAKA;
import static io.archipelago.testkit.ParticipantFixture.minutes;
import static io.archipelago.testkit.ParticipantFixture.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationCommand.DeployAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.ExtendAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.Phase;
import io.archipelago.participant.app.HostService;
import io.archipelago.participant.app.ObservationService;
import io.archipelago.participant.app.ParticipantService;
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
import javax.sql.DataSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A host has less than is booked of it: what goes on is not written anew, and gets others elsewhere. */
@QuarkusTest
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = @ResourceArg(name = "compacted", value = ParticipantFixture.HOST_TOPICS))
class ShrunkenHostIT {

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    ParticipantService parts;

    @Inject
    HostService hosts;

    @Inject
    ObservationService observations;

    @Inject
    DataSource database;

    @Inject
    @ConfigProperty(name = "kafka.bootstrap.servers")
    String broker;

    private ParticipantFixture site;

    @BeforeEach
    void aSiteWithFiveHosts() {
        site = new ParticipantFixture(
                Participant.PLACEMENT,
                database,
                broker,
                command -> unitOfWork.inTransaction(tx -> parts.onCommand(tx, command)),
                message -> unitOfWork.inTransaction(tx -> switch (message) {
                    case ResourceObserved observed -> observations.onObserved(tx, observed);
                    case HostHeartbeat heartbeat -> hosts.onHeartbeat(tx, heartbeat);
                }));
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

    private List<Long> cpusBooked() {
        return site.rows().rows().stream()
                .map(row -> Objects.requireNonNull(row.amounts().get("cpus")))
                .toList();
    }

    private List<String> bookedOn() {
        return site.rows().rows().stream().map(row -> row.pool()).sorted().toList();
    }
}
