package io.archipelago.placement.app;

import static io.archipelago.placement.app.FiveHosts.FIFTH;
import static io.archipelago.placement.app.FiveHosts.FIRST;
import static io.archipelago.placement.app.FiveHosts.FOURTH;
import static io.archipelago.placement.app.FiveHosts.SECOND;
import static io.archipelago.placement.app.FiveHosts.THIRD;
import static io.archipelago.placement.app.FiveHosts.even;
import static io.archipelago.placement.app.FiveHosts.fit;
import static io.archipelago.placement.app.FiveHosts.machine;
import static io.archipelago.placement.app.FiveHosts.uneven;
import static io.archipelago.testkit.Commands.again;
import static io.archipelago.testkit.Commands.confirm;
import static io.archipelago.testkit.Commands.release;
import static io.archipelago.testkit.ParticipantFixture.LEAD;
import static io.archipelago.testkit.ParticipantFixture.TURN_ROUND;
import static io.archipelago.testkit.ParticipantFixture.allocation;
import static io.archipelago.testkit.ParticipantFixture.booked;
import static io.archipelago.testkit.ParticipantFixture.chosen;
import static io.archipelago.testkit.ParticipantFixture.minutes;
import static io.archipelago.testkit.ParticipantFixture.refusals;
import static io.restassured.RestAssured.given;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationCommand;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationConfirmed;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationProgress;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.HoldPurpose;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.host.Phase;
import io.archipelago.testkit.BookedRows;
import io.archipelago.testkit.BookedRows.Row;
import io.archipelago.testkit.EmbeddedInfrastructure;
import io.archipelago.testkit.OperatorAccess;
import io.archipelago.testkit.ParticipantFixture;
import io.archipelago.testkit.Seed;
import io.archipelago.testkit.Tokens;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many clusters want the last processors and the last memory of a site's hosts. */
@QuarkusTest
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = @ResourceArg(name = "compacted", value = ParticipantFixture.HOST_TOPICS))
class PlacementIT {

    private static final TimeWindow WINDOW = minutes(0, 60);

    /** So many allocations get all their commands twice, side by side. */
    private static final int TWINS = 8;

    private static final int ALLOCATIONS = 30;
    private static final int COMMANDS = 10;

    @Inject
    PlacementSite sites;

    @Inject
    MeterRegistry registry;

    private ParticipantFixture site;
    private double retriesBefore;

    @BeforeEach
    void aSiteWithFiveHosts() {
        site = sites.open();
        FiveHosts.speak(site);
        retriesBefore = retries();
    }

    @AfterEach
    void leave() {
        site.close();
    }

    @Test
    void ofManyMachinesExactlyAsManyArePlacedAsProcessorsAndMemoryAllow() {
        List<AllocationEvent> answers = site.race(holds(60, 2, 3));

        assertThat(machinesPerHost(answers)).isEqualTo(Map.of(FIRST, 6L, SECOND, 5L, THIRD, 4L, FOURTH, 3L, FIFTH, 2L));
        assertThat(refusals(answers)).hasSize(40).allSatisfy(refusal -> {
            assertThat(refusal.code()).isEqualTo(ErrorCode.NO_CAPACITY);
            assertThat(refusal.resource()).isEqualTo("machines");
            assertThat(refusal.holdsOnlyUntil()).isNotNull();
            assertThat(refusal.earliestStart())
                    .isEqualTo(WINDOW.end().plus(TURN_ROUND).plus(LEAD));
        });
        assertThat(site.rows().overbooked()).isEmpty();
        assertThat(site.rows().rows()).hasSize(20);
        assertThat(retries()).as("the lock decides, no constraint has to").isEqualTo(retriesBefore);
    }

    @Test
    void aHostThatTakesNoBookingsIsGivenToNobody() {
        site.sql("update pool set open = false where id in ('" + FIRST + "', '" + THIRD + "')");

        List<AllocationEvent> answers = site.race(holds(24, 2, 3));

        assertThat(machinesPerHost(answers)).isEqualTo(Map.of(SECOND, 5L, FOURTH, 3L, FIFTH, 2L));
    }

