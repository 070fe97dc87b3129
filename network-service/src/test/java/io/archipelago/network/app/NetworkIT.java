package io.archipelago.network.app;

import static io.archipelago.testkit.Commands.again;
import static io.archipelago.testkit.Commands.confirm;
import static io.archipelago.testkit.Commands.release;
import static io.archipelago.testkit.ParticipantFixture.GATEWAY;
import static io.archipelago.testkit.ParticipantFixture.LEAD;
import static io.archipelago.testkit.ParticipantFixture.OSAKA;
import static io.archipelago.testkit.ParticipantFixture.OTHER_GATEWAY;
import static io.archipelago.testkit.ParticipantFixture.TURN_ROUND;
import static io.archipelago.testkit.ParticipantFixture.allocation;
import static io.archipelago.testkit.ParticipantFixture.booked;
import static io.archipelago.testkit.ParticipantFixture.chosen;
import static io.archipelago.testkit.ParticipantFixture.minutes;
import static io.archipelago.testkit.ParticipantFixture.refusals;
import static io.archipelago.testkit.ParticipantFixture.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationCommand;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationConfirmed;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationProgress;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.Phase;
import io.archipelago.participant.app.HostService;
import io.archipelago.participant.app.ObservationService;
import io.archipelago.participant.app.ParticipantService;
import io.archipelago.testkit.BookedRows;
import io.archipelago.testkit.BookedRows.Row;
import io.archipelago.testkit.EmbeddedInfrastructure;
import io.archipelago.testkit.OperatorAccess;
import io.archipelago.testkit.ParticipantFixture;
import io.archipelago.testkit.Seed;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many clusters want the last VLAN ids, gateways, link ports and bits of the WAN of a site. */
@QuarkusTest
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = {
            @ResourceArg(name = "compacted", value = ParticipantFixture.HOST_TOPICS),
            @ResourceArg(
                    name = "settings",
                    value = "network.wan.osaka.bandwidth=1000000000000,network.link.bandwidth=1000")
        })
class NetworkIT {

    private static final TimeWindow WINDOW = minutes(0, 60);
    private static final String WAN = "wan/osaka";
    private static final long MBIT = 1_000_000;

    /** So many allocations get all their commands twice, side by side. */
    private static final int TWINS = 10;

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
    MeterRegistry registry;

    @Inject
    @ConfigProperty(name = "kafka.bootstrap.servers")
    String broker;

    private ParticipantFixture site;
    private double retriesBefore;

    @BeforeEach
    void aSiteWithTwoGateways() {
        site = new ParticipantFixture(
                Participant.NETWORK,
                database,
                broker,
                command -> unitOfWork.inTransaction(tx -> parts.onCommand(tx, command)),
                message -> unitOfWork.inTransaction(tx -> switch (message) {
                    case ResourceObserved observed -> observations.onObserved(tx, observed);
                    case HostHeartbeat heartbeat -> hosts.onHeartbeat(tx, heartbeat);
                }));
        site.gateway(GATEWAY, 0);
        site.gateway(OTHER_GATEWAY, 0);
        vlans(100, 1099);
        ports(20000, 20999);
        wan(1_000_000_000_000L);
        retriesBefore = retries();
    }

    @AfterEach
    void leave() {
        site.close();
    }

    @Test
    void ofManyClustersExactlyAsManyGetAVlanIdAsThereAre() {
        vlans(100, 105);

        List<AllocationEvent> answers = site.race(holds(48, WINDOW));

        assertThat(segments(answers))
                .extracting(Facts.Segment::vlan)
                .containsExactlyInAnyOrder(100, 101, 102, 103, 104, 105);
        assertThat(refusals(answers)).hasSize(42).allSatisfy(refusal -> isFullUntilTheHoldsEnd(refusal, "vlan"));
        assertThat(site.rows().overbooked()).isEmpty();
        assertThat(site.rows().rows()).hasSize(3 * 6);
        assertThat(retries()).as("the lock decides, no constraint has to").isEqualTo(retriesBefore);
    }

    @Test
    void ofManyClustersExactlyAsManyGetALinkPortAsTheGatewaysHave() {
        ports(20000, 20003);

        List<AllocationEvent> answers = site.race(holds(48, WINDOW));

        List<Facts.Segment> granted = segments(answers);
        assertThat(granted).hasSize(8).doesNotHaveDuplicates();
        assertThat(granted.stream().filter(s -> s.gateway().equals(GATEWAY))).hasSize(4);
        assertThat(refusals(answers)).hasSize(40).allSatisfy(refusal -> isFullUntilTheHoldsEnd(refusal, "link port"));
        assertThat(site.rows().overbooked()).isEmpty();
    }

