package io.archipelago.storage.app;

import static io.archipelago.testkit.Commands.again;
import static io.archipelago.testkit.Commands.confirm;
import static io.archipelago.testkit.Commands.release;
import static io.archipelago.testkit.ParticipantFixture.LEAD;
import static io.archipelago.testkit.ParticipantFixture.OTHER_STORAGE;
import static io.archipelago.testkit.ParticipantFixture.STORAGE;
import static io.archipelago.testkit.ParticipantFixture.TURN_ROUND;
import static io.archipelago.testkit.ParticipantFixture.allocation;
import static io.archipelago.testkit.ParticipantFixture.booked;
import static io.archipelago.testkit.ParticipantFixture.chosen;
import static io.archipelago.testkit.ParticipantFixture.minutes;
import static io.archipelago.testkit.ParticipantFixture.refusals;
import static io.archipelago.testkit.ParticipantFixture.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
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
import io.smallrye.mutiny.Uni;
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

/** Many clusters want the last bytes of a site's volume groups. */
@QuarkusTest
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = @ResourceArg(name = "compacted", value = ParticipantFixture.HOST_TOPICS))
class StorageIT {

    private static final TimeWindow WINDOW = minutes(0, 60);
    private static final String POOL = STORAGE + "/vg0";
    private static final String OTHER_POOL = OTHER_STORAGE + "/vg0";

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
    void aSiteWithTwoPoolsOfTenBytes() {
        site = new ParticipantFixture(
                Participant.STORAGE,
                database,
                broker,
                command -> unitOfWork.inTransaction(tx -> parts.onCommand(tx, command)),
                message -> unitOfWork.inTransaction(tx -> switch (message) {
                    case ResourceObserved observed -> observations.onObserved(tx, observed);
                    case HostHeartbeat heartbeat -> hosts.onHeartbeat(tx, heartbeat);
                }));
        site.compute(ParticipantFixture.COMPUTE);
        site.storage(STORAGE, 10);
        site.storage(OTHER_STORAGE, 10);
        retriesBefore = retries();
    }

    @AfterEach
    void leave() {
        site.close();
    }

    @Test
    void ofManyClustersExactlyAsManyGetSpaceAsFit() {
        List<AllocationEvent> answers = site.race(holds(48, 3, WINDOW));

        assertThat(chosen(answers)).hasSize(3 + 3);
        assertThat(refusals(answers)).hasSize(42).allSatisfy(StorageIT::isFullUntilTheHoldsEnd);
        assertThat(site.rows().of(POOL)).hasSize(3);
        assertThat(site.rows().of(OTHER_POOL)).hasSize(3);
        assertThat(site.rows().overbooked()).isEmpty();
        assertThat(retries()).as("the lock decides, no constraint has to").isEqualTo(retriesBefore);
    }

    @Test
    void theLastByteIsGivenOnce() {
        List<AllocationEvent> answers = site.race(holds(48, 1, WINDOW));

        assertThat(chosen(answers)).hasSize(20);
        assertThat(site.rows().hasFree(POOL, 1, booked(WINDOW))).isFalse();
        assertThat(site.rows().overbooked()).isEmpty();
    }