    @Test
    void overManyWindowsNothingIsOverbookedAndNobodyIsRefusedInVain() {
        Random random = Seed.random();
        List<HoldAllocation> holds = Stream.generate(() -> hold(random.nextBoolean() ? even(random) : uneven(random)))
                .limit(60)
                .toList();
        List<AllocationEvent> answers = new ArrayList<>();

        List<String> overbooked = site.overbookedWhile(() -> answers.addAll(site.race(holds)));

        assertThat(overbooked).isEmpty();
        BookedRows rows = site.rows();
        for (int i = 0; i < holds.size(); i++) {
            AllocationSpec spec = holds.get(i).spec();
            if (answers.get(i) instanceof AllocationRefused) {
                assertThat(fit(rows, spec.groups(), booked(spec.window())))
                        .as("seed's hold " + i)
                        .isFalse();
            }
            assertBookedAsAnswered(rows, holds.get(i), answers.get(i));
        }
        assertThat(refusals(answers)).isNotEmpty();
        assertThat(chosen(answers)).isNotEmpty();
    }

    @Test
    void theEarliestTimeThatIsToldIsTrue() {
        Random random = Seed.random();
        List<HoldAllocation> holds =
                Stream.generate(() -> hold(even(random))).limit(50).toList();
        List<AllocationEvent> answers = site.race(holds);
        BookedRows rows = site.rows();

        for (int i = 0; i < holds.size(); i++) {
            if (answers.get(i) instanceof AllocationRefused) {
                HoldAllocation refused = again(holds.get(i));
                Refusal now = refusals(List.of(site.answer(refused))).getFirst();
                Instant first = BookedRows.firstMinute(
                        refused.spec().window(),
                        window -> fit(rows, refused.spec().groups(), booked(window)));
                assertThat(now.earliestStart()).as("seed's hold " + i).isEqualTo(first);
            }
        }
        assertThat(refusals(answers)).isNotEmpty();
    }

    @Test
    void windowsOfOneHostMayTouchButNotOverlap() {
        site.sql("update pool set open = false where id <> '" + FIFTH + "'");
        int gap = (int) LEAD.plus(TURN_ROUND).toMinutes();

        List<AllocationEvent> answers =
                site.race(List.of(hold(machine(minutes(0, 60), 8, 1)), hold(machine(minutes(60 + gap, 120), 1, 8))));

        assertThat(machinesPerHost(answers)).isEqualTo(Map.of(FIFTH, 2L));
        assertThat(site.answer(hold(machine(minutes(120 + gap - 1, 180), 1, 1))))
                .isInstanceOf(AllocationRefused.class);
        assertThat(site.answer(hold(machine(minutes(120 + gap, 180), 8, 8)))).isInstanceOf(AllocationHeld.class);
        assertThat(site.rows().overbooked()).isEmpty();
    }

    @Test
    void theDatabaseRefusesMoreThanAHostHas() {
        for (String amounts : List.of("{\"cpus\": 7}", "{\"memory\": 5000000000}")) {
            String over = """
                    insert into booking (allocation, pool, amounts, starts_at, ends_at)
                    values ('%s', '%s', '%s', '2030-01-01', '2030-01-03'),
                           ('%s', '%s', '%s', '2030-01-02', '2030-01-04')
                    """.formatted(allocation(), FIFTH, amounts, allocation(), FIFTH, amounts);

            assertThat(site.refusal(over)).contains("more than there is of").contains("in pool " + FIFTH);
            assertThat(site.refusal(over.replace("2030-01-02", "2030-01-03"))).isEmpty();
            site.sql("delete from booking");
        }
    }