    @Test
    void ofManyClustersExactlyAsManyGetBandwidthAsThereIs() {
        wan(650 * MBIT);
        List<HoldAllocation> holds = Stream.generate(() -> site.hold(
                        spec(
                                OSAKA,
                                WINDOW,
                                List.of(new MachineGroup(MachineRole.COMPUTE, 1, 1, 1, 1, 1, 1)),
                                100 * MBIT),
                        Facts.OfSite.unknown()))
                .limit(48)
                .toList();

        List<AllocationEvent> answers = site.race(holds);

        assertThat(segments(answers)).hasSize(6);
        assertThat(refusals(answers)).hasSize(42).allSatisfy(refusal -> {
            isFullUntilTheHoldsEnd(refusal, "bandwidth");
            assertThat(refusal.detail()).startsWith("of the 100Mbit/s of the WAN to osaka");
        });
        assertThat(site.rows().of(WAN))
                .extracting(row -> row.amounts().get("bits-per-second"))
                .containsOnly(100 * MBIT)
                .hasSize(6);
        assertThat(site.rows().overbooked()).isEmpty();
    }

    @Test
    void aGatewayThatTakesNoBookingsIsGivenToNobody() {
        ports(20000, 20003);
        site.sql("update pool set open = false where id = '" + OTHER_GATEWAY + "'");

        List<AllocationEvent> answers = site.race(holds(12, WINDOW));

        assertThat(segments(answers)).hasSize(4).allMatch(s -> s.gateway().equals(GATEWAY));
        assertThat(site.rows().of(OTHER_GATEWAY.value())).isEmpty();
    }

    @Test
    void overManyWindowsNothingIsOverbookedAndNobodyIsRefusedInVain() {
        Random random = Seed.random();
        vlans(100, 103);
        ports(20000, 20001);
        List<HoldAllocation> holds =
                Stream.generate(() -> hold(randomWindow(random))).limit(60).toList();
        List<AllocationEvent> answers = new ArrayList<>();

        List<String> overbooked = site.overbookedWhile(() -> answers.addAll(site.race(holds)));

        assertThat(overbooked).isEmpty();
        BookedRows rows = site.rows();
        for (int i = 0; i < holds.size(); i++) {
            if (answers.get(i) instanceof AllocationRefused) {
                assertThat(fits(rows, booked(holds.get(i).spec().window())))
                        .as("seed's hold " + i)
                        .isFalse();
            }
        }
        assertThat(refusals(answers)).isNotEmpty();
        assertThat(segments(answers)).hasSize(rows.of("vlan").size());
    }

    @Test
    void theEarliestTimeThatIsToldIsTrue() {
        Random random = Seed.random();
        vlans(100, 102);
        ports(20000, 20001);
        List<HoldAllocation> holds =
                Stream.generate(() -> hold(randomWindow(random))).limit(40).toList();
        List<AllocationEvent> answers = site.race(holds);
        BookedRows rows = site.rows();

        for (int i = 0; i < holds.size(); i++) {
            if (answers.get(i) instanceof AllocationRefused) {
                HoldAllocation refused = again(holds.get(i));
                Refusal now = refusals(List.of(site.answer(refused))).getFirst();
                Instant first = BookedRows.firstMinute(refused.spec().window(), window -> fits(rows, booked(window)));
                assertThat(now.earliestStart()).as("seed's hold " + i).isEqualTo(first);
            }
        }
        assertThat(refusals(answers)).isNotEmpty();
    }

    @Test
    void windowsOfOneVlanIdMayTouchButNotOverlap() {
        vlans(100, 100);
        int gap = (int) LEAD.plus(TURN_ROUND).toMinutes();

        List<AllocationEvent> answers = site.race(List.of(hold(minutes(0, 60)), hold(minutes(60 + gap, 120))));

        assertThat(segments(answers)).extracting(Facts.Segment::vlan).containsExactly(100, 100);
        assertThat(site.answer(hold(minutes(120 + gap - 1, 180)))).isInstanceOf(AllocationRefused.class);
        assertThat(site.answer(hold(minutes(120 + gap, 180)))).isInstanceOf(AllocationHeld.class);
        assertThat(site.rows().overbooked()).isEmpty();
    }

    @Test
    void theDatabaseRefusesAUnitThatIsBookedTwice() {
        for (String pool : List.of("vlan", GATEWAY.value())) {
            String twice = """
                    insert into booking (allocation, pool, unit, amounts, starts_at, ends_at)
                    values ('%s', '%s', 20000, '{}', '2030-01-01', '2030-01-03'),
                           ('%s', '%s', 20000, '{}', '2030-01-02', '2030-01-04')
                    """.formatted(allocation(), pool, allocation(), pool);

            assertThat(site.refusal(twice)).contains("unit_is_booked_once");
            assertThat(site.refusal(twice.replace("2030-01-02", "2030-01-03"))).isEmpty();
            assertThat(site.rows().of(pool)).hasSize(2);
        }
    }

