package io.archipelago.testkit;

import static io.archipelago.testkit.Commands.again;
import static io.archipelago.testkit.Commands.confirm;
import static io.archipelago.testkit.Commands.deploy;
import static io.archipelago.testkit.Commands.release;
import static org.awaitility.Awaitility.await;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.allocation.AllocationCommand;
import io.archipelago.contracts.allocation.AllocationCommand.ConfirmAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.DeployAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.host.HostMessage;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One participant of the site tokyo as its reservation-service, its hosts and its database see it: commands and observations in, answers
 * out, rows. The participant itself is the production code over its real database and broker.
 */
public final class ParticipantFixture implements AutoCloseable {

    public static final SiteId TOKYO = new SiteId("tokyo");
    public static final SiteId OSAKA = new SiteId("osaka");
    public static final HostId COMPUTE = new HostId("tokyo-c01");
    public static final HostId OTHER_COMPUTE = new HostId("tokyo-c02");
    public static final HostId GATEWAY = new HostId("tokyo-g1");
    public static final HostId OTHER_GATEWAY = new HostId("tokyo-g2");
    public static final HostId STORAGE = new HostId("tokyo-s1");
    public static final HostId OTHER_STORAGE = new HostId("tokyo-s2");

    /** Topics that the agents of these hosts would have made. */
    public static final String HOST_TOPICS =
            "host.tokyo-c01.desired.v1,host.tokyo-c02.desired.v1,host.tokyo-c03.desired.v1,host.tokyo-c04.desired.v1,"
                    + "host.tokyo-c05.desired.v1,host.tokyo-g1.desired.v1,host.tokyo-g2.desired.v1,"
                    + "host.tokyo-s1.desired.v1,host.tokyo-s2.desired.v1,"
                    + "host.tokyo-s01.desired.v1,host.tokyo-c01.observed.v1,host.tokyo-s01.observed.v1";

    /** What a participant books before and after every window, by its defaults. */
    public static final Duration LEAD = Duration.ofMinutes(2);

    public static final Duration TURN_ROUND = Duration.ofMinutes(2);

    private static final Instant NEW_YEAR = Instant.parse("2030-01-01T00:00:00Z");
    private static final Duration HOLD_FOR = Duration.ofMinutes(5);
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int AT_ONCE = 32;
    private static final String WAITING = """
            select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
            """;

    private static final AtomicLong COUNTER = new AtomicLong();

    private final Participant participant;
    private final DataSource database;
    private final Function<AllocationCommand, Uni<Void>> commands;
    private final Function<HostMessage, Uni<Void>> observations;
    private final Answers answers;

    /**
     * @param commands how the participant takes a command, in a transaction of its own
     * @param observations how it takes what an agent says
     */
    public ParticipantFixture(
            Participant participant,
            DataSource database,
            String bootstrapServers,
            Function<AllocationCommand, Uni<Void>> commands,
            Function<HostMessage, Uni<Void>> observations) {
        this.participant = participant;
        this.database = database;
        this.commands = commands;
        this.observations = observations;
        this.answers = new Answers(bootstrapServers, Topics.events(participant.service()));
        sql(
                "delete from booking",
                "delete from part",
                "delete from resource",
                "delete from host",
                "delete from pool where id like 'tokyo-%'");
    }

    public static AllocationId allocation() {
        return new AllocationId(new ReservationId(UUID.randomUUID()), TOKYO);
    }

    /** A window in minutes of some day in the future. */
    public static TimeWindow minutes(int from, int to) {
        return new TimeWindow(NEW_YEAR.plus(Duration.ofMinutes(from)), NEW_YEAR.plus(Duration.ofMinutes(to)));
    }

    /** What is booked for a window. */
    public static TimeWindow booked(TimeWindow window) {
        return window.widened(LEAD, TURN_ROUND);
    }

    /** One machine of a cluster whose master is the other site. */
    public static AllocationSpec spec(TimeWindow window, long diskBytes) {
        return spec(OSAKA, window, diskBytes);
    }