    @Test
    void whatNoPoolCouldEverTakeIsRefusedWithoutATime() {
        List<AllocationEvent> answers = site.race(List.of(hold(10, WINDOW), hold(11, WINDOW)));

        assertThat(answers.getFirst()).isInstanceOf(AllocationHeld.class);
        assertThat(refusals(answers)).singleElement().satisfies(refusal -> {
            assertThat(refusal.earliestStart()).isNull();
            assertThat(refusal.holdsOnlyUntil()).isNull();
        });
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
                Instant first = BookedRows.firstMinute(refused.spec().window(), window -> fits(rows, refused, window));
                assertThat(now.earliestStart()).as("seed's hold " + i).isEqualTo(first);
            }
        }
        assertThat(refusals(answers)).isNotEmpty();
    }

    @Test
    void windowsOfTheSameBytesMayTouchButNotOverlap() {
        site.storage(OTHER_STORAGE, 1);
        int gap = (int) LEAD.plus(TURN_ROUND).toMinutes();

        List<AllocationEvent> answers = site.race(List.of(hold(10, minutes(0, 60)), hold(10, minutes(60 + gap, 120))));

        assertThat(chosen(answers)).hasSize(2);
        assertThat(site.answer(hold(10, minutes(120 + gap - 1, 180)))).isInstanceOf(AllocationRefused.class);
        assertThat(site.answer(hold(10, minutes(120 + gap, 180)))).isInstanceOf(AllocationHeld.class);
        assertThat(site.rows().overbooked()).isEmpty();
    }

    @Test
    void theDatabaseRefusesMoreThanThereIsAtAnyInstant() {
        site.sql(insert(6, "2030-01-10", "2030-01-11"));

        assertThat(site.refusal(insert(5, "2030-01-10", "2030-01-11")))
                .contains("more than there is of bytes in pool " + POOL);
        assertThat(site.refusal(insert(5, "2030-01-09", "2030-01-12")))
                .as("around it")
                .contains("more than there is");
        assertThat(site.refusal(insert(5, "2030-01-10 12:00", "2030-01-12")))
                .as("from within it")
                .contains("more than there is");
        assertThat(site.refusal(insert(5, "2030-01-09", "2030-01-10")))
                .as("before it")
                .isEmpty();
        assertThat(site.refusal(insert(5, "2030-01-11", "2030-01-12")))
                .as("after it")
                .isEmpty();
        assertThat(site.refusal(insert(4, "2030-01-09", "2030-01-12")))
                .as("beside it")
                .isEmpty();
        assertThat(site.rows().overbooked()).isEmpty();
    }

    @Test
    void theDatabaseRefusesTheSecondOfTwoThatDoNotSeeEachOther() {
        Uni<Void> second = unitOfWork.inTransaction(tx -> tx.session()
                .createNativeQuery(insert(6, "2030-01-10", "2030-01-12"))
                .executeUpdate()
                .replaceWithVoid());

        assertThatThrownBy(() -> site.meanwhile(second, insert(6, "2030-01-11", "2030-01-13"), () -> {}))
                .hasStackTraceContaining("more than there is of bytes in pool " + POOL);
        assertThat(site.rows().rows()).hasSize(1);
    }

    @Test
    void whatRanOutIsTakenByOthersAndNeverComesBack() {
        List<HoldAllocation> late = holds(6, 3, WINDOW);
        List<Facts.Chosen> lost = chosen(site.race(late));
        site.sql("update booking set held_until = now() - interval '1 second'");
        List<AllocationCommand> racing = new ArrayList<>();
        for (int i = 0; i < late.size(); i++) {
            racing.add(confirm(late.get(i), lost.get(i)));
            racing.addAll(holds(3, 3, WINDOW));
        }

        List<AllocationEvent> answers = site.race(racing);

        assertThat(chosen(answers)).hasSize(6);
        assertThat(refusals(answers).stream().filter(r -> r.code() == ErrorCode.HOLD_EXPIRED))
                .hasSize(6);
        assertThat(answers).noneMatch(AllocationConfirmed.class::isInstance);
        assertThat(site.rows().overbooked()).isEmpty();
        assertThat(site.rows().rows())
                .hasSize(6)
                .extracting(Row::allocation)
                .doesNotContainAnyElementsOf(
                        late.stream().map(h -> h.allocation().toString()).toList());
    }

    @Test
    void spaceThatIsNotSeenGoneStaysBookedPastItsEnd() {
        site.storage(OTHER_STORAGE, 1);
        Instant now = Instant.now();
        TimeWindow past = new TimeWindow(now.minus(Duration.ofHours(3)), now.minus(Duration.ofHours(1)));
        AllocationCommand old = site.lease(hold(10, past));
        AllocationEvent releasing = site.answer(release(old));
        HoldAllocation next = hold(10, WINDOW);

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
            series.add(site.randomSeries(hold, new Facts.Pool(STORAGE, "vg0", "10.254.1.1:3260"), 12, random));
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
            site.storage(STORAGE, 10);
            site.storage(OTHER_STORAGE, 10);
        }
    }

    private double retries() {
        return registry.counter("bus.transaction.retries").count();
    }

    private HoldAllocation hold(long bytes, TimeWindow window) {
        return site.hold(spec(window, bytes), Facts.OfSite.unknown());
    }

    private List<HoldAllocation> holds(int count, long bytes, TimeWindow window) {
        return Stream.generate(() -> hold(bytes, window)).limit(count).toList();
    }

    private List<HoldAllocation> randomHolds(Random random, int count) {
        return Stream.generate(() -> {
                    int start = random.nextInt(240);
                    return hold(1 + random.nextInt(6), minutes(start, start + 10 + random.nextInt(50)));
                })
                .limit(count)
                .toList();
    }

    private static boolean fits(BookedRows rows, HoldAllocation hold, TimeWindow window) {
        long bytes = hold.spec().diskBytes();
        return rows.hasFree(POOL, bytes, booked(window)) || rows.hasFree(OTHER_POOL, bytes, booked(window));
    }

    private static void isFullUntilTheHoldsEnd(Refusal refusal) {
        assertThat(refusal.code()).isEqualTo(ErrorCode.NO_CAPACITY);
        assertThat(refusal.resource()).isEqualTo("volume space");
        assertThat(refusal.detail()).contains("of 3 bytes of volumes at most 1 fit");
        assertThat(refusal.holdsOnlyUntil()).isNotNull();
        assertThat(refusal.earliestStart())
                .isEqualTo(WINDOW.end().plus(TURN_ROUND).plus(LEAD));
    }

    private static String insert(long bytes, String from, String to) {
        return "insert into booking (allocation, pool, amounts, starts_at, ends_at) values ('" + allocation() + "', '"
                + POOL + "', '{\"bytes\": " + bytes + "}', '" + from + " UTC', '" + to + " UTC')";
    }
}
