package io.archipelago.cache.app;

import static io.archipelago.testkit.Commands.again;
import static io.archipelago.testkit.Commands.confirm;
import static io.archipelago.testkit.Commands.release;
import static io.archipelago.testkit.ParticipantFixture.GATEWAY;
import static io.archipelago.testkit.ParticipantFixture.LEAD;
import static io.archipelago.testkit.ParticipantFixture.OTHER_GATEWAY;
import static io.archipelago.testkit.ParticipantFixture.TOKYO;
import static io.archipelago.testkit.ParticipantFixture.TURN_ROUND;
import static io.archipelago.testkit.ParticipantFixture.allocation;
import static io.archipelago.testkit.ParticipantFixture.booked;
import static io.archipelago.testkit.ParticipantFixture.chosen;
import static io.archipelago.testkit.ParticipantFixture.minutes;
import static io.archipelago.testkit.ParticipantFixture.refusals;
import static io.archipelago.testkit.ParticipantFixture.spec;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.HostId;
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
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many clusters want the last space for package caches on a site's gateways. */
@QuarkusTest
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = @ResourceArg(name = "compacted", value = ParticipantFixture.HOST_TOPICS))
class CacheIT {

    private static final TimeWindow WINDOW = minutes(0, 60);
    private static final long CACHE = 4L << 30;

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
    void aSiteWhoseFirstGatewayHasRoomForThreeCachesAndAllButOneByteOfAFourth() {
        site = new ParticipantFixture(
                Participant.CACHE,
                database,
                broker,
                command -> unitOfWork.inTransaction(tx -> parts.onCommand(tx, command)),
                message -> unitOfWork.inTransaction(tx -> switch (message) {
                    case ResourceObserved observed -> observations.onObserved(tx, observed);
                    case HostHeartbeat heartbeat -> hosts.onHeartbeat(tx, heartbeat);
                }));
        site.gateway(GATEWAY, 4 * CACHE - 1);
        site.gateway(OTHER_GATEWAY, 2 * CACHE);
        retriesBefore = retries();
    }

    @AfterEach
    void leave() {
        site.close();
    }

    @Test
    void ofManyClustersExactlyAsManyGetACacheAsTheirGatewayHasRoomFor() {
        List<HoldAllocation> racing = new ArrayList<>(holds(24, GATEWAY, WINDOW));
        racing.addAll(holds(24, OTHER_GATEWAY, WINDOW));

        List<AllocationEvent> answers = site.race(racing);

        assertThat(site.rows().of(GATEWAY.value())).hasSize(3);
        assertThat(site.rows().of(OTHER_GATEWAY.value())).hasSize(2);
        assertThat(chosen(answers)).hasSize(3 + 2);
        assertThat(refusals(answers)).hasSize(43).allSatisfy(CacheIT::isFullUntilTheHoldsEnd);
        assertThat(site.rows().overbooked()).isEmpty();
        assertThat(retries()).as("the lock decides, no constraint has to").isEqualTo(retriesBefore);
    }

    @Test
    void oneByteMoreIsRoomForOneMore() {
        site.gateway(GATEWAY, 4 * CACHE);

        List<AllocationEvent> answers = site.race(holds(24, GATEWAY, WINDOW));

        assertThat(chosen(answers)).hasSize(4).containsOnly(new Facts.Cache(GATEWAY, CACHE));
        assertThat(site.rows().overbooked()).isEmpty();
    }

    @Test
    void aMasterNeedsNoCacheHoweverFullItsGatewaysAre() {
        site.race(holds(3, GATEWAY, WINDOW));
        List<HoldAllocation> masters = Stream.generate(() -> site.hold(spec(TOKYO, WINDOW, 1), facts(GATEWAY)))
                .limit(12)
                .toList();

        List<AllocationEvent> answers = site.race(masters);

        assertThat(chosen(answers)).hasSize(12).containsOnly(new Facts.Cache(null, 0));
        assertThat(site.rows().rows()).hasSize(3);
    }

    @Test
    void overManyWindowsNothingIsOverbookedAndNobodyIsRefusedInVain() {
        Random random = Seed.random();
        List<HoldAllocation> holds = randomHolds(random, 60);
        List<AllocationEvent> answers = new ArrayList<>();

        List<String> overbooked = site.overbookedWhile(() -> answers.addAll(site.race(holds)));

        assertThat(overbooked).isEmpty();
        BookedRows rows = site.rows();
        for (int i = 0; i < holds.size(); i++) {
            if (answers.get(i) instanceof AllocationRefused) {
                assertThat(fits(rows, holds.get(i), holds.get(i).spec().window()))
                        .as("seed's hold " + i)
                        .isFalse();
            }
        }
        assertThat(refusals(answers)).isNotEmpty();
        assertThat(chosen(answers)).hasSize(rows.rows().size());
    }