    public static AllocationSpec spec(SiteId master, TimeWindow window, long diskBytes) {
        return spec(master, window, List.of(new MachineGroup(MachineRole.COMPUTE, 1, 1, 1, 1, diskBytes, 1)));
    }

    public static AllocationSpec spec(SiteId master, TimeWindow window, List<MachineGroup> groups) {
        return spec(master, window, groups, null);
    }

    /** @param bandwidth of each link, in bits per second; null: nothing is asked for */
    public static AllocationSpec spec(
            SiteId master, TimeWindow window, List<MachineGroup> groups, @Nullable Long bandwidth) {
        return new AllocationSpec(
                new TenantId("astro"),
                "race",
                1,
                master,
                List.of(OSAKA),
                window,
                groups,
                ClusterAddressing.DEFAULT_NETWORK,
                new AllocationSpec.Software("debian-12", List.of()),
                bandwidth);
    }

    /** The first command for an allocation. */
    public HoldAllocation hold(AllocationSpec spec, Facts.OfSite facts) {
        return hold(allocation(), 1, spec, facts);
    }

    public HoldAllocation hold(AllocationId id, long sequence, AllocationSpec spec, Facts.OfSite facts) {
        return new HoldAllocation(id, sequence, Set.of(participant), spec, facts, HOLD_FOR);
    }

    /** So many commands for one allocation, by chance to hold, confirm, release, or what was said before. */
    public List<AllocationCommand> randomSeries(HoldAllocation first, Facts.Chosen chosen, int length, Random random) {
        List<AllocationCommand> series = new ArrayList<>(List.of(first));
        while (series.size() < length) {
            AllocationCommand last = series.getLast();
            HoldAllocation hold = hold(last.allocation(), last.sequence(), first.spec(), first.facts());
            series.add(
                    switch (random.nextInt(6)) {
                        case 0, 1, 2 -> again(hold);
                        case 3 -> confirm(hold, chosen);
                        case 4 -> release(last);
                        default -> last;
                    });
        }
        return series;
    }

    /** Sends commands side by side and returns the answers in the order of the commands. */
    public List<AllocationEvent> race(List<? extends AllocationCommand> racing) {
        return series(racing.stream().map(List::of).toList()).stream()
                .flatMap(List::stream)
                .toList();
    }

    /** Sends several series side by side, each command after the one before it was taken, and returns the answers. */
    public List<List<AllocationEvent>> series(List<? extends List<? extends AllocationCommand>> series) {
        List<Uni<Void>> racing = new ArrayList<>();
        for (List<? extends AllocationCommand> one : series) {
            racing.add(Multi.createFrom()
                    .iterable(one)
                    .onItem()
                    .transformToUniAndConcatenate(commands::apply)
                    .collect()
                    .asList()
                    .replaceWithVoid());
        }
        run(Uni.join().all(racing).usingConcurrencyOf(AT_ONCE).andFailFast());
        return series.stream()
                .map(one -> one.stream().map(answers::to).toList())
                .toList();
    }

    /** Sends one command and waits for its answer. */
    public AllocationEvent answer(AllocationCommand command) {
        run(commands.apply(command));
        return answers.to(command);
    }

    /** How the participant takes a command, once it is subscribed to. */
    public Uni<Void> taking(AllocationCommand command) {
        return commands.apply(command);
    }

