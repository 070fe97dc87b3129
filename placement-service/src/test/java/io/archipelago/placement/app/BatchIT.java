package io.archipelago.placement.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.Tx;
import io.archipelago.bus.UnitOfWork;
import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationCommand;
import io.archipelago.contracts.allocation.AllocationCommand.ConfirmAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.DeployAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.ReleaseAllocation;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.participant.ParticipantMetrics;
import io.archipelago.participant.app.HostService;
import io.archipelago.participant.app.ParticipantService;
import io.archipelago.participant.persistence.PartStore;
import io.archipelago.testkit.EmbeddedInfrastructure;
import io.archipelago.testkit.Seed;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;

/** Commands that come together have the effect of the same commands one by one. */
@QuarkusTest
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = @ResourceArg(name = "compacted", value = "host.tokyo-c01.desired.v1,host.tokyo-c01.observed.v1"))
class BatchIT {

    private static final Facts.OfSite FACTS = Facts.OfSite.unknown().with(new Facts.Hosts(Map.of(1, OneHost.HOST)));
    private static final Facts.OfCluster CLUSTER = new Facts.OfCluster(List.of(), 1400);

    private static final int CPUS = 8;
    private static final int ALLOCATIONS = 6;
    private static final int COMMANDS = 60;
    private static final int LARGEST_BATCH = 12;
    private static final Duration SOON = Duration.ofSeconds(60);

    private static final String ROWS = """
            select 'part ' || allocation || ' ' || state || ' ' || sequence || ' ' || coalesce((body -> 'refusal') - 'holdsOnlyUntil', '{}')
            from part
            union all
            select 'booking ' || allocation || ' ' || pool || ' ' || amounts || ' ' || during || ' ' || (held_until is null)
            from booking
            union all
            select 'resource ' || host || ' ' || key || ' ' || generation || ' ' || absent || ' ' || forgotten
            from resource
            order by 1
            """;

    /** What an operator may do to rows, and what a participant that starts again may find. */
    private static final List<String> BY_HAND = List.of(
            "delete from booking where id = (select min(id) from booking)",
            "update booking set amounts = '{\"cpus\": 1}' where id = (select max(id) from booking)",
            "update booking set held_until = now() - interval '1 second' where held_until is not null",
            "update booking set starts_at = '2020-01-01', ends_at = '2020-01-02' where id = (select min(id) from booking where held_until is null)",
            "update pool set capacity = jsonb_set(capacity, '{cpus}', '6')");

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    PartStore store;

    @Inject
    MeterRegistry registry;

    @Inject
    ParticipantService parts;

    @Inject
    HostService hosts;

    @RepeatedTest(8)
    void togetherAsOneByOne() {
        // Given
        Random chance = Seed.random();
        List<AllocationCommand> commands = commands(chance);
        List<List<AllocationCommand>> batches = new ArrayList<>();
        for (int from = 0; from < commands.size(); ) {
            int to = Math.min(commands.size(), from + 1 + chance.nextInt(LARGEST_BATCH));
            batches.add(commands.subList(from, to));
            from = to;
        }

        // When
        List<String> oneByOne = rowsAfter(commands.stream().map(List::of).toList());
        List<String> together = rowsAfter(batches);

        // Then
        assertThat(together).isEqualTo(oneByOne);
        assertThat(String.join("\n", oneByOne)).contains("part ");
    }

    @RepeatedTest(4)
    void whatIsKeptInMemoryIsWhatTheRowsSay() {
        // Given
        Random chance = Seed.random();
        run(unitOfWork.inTransaction(this::oneHostAndNothingElse));
        double before = reads();
        List<AllocationCommand> commands = commands(chance);
        int byHand = 0;

        for (int i = 0; i < COMMANDS; ) {
            // When
            List<AllocationCommand> batch =
                    commands.subList(i, Math.min(COMMANDS, i + 1 + chance.nextInt(LARGEST_BATCH)));
            take(batch);
            i += batch.size();
            if (chance.nextInt(4) == 0) {
                byHand++;
                String change = BY_HAND.get(chance.nextInt(BY_HAND.size()));
                run(unitOfWork.inTransaction(
                        tx -> tx.session().createNativeQuery(change).executeUpdate()));
            }

            // Then
            for (int hour = 0; hour < 6; hour++) {
                TimeWindow window = OneHost.window(hour, hour + 1);
                assertThat(free(tx -> store.free(tx, Set.of()), window))
                        .as("%d commands, %d changes by hand, hour %d".formatted(i, byHand, hour))
                        .isEqualTo(free(store::calendar, window));
            }
        }
        assertThat(reads() - before).as("how often all rows were read").isBetween(1.0, byHand + 1.0);
    }