    @Test
    void whatRanOutIsTakenByOthersAndNeverComesBack() {
        List<HoldAllocation> late = holds(20, 2, 3);
        List<Facts.Chosen> lost = chosen(site.race(late));
        site.sql("update booking set held_until = now() - interval '1 second'");
        List<AllocationCommand> racing = new ArrayList<>();
        for (int i = 0; i < late.size(); i++) {
            racing.add(confirm(late.get(i), lost.get(i)));
            racing.addAll(holds(3, 2, 3));
        }

        List<AllocationEvent> answers = site.race(racing);

        assertThat(chosen(answers)).hasSize(20);
        assertThat(refusals(answers).stream().filter(r -> r.code() == ErrorCode.HOLD_EXPIRED))
                .hasSize(20);
        assertThat(answers).noneMatch(AllocationConfirmed.class::isInstance);
        assertThat(site.rows().overbooked()).isEmpty();
        assertThat(site.rows().rows())
                .hasSize(20)
                .extracting(Row::allocation)
                .doesNotContainAnyElementsOf(
                        late.stream().map(h -> h.allocation().toString()).toList());
    }

    @Test
    void whatIsHeldForAnOfferMakesWayForWhatIsAskedForAndNotForAnotherOffer() {
        site.sql("update pool set open = false where id <> '" + FIFTH + "'");
        HoldAllocation first = offer(machine(WINDOW, 4, 4));
        HoldAllocation second = offer(machine(WINDOW, 4, 4));
        assertThat(chosen(site.race(List.of(first, second)))).hasSize(2);

        AllocationEvent anotherOffer = site.answer(offer(machine(WINDOW, 1, 1)));
        AllocationEvent asked = site.answer(hold(machine(WINDOW, 3, 3)));

        assertThat(anotherOffer).isInstanceOf(AllocationRefused.class);
        assertThat(asked).isInstanceOf(AllocationHeld.class);
        assertThat(site.number("select count(*) from part where offer"))
                .as("offers that are left")
                .isEqualTo(1);
        assertThat(site.rows().rows()).hasSize(2);
        assertThat(site.rows().overbooked()).isEmpty();

        // Who comes too late with its word is told so, as if its hold had run out.
        List<AllocationEvent> confirmed = site.race(List.of(
                confirm(first, new Facts.Hosts(Map.of(1, FIFTH))), confirm(second, new Facts.Hosts(Map.of(1, FIFTH)))));
        assertThat(refusals(confirmed)).singleElement().matches(refusal -> refusal.code() == ErrorCode.HOLD_EXPIRED);
        assertThat(confirmed).filteredOn(AllocationConfirmed.class::isInstance).hasSize(1);
        assertThat(site.answer(hold(machine(WINDOW, 2, 2))))
                .as("what was accepted is no offer any more")
                .isInstanceOf(AllocationRefused.class);
    }

    private HoldAllocation offer(AllocationSpec spec) {
        HoldAllocation firm = hold(spec);
        return new HoldAllocation(
                firm.allocation(),
                firm.sequence(),
                firm.addressees(),
                firm.spec(),
                firm.facts(),
                firm.holdFor(),
                HoldPurpose.OFFER);
    }

    @Test
    void whatIsConfirmedStaysAndWhatIsReleasedGoes() {
        HoldAllocation hold = hold(machine(WINDOW, 4, 4));
        AllocationEvent held = site.answer(hold);
        AllocationCommand confirm = confirm(hold, chosen(List.of(held)).getFirst());

        AllocationEvent confirmed = site.answer(confirm);

        assertThat(confirmed).isInstanceOf(AllocationConfirmed.class);
        assertThat(site.rows().rows()).singleElement().matches(row -> row.heldUntil() == null);
        site.answer(release(confirm));
        assertThat(site.rows().rows()).isEmpty();
    }

    @Test
    void whatIsNotSeenGoneStaysBookedPastItsEnd() {
        site.sql("update pool set open = false where id <> '" + FIRST + "'");
        Instant now = Instant.now();
        TimeWindow past = new TimeWindow(now.minus(Duration.ofHours(3)), now.minus(Duration.ofHours(1)));
        AllocationCommand old = site.lease(hold(machine(past, 12, 1)));
        AllocationEvent releasing = site.answer(release(old));
        HoldAllocation next = hold(machine(WINDOW, 1, 1));

        AllocationEvent refused = site.answer(next);

        assertThat(releasing).isInstanceOf(AllocationProgress.class);
        assertThat(refusals(List.of(refused))).singleElement().satisfies(refusal -> {
            assertThat(refusal.code()).isEqualTo(ErrorCode.NO_CAPACITY);
            assertThat(refusal.earliestStart()).as("nobody knows").isNull();
            assertThat(refusal.holdsOnlyUntil()).isNull();
        });
        site.seeAll(old.allocation(), Phase.ABSENT);
        assertThat(site.answer(again(next))).isInstanceOf(AllocationHeld.class);
        assertThat(site.rows().rows())
                .singleElement()
                .matches(row -> row.during().equals(booked(WINDOW)));
    }