    /**
     * Lets work begin, and something else happen while it waits for a transaction that has carried out a statement and ends after that.
     * Returns when the work is done; its failure is passed on.
     */
    public void meanwhile(Uni<Void> work, String statement, Runnable happening) {
        CompletableFuture<Void> done;
        try (Connection connection = database.getConnection();
                Statement first = connection.createStatement()) {
            connection.setAutoCommit(false);
            first.execute(statement);
            done = work.subscribeAsCompletionStage();
            await().atMost(PATIENCE).until(() -> done.isDone() || waiting() > 0);
            happening.run();
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        done.join();
    }

    /** Brings a hold to a lease whose resources are all there; returns the last command. */
    public DeployAllocation lease(HoldAllocation hold) {
        if (!(answer(hold) instanceof AllocationHeld held)) {
            throw new AssertionError("no hold on " + hold.spec().window());
        }
        ConfirmAllocation confirm = confirm(hold, held.chosen());
        answer(confirm);
        DeployAllocation deploy = deploy(hold, confirm);
        answer(deploy);
        seeAll(deploy.allocation(), Phase.READY);
        return deploy;
    }

    /** Lets every host see every resource of an allocation so, until no host is told anything new. */
    public void seeAll(AllocationId allocation, Phase phase) {
        List<ResourceObserved> unseen = unseen(allocation, phase);
        while (!unseen.isEmpty()) {
            unseen.forEach(observed -> run(observations.apply(observed)));
            unseen = unseen(allocation, phase);
        }
    }

    private List<ResourceObserved> unseen(AllocationId allocation, Phase phase) {
        String wanted = "select host, key, generation from resource where allocation = '" + allocation
                + "' and phase <> '" + phase + "' and absent = " + (phase == Phase.ABSENT) + " order by host, key";
        List<ResourceObserved> unseen = new ArrayList<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(wanted)) {
            while (result.next()) {
                unseen.add(new ResourceObserved(
                        new HostId(result.getString("host")),
                        1,
                        COUNTER.incrementAndGet(),
                        ResourceKey.parse(result.getString("key")),
                        result.getLong("generation"),
                        phase,
                        "",
                        Map.of(),
                        Heartbeats.MACHINE));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return unseen;
    }

    /** A gateway says that it is there. */
    public void gateway(HostId host, long cacheBytes) {
        run(observations.apply(Heartbeats.gateway(host, cacheBytes)));
    }

    /** A storage host says that it is there, with one volume group {@code vg0}. */
    public void storage(HostId host, long bytes) {
        run(observations.apply(Heartbeats.storage(host, bytes)));
    }

    /** A compute host says that it is there. */
    public void compute(HostId host) {
        run(observations.apply(Heartbeats.compute(host)));
    }

    /** The same, and by which key it reads secrets. */
    public void compute(HostId host, String sealingKey) {
        run(observations.apply(Heartbeats.compute(host, sealingKey)));
    }

    /** The same, and how much it has. */
    public void compute(HostId host, int cpus, long memoryBytes) {
        run(observations.apply(Heartbeats.compute(host, cpus, memoryBytes)));
    }

    /** The refusals among some answers. */
    public static List<Refusal> refusals(List<AllocationEvent> answers) {
        return answers.stream()
                .filter(AllocationRefused.class::isInstance)
                .map(refused -> ((AllocationRefused) refused).refusal())
                .toList();
    }

    /** What was chosen by those among some answers that hold. */
    public static List<Facts.Chosen> chosen(List<AllocationEvent> answers) {
        return answers.stream()
                .filter(AllocationHeld.class::isInstance)
                .map(held -> ((AllocationHeld) held).chosen())
                .toList();
    }

    /** What is booked now. */
    public BookedRows rows() {
        return BookedRows.read(database);
    }

    /** Looks at the rows all the time while something happens; returns what was overbooked at any such moment. */
    public List<String> overbookedWhile(Runnable happening) {
        CompletableFuture<Void> done = CompletableFuture.runAsync(happening);
        List<String> overbooked = new ArrayList<>();
        while (!done.isDone()) {
            overbooked.addAll(rows().overbooked());
        }
        done.join();
        overbooked.addAll(rows().overbooked());
        return overbooked;
    }

    /** How many deadlocks this database has had to end since it was made. */
    public long deadlocks() {
        return number("select deadlocks from pg_stat_database where datname = current_database()");
    }

    /** How many transactions wait for a lock. */
    public long waiting() {
        return number(WAITING);
    }

    public long number(String query) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public void sql(String... statements) {
        for (String text : statements) {
            String refusal = refusal(text);
            if (!refusal.isEmpty()) {
                throw new IllegalStateException(refusal);
            }
        }
    }

    /** What the database says against a statement; empty if it takes it. */
    public String refusal(String text) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(text);
            return "";
        } catch (SQLException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static <T> T run(Uni<T> work) {
        return work.await().atMost(PATIENCE);
    }

    @Override
    public void close() {
        answers.close();
    }
}