    private Amounts free(Function<Tx, Uni<Calendar>> look, TimeWindow window) {
        Calendar calendar = run(unitOfWork.inTransaction(look));
        return calendar.free(calendar.pools().iterator().next(), window);
    }

    private double reads() {
        return registry.get(ParticipantMetrics.CALENDAR_READS).counter().count();
    }

    @AfterEach
    void leavesNothing() {
        run(unitOfWork.inTransaction(BatchIT::nothing));
    }

    private List<String> rowsAfter(List<List<AllocationCommand>> batches) {
        run(unitOfWork.inTransaction(this::oneHostAndNothingElse));
        batches.forEach(this::take);
        return run(unitOfWork.inTransaction(
                tx -> tx.session().<String>createNativeQuery(ROWS).getResultList()));
    }

    private void take(List<AllocationCommand> batch) {
        run(unitOfWork.inTransaction(tx -> parts.prepare(tx, batch)
                .chain(() -> Multi.createFrom()
                        .iterable(batch)
                        .onItem()
                        .transformToUniAndConcatenate(command -> parts.onCommand(tx, command))
                        .collect()
                        .asList())));
    }

    private Uni<Void> oneHostAndNothingElse(Tx tx) {
        return nothing(tx).chain(() -> hosts.onHeartbeat(tx, OneHost.heartbeat(CPUS)));
    }

    private static Uni<Void> nothing(Tx tx) {
        return Multi.createFrom()
                .items(
                        "delete from booking",
                        "delete from part",
                        "delete from resource",
                        "delete from pool",
                        "delete from host")
                .onItem()
                .transformToUniAndConcatenate(
                        statement -> tx.session().createNativeQuery(statement).executeUpdate())
                .collect()
                .asList()
                .replaceWithVoid();
    }

    /** Some follow the protocol, some are late, repeated or out of place; there is not room for all. */
    private static List<AllocationCommand> commands(Random chance) {
        List<AllocationId> ids = new ArrayList<>();
        int[] sequences = new int[ALLOCATIONS];
        int[] steps = new int[ALLOCATIONS];
        for (int i = 0; i < ALLOCATIONS; i++) {
            ids.add(new AllocationId(new ReservationId(new UUID(i + 1, chance.nextLong())), OneHost.TOKYO));
        }
        List<AllocationCommand> commands = new ArrayList<>();
        while (commands.size() < COMMANDS) {
            int which = chance.nextInt(ALLOCATIONS);
            int next = sequences[which] + (chance.nextInt(8) == 0 ? 0 : 1);
            int sequence = chance.nextInt(12) == 0 ? Math.max(1, next - 2) : Math.max(1, next);
            sequences[which] = Math.max(sequences[which], sequence);
            AllocationId id = ids.get(which);
            int step = chance.nextInt(3) == 0 ? chance.nextInt(4) : steps[which]++ % 4;
            commands.add(
                    switch (step) {
                        case 0 -> hold(id, sequence, 1 + chance.nextInt(CPUS / 2), chance.nextInt(4));
                        case 1 -> new ConfirmAllocation(id, sequence, FACTS, CLUSTER);
                        case 2 ->
                            new DeployAllocation(id, sequence, hold(id, 1, 1, 0).spec(), FACTS, CLUSTER);
                        default -> new ReleaseAllocation(id, sequence);
                    });
        }
        return commands;
    }

    private static HoldAllocation hold(AllocationId id, int sequence, int cpus, int hour) {
        return OneHost.hold(id, sequence, cpus, OneHost.window(hour, hour + 2));
    }

    private static <T> T run(Uni<T> work) {
        return work.await().atMost(SOON);
    }
}