    @Test
    void theEarliestTimeThatIsToldIsTrue() {
        Random random = Seed.random();
        List<HoldAllocation> holds = randomHolds(random, 40);
        List<AllocationEvent> answers = site.race(holds);
        BookedRows rows = site.rows();

        for (int i = 0; i < holds.size(); i++) {
            if (answers.get(i) instanceof AllocationRefused) {
                HoldAllocation refused = again(holds.get(i));
                Refusal now = refusals(List.of(site.answer(refused))).getFirst();
                Instant first = BookedRows.firstMinute(refused.spec().window(), window -> fitsAnywhere(rows, window));
                assertThat(now.earliestStart()).as("seed's hold " + i).isEqualTo(first);
            }
        }
        assertThat(refusals(answers)).isNotEmpty();
    }

    @Test
    void windowsOfTheSameSpaceMayTouchButNotOverlap() {
        site.gateway(OTHER_GATEWAY, CACHE);
        int gap = (int) LEAD.plus(TURN_ROUND).toMinutes();

        List<AllocationEvent> answers =
                site.race(List.of(hold(OTHER_GATEWAY, minutes(0, 60)), hold(OTHER_GATEWAY, minutes(60 + gap, 120))));

        assertThat(chosen(answers)).hasSize(2);
        assertThat(site.answer(hold(OTHER_GATEWAY, minutes(120 + gap - 1, 180))))
                .isInstanceOf(AllocationRefused.class);
        assertThat(site.answer(hold(OTHER_GATEWAY, minutes(120 + gap, 180)))).isInstanceOf(AllocationHeld.class);
        assertThat(site.rows().overbooked()).isEmpty();
    }

    @Test
    void theDatabaseRefusesMoreThanThereIs() {
        site.sql(insert(4 * CACHE - 2, "2030-01-10", "2030-01-11"));

        assertThat(site.refusal(insert(2, "2030-01-09", "2030-01-12")))
                .contains("more than there is of bytes in pool " + GATEWAY);
        assertThat(site.refusal(insert(2, "2030-01-11", "2030-01-12")))
                .as("after it")
                .isEmpty();
        assertThat(site.refusal(insert(1, "2030-01-09", "2030-01-12")))
                .as("beside it")
                .isEmpty();
        assertThat(site.rows().overbooked()).isEmpty();
    }

    @Test
    void whatRanOutIsTakenByOthersAndNeverComesBack() {
        List<HoldAllocation> late = holds(3, GATEWAY, WINDOW);
        List<Facts.Chosen> lost = chosen(site.race(late));
        site.sql("update booking set held_until = now() - interval '1 second'");
        List<AllocationCommand> racing = new ArrayList<>();
        for (int i = 0; i < late.size(); i++) {
            racing.add(confirm(late.get(i), lost.get(i)));
            racing.addAll(holds(3, GATEWAY, WINDOW));
        }

        List<AllocationEvent> answers = site.race(racing);

        assertThat(chosen(answers)).hasSize(3);
        assertThat(refusals(answers).stream().filter(r -> r.code() == ErrorCode.HOLD_EXPIRED))
                .hasSize(3);
        assertThat(answers).noneMatch(AllocationConfirmed.class::isInstance);
        assertThat(site.rows().overbooked()).isEmpty();
        assertThat(site.rows().rows())
                .hasSize(3)
                .extracting(Row::allocation)
                .doesNotContainAnyElementsOf(
                        late.stream().map(h -> h.allocation().toString()).toList());
    }