    @Test
    void aHoldThatComesTooLateDoesNotReviveWhatWasReleasedMeanwhile() {
        HoldAllocation hold = hold(machine(WINDOW, 1, 1));

        site.meanwhile(site.taking(hold), "select from calendar for update", () -> site.answer(release(hold)));

        assertThat(site.number("select sequence from part")).isEqualTo(2);
        assertThat(site.rows().rows()).isEmpty();
    }

    @Test
    void aLongDuelEndsWithEveryCommandAnsweredAndNoDeadlock() {
        Random random = Seed.random();
        // One host short of processors, one of memory and one of both are left: less than all of them want.
        site.sql("update pool set open = false where id in ('" + SECOND + "', '" + FOURTH + "')");
        Facts.Chosen any = new Facts.Hosts(Map.of(1, FIRST));
        List<List<AllocationCommand>> series = new ArrayList<>();
        for (int i = 0; i < ALLOCATIONS; i++) {
            series.add(site.randomSeries(hold(uneven(random)), any, COMMANDS, random));
        }
        series.addAll(0, List.copyOf(series.subList(0, TWINS)));
        List<AllocationEvent> answers = new ArrayList<>();

        List<String> overbooked = site.overbookedWhile(() -> site.series(series).forEach(answers::addAll));

        assertThat(answers).hasSize((ALLOCATIONS + TWINS) * COMMANDS).doesNotContainNull();
        assertThat(chosen(answers)).isNotEmpty();
        assertThat(refusals(answers).stream().filter(r -> r.code() == ErrorCode.NO_CAPACITY))
                .isNotEmpty();
        assertThat(overbooked).isEmpty();
        assertThat(site.deadlocks()).isZero();
        assertThat(retries() - retriesBefore)
                .as("only two first commands for one allocation can collide")
                .isLessThanOrEqualTo(TWINS);
    }

    @Test
    void onlyOperatorsSeeWhatItOwns() {
        OperatorAccess.isNeededFor(
                "/api/v1/pools", "/api/v1/bookings", "/api/v1/hosts", "/api/v1/drift", "/api/v1/dead-letters");
        given().auth()
                .oauth2(Tokens.of("oscar", "", "operator"))
                .get("/api/v1/hosts")
                .then()
                .body("host", everyItem(notNullValue()))
                .body("find { it.host == 'tokyo-c01' }.state", is("ALIVE"));
    }

    private static void assertBookedAsAnswered(BookedRows rows, HoldAllocation hold, AllocationEvent answer) {
        Map<String, Map<String, Long>> wanted = answer instanceof AllocationHeld held
                ? FiveHosts.amounts(hold.spec(), (Facts.Hosts) held.chosen())
                : Map.of();
        assertThat(rows.rows().stream()
                        .filter(row -> row.allocation().equals(hold.allocation().toString())))
                .allMatch(row -> row.during().equals(booked(hold.spec().window())))
                .allMatch(row -> row.amounts().equals(wanted.get(row.pool())))
                .hasSize(wanted.size());
    }

    private static Map<HostId, Long> machinesPerHost(List<AllocationEvent> answers) {
        return chosen(answers).stream()
                .flatMap(chosen -> ((Facts.Hosts) chosen).hosts().values().stream())
                .collect(groupingBy(host -> host, counting()));
    }

    private HoldAllocation hold(AllocationSpec spec) {
        return site.hold(spec, Facts.OfSite.unknown());
    }

    private List<HoldAllocation> holds(int count, int cpus, int gib) {
        return Stream.generate(() -> hold(machine(WINDOW, cpus, gib)))
                .limit(count)
                .toList();
    }

    private double retries() {
        return registry.counter("bus.transaction.retries").count();
    }
}