    @Test
    void whatRanOutIsTakenByOthersAndNeverComesBack() {
        vlans(100, 105);
        List<HoldAllocation> late = holds(6, WINDOW);
        List<Facts.Segment> lost = segments(site.race(late));
        site.sql("update booking set held_until = now() - interval '1 second'");
        List<AllocationCommand> racing = new ArrayList<>();
        for (int i = 0; i < late.size(); i++) {
            racing.add(confirm(late.get(i), lost.get(i)));
            racing.addAll(holds(3, WINDOW));
        }

        List<AllocationEvent> answers = site.race(racing);

        assertThat(segments(answers)).hasSize(6);
        assertThat(refusals(answers).stream().filter(r -> r.code() == ErrorCode.HOLD_EXPIRED))
                .hasSize(6);
        assertThat(answers).noneMatch(AllocationConfirmed.class::isInstance);
        assertThat(site.rows().overbooked()).isEmpty();
        assertThat(site.rows().rows())
                .hasSize(3 * 6)
                .extracting(Row::allocation)
                .doesNotContainAnyElementsOf(
                        late.stream().map(h -> h.allocation().toString()).toList());
    }

    @Test
    void whatIsNotSeenGoneStaysBookedPastItsEnd() {
        vlans(100, 100);
        Instant now = Instant.now();
        TimeWindow past = new TimeWindow(now.minus(Duration.ofHours(3)), now.minus(Duration.ofHours(1)));
        AllocationCommand old = site.lease(hold(past));
        AllocationEvent releasing = site.answer(release(old));
        HoldAllocation next = hold(WINDOW);

        AllocationEvent refused = site.answer(next);

        assertThat(releasing).isInstanceOf(AllocationProgress.class);
        assertThat(refusals(List.of(refused))).singleElement().satisfies(refusal -> {
            assertThat(refusal.code()).isEqualTo(ErrorCode.NO_CAPACITY);
            assertThat(refusal.earliestStart()).as("nobody knows").isNull();
            assertThat(refusal.holdsOnlyUntil()).isNull();
        });
        site.seeAll(old.allocation(), Phase.ABSENT);
        assertThat(site.answer(again(next))).isInstanceOf(AllocationHeld.class);
        assertThat(site.rows().rows()).hasSize(3).allMatch(row -> row.during().equals(booked(WINDOW)));
    }

    @Test
    void aHoldThatComesTooLateDoesNotReviveWhatWasReleasedMeanwhile() {
        HoldAllocation hold = hold(WINDOW);

        site.meanwhile(site.taking(hold), "select from calendar for update", () -> site.answer(release(hold)));

        assertThat(site.number("select sequence from part")).isEqualTo(2);
        assertThat(site.rows().rows()).isEmpty();
    }

    @Test
    void aLongDuelEndsWithEveryCommandAnsweredAndNoDeadlock() {
        Random random = Seed.random();
        vlans(100, 102);
        ports(20000, 20001);
        Facts.Segment any = new Facts.Segment(
                100,
                GATEWAY,
                new Facts.Endpoint(
                        "203.0.113.1", 20000, List.of(new Facts.LinkOffer(LinkDriver.OPENVPN, "a1:b2", 1434))),
                1400);
        List<List<AllocationCommand>> series = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            series.add(site.randomSeries(hold(randomWindow(random)), any, 12, random));
        }
        series.addAll(0, List.copyOf(series.subList(0, TWINS)));
        List<AllocationEvent> answers = new ArrayList<>();

        List<String> overbooked = site.overbookedWhile(() -> site.series(series).forEach(answers::addAll));

        assertThat(answers).hasSize((40 + TWINS) * 12).doesNotContainNull();
        assertThat(segments(answers)).isNotEmpty();
        assertThat(refusals(answers)).isNotEmpty();
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
    }

    private void vlans(int first, int last) {
        site.sql("update pool set first_unit = " + first + ", last_unit = " + last + " where id = 'vlan'");
    }

    private void ports(int first, int last) {
        site.sql("update pool set first_unit = " + first + ", last_unit = " + last + " where id like 'tokyo-%'");
    }

    private void wan(long bits) {
        site.sql("update pool set capacity = '{\"bits-per-second\": " + bits + "}' where id = '" + WAN + "'");
    }

    private double retries() {
        return registry.counter("bus.transaction.retries").count();
    }

    private HoldAllocation hold(TimeWindow window) {
        return site.hold(spec(window, 1), Facts.OfSite.unknown());
    }

    private List<HoldAllocation> holds(int count, TimeWindow window) {
        return Stream.generate(() -> hold(window)).limit(count).toList();
    }

    private static TimeWindow randomWindow(Random random) {
        int start = random.nextInt(240);
        return minutes(start, start + 10 + random.nextInt(50));
    }

    private static boolean fits(BookedRows rows, TimeWindow booked) {
        return rows.hasFreeUnit("vlan", booked)
                && (rows.hasFreeUnit(GATEWAY.value(), booked) || rows.hasFreeUnit(OTHER_GATEWAY.value(), booked));
    }

    private static void isFullUntilTheHoldsEnd(Refusal refusal, String resource) {
        assertThat(refusal.code()).isEqualTo(ErrorCode.NO_CAPACITY);
        assertThat(refusal.resource()).isEqualTo(resource);
        assertThat(refusal.holdsOnlyUntil()).isNotNull();
        assertThat(refusal.earliestStart())
                .isEqualTo(WINDOW.end().plus(TURN_ROUND).plus(LEAD));
    }

    private static List<Facts.Segment> segments(List<AllocationEvent> answers) {
        return chosen(answers).stream().map(Facts.Segment.class::cast).toList();
    }
}