    @Test
    void aCacheThatIsNotSeenGoneStaysBookedPastItsEnd() {
        site.gateway(GATEWAY, CACHE);
        site.gateway(OTHER_GATEWAY, 0);
        Instant now = Instant.now();
        TimeWindow past = new TimeWindow(now.minus(Duration.ofHours(3)), now.minus(Duration.ofHours(1)));
        AllocationCommand old = site.lease(hold(GATEWAY, past));
        AllocationEvent releasing = site.answer(release(old));
        HoldAllocation next = hold(GATEWAY, WINDOW);

        AllocationEvent refused = site.answer(next);

        assertThat(releasing).isInstanceOf(AllocationProgress.class);
        assertThat(refusals(List.of(refused))).singleElement().satisfies(refusal -> {
            assertThat(refusal.code()).isEqualTo(ErrorCode.NO_CAPACITY);
            assertThat(refusal.earliestStart()).as("nobody knows").isNull();
            assertThat(refusal.holdsOnlyUntil()).isNull();
        });
        site.seeAll(old.allocation(), Phase.ABSENT);
        assertThat(site.answer(again(next))).isInstanceOf(AllocationHeld.class);
        assertThat(site.rows().rows()).singleElement().extracting(Row::during).isEqualTo(booked(WINDOW));
    }

    @Test
    void aLongDuelEndsWithEveryCommandAnsweredAndNoDeadlock() {
        Random random = Seed.random();
        List<List<AllocationCommand>> series = new ArrayList<>();
        for (HoldAllocation hold : randomHolds(random, 40)) {
            series.add(site.randomSeries(hold, new Facts.Cache(GATEWAY, CACHE), 12, random));
        }
        series.addAll(0, List.copyOf(series.subList(0, TWINS)));
        List<AllocationEvent> answers = new ArrayList<>();
        CompletableFuture<Void> heartbeats = CompletableFuture.runAsync(this::sayAHundredTimesWhatThereIs);

        List<String> overbooked = site.overbookedWhile(() -> site.series(series).forEach(answers::addAll));

        heartbeats.join();
        assertThat(answers).hasSize((40 + TWINS) * 12).doesNotContainNull();
        assertThat(chosen(answers)).isNotEmpty();
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

    private void sayAHundredTimesWhatThereIs() {
        for (int i = 0; i < 50; i++) {
            site.gateway(GATEWAY, 4 * CACHE - 1);
            site.gateway(OTHER_GATEWAY, 2 * CACHE);
        }
    }

    private double retries() {
        return registry.counter("bus.transaction.retries").count();
    }

    private static Facts.OfSite facts(HostId gateway) {
        return Facts.OfSite.unknown()
                .with(new Facts.Segment(
                        100,
                        gateway,
                        new Facts.Endpoint(
                                "203.0.113.1", 20000, List.of(new Facts.LinkOffer(LinkDriver.OPENVPN, "a1:b2", 1434))),
                        1400));
    }

    private HoldAllocation hold(HostId gateway, TimeWindow window) {
        return site.hold(spec(window, 1), facts(gateway));
    }

    private List<HoldAllocation> holds(int count, HostId gateway, TimeWindow window) {
        return Stream.generate(() -> hold(gateway, window)).limit(count).toList();
    }

    private List<HoldAllocation> randomHolds(Random random, int count) {
        return Stream.generate(() -> {
                    int start = random.nextInt(240);
                    HostId gateway = random.nextBoolean() ? GATEWAY : OTHER_GATEWAY;
                    return hold(gateway, minutes(start, start + 10 + random.nextInt(50)));
                })
                .limit(count)
                .toList();
    }

    private static boolean fits(BookedRows rows, HoldAllocation hold, TimeWindow window) {
        Facts.Segment segment = requireNonNull(hold.facts().segment());
        return rows.hasFree(segment.gateway().value(), CACHE, booked(window));
    }

    /** On any gateway: the next time the network may choose another one. */
    private static boolean fitsAnywhere(BookedRows rows, TimeWindow window) {
        return Stream.of(GATEWAY, OTHER_GATEWAY)
                .anyMatch(gateway -> rows.hasFree(gateway.value(), CACHE, booked(window)));
    }

    private static void isFullUntilTheHoldsEnd(Refusal refusal) {
        assertThat(refusal.code()).isEqualTo(ErrorCode.NO_CAPACITY);
        assertThat(refusal.resource()).isEqualTo("cache space");
        assertThat(refusal.holdsOnlyUntil()).isNotNull();
        // At once as long as the other gateway had room.
        assertThat(refusal.earliestStart())
                .isIn(WINDOW.start(), WINDOW.end().plus(TURN_ROUND).plus(LEAD));
    }

    private static String insert(long bytes, String from, String to) {
        return "insert into booking (allocation, pool, amounts, starts_at, ends_at) values ('" + allocation() + "', '"
                + GATEWAY + "', '{\"bytes\": " + bytes + "}', '" + from + " UTC', '" + to + " UTC')";
    }
}
