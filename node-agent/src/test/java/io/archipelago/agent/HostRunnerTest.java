package io.archipelago.agent;

import static io.archipelago.agent.SiteFixture.COMPUTE;
import static io.archipelago.agent.SiteFixture.segment;
import static io.archipelago.agent.SiteFixture.segmentKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.Drivers;
import io.archipelago.agent.drivers.Observed;
import io.archipelago.agent.host.HostAgent;
import io.archipelago.agent.host.HostSettings;
import io.archipelago.agent.host.Report;
import io.archipelago.agent.host.SpecCopy;
import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.HostRole;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A runner with real threads, whose host hangs when it is told to. */
class HostRunnerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration BEAT = Duration.ofMillis(20);
    private static final Duration RARELY = Duration.ofHours(1);

    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(3);
    private final HangingSegments segments = new HangingSegments();
    private final Said said = new Said();
    private HostRunner runner;

    @BeforeEach
    void start() {
        runner = runner(segments, said);
        runner.caughtUp();
        await().atMost(PATIENCE).until(() -> said.heartbeats() > 0);
    }

    private HostRunner runner(HangingSegments segments, Said said) {
        HostSettings usual = HostSettings.DEFAULT;
        HostSettings settings = new HostSettings(
                BEAT,
                RARELY,
                RARELY,
                RARELY,
                usual.waitFirst(),
                usual.waitMost(),
                usual.retryFirst(),
                usual.retryMost());
        Inventory inventory = new Inventory(
                "m", Set.of(HostRole.COMPUTE), 1, 1, Map.of(), "", 0, "", Map.of(), "", Map.of(), Map.of(), List.of());
        HostAgent agent = new HostAgent(
                COMPUTE,
                1,
                settings,
                new Drivers(List.of(segments)),
                () -> inventory,
                SpecCopy.EMPTY,
                copy -> {},
                new SplittableRandom(1));
        return new HostRunner(agent, said, Clock.systemUTC(), threads);
    }

    @AfterEach
    void stop() {
        segments.hang.countDown();
        threads.shutdownNow();
    }

    @Test
    void aHostThatHangsGoesOnSayingThatItLivesAndHearsWithoutHoldingUpWhoTells() {
        // Given
        segments.hang = new CountDownLatch(1);
        runner.look();
        await().atMost(PATIENCE).until(() -> segments.hanging);

        // When
        int before = said.heartbeats();
        for (int i = 0; i < 50; i++) {
            runner.hear(segmentKey(), wanted());
            runner.heard();
        }

        // Then
        await().atMost(PATIENCE).until(() -> said.heartbeats() >= before + 5);
        assertThat(said.phases(segmentKey())).isEmpty();

        // When
        segments.hang.countDown();

        // Then
        await().atMost(PATIENCE).until(() -> said.phases(segmentKey()).contains(Phase.READY));
        assertThat(said.counters("host/" + COMPUTE)).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aHostWhoseFirstLookHangsSaysThatItLivesAllTheSame() {
        // Given
        HangingSegments hanging = new HangingSegments();
        hanging.hang = new CountDownLatch(1);
        Said there = new Said();
        HostRunner starting = runner(hanging, there);

        // When
        starting.caughtUp();
        await().atMost(PATIENCE).until(() -> hanging.hanging);

        // Then
        await().atMost(PATIENCE).until(() -> there.heartbeats() > 1);
        hanging.hang.countDown();
    }

    @Test
    void aDriverThatNoticesAChangeHasTheHostLookedAtAtOnce() {
        // Given
        int before = segments.looks.get();

        // When
        runner.look();

        // Then
        await().atMost(PATIENCE).until(() -> segments.looks.get() > before);
    }

    @Test
    void aHaltedAgentDoesAndSaysNothingUntilItGoesOn() {
        // Given
        runner.halt();
        int before = said.heartbeats();

        // When
        runner.hear(segmentKey(), wanted());
        runner.heard();

        // Then
        await().during(BEAT.multipliedBy(5)).atMost(PATIENCE).until(() -> said.heartbeats() == before);
        assertThat(segments.there).isEmpty();

        // When
        runner.goOn();

        // Then
        await().atMost(PATIENCE).until(() -> said.heartbeats() > before && segments.there.contains(segmentKey()));
    }

    @Test
    void aHostWhoseLooksAllFailSaysSoUntilOneDoesNot() {
        // Given
        segments.bug = true;

        // When
        runner.look();

        // Then
        String problem = "a look at the host ended in a fault of the agent, its log says where: "
                + "java.lang.IllegalStateException: a bug";
        await().atMost(PATIENCE).until(() -> said.problems().equals(List.of(problem)));

        // When
        segments.bug = false;
        runner.look();

        // Then
        await().atMost(PATIENCE).until(() -> said.problems().isEmpty());
    }

    @Test
    void anAgentThatIsStoppedSaysNothingOfWhatWasCutOff() {
        // Given
        segments.there.add(segmentKey());
        segments.hang = new CountDownLatch(1);
        runner.look();
        await().atMost(PATIENCE).until(() -> segments.hanging);

        // When
        threads.shutdownNow();

        // Then
        await().atMost(PATIENCE).until(threads::isTerminated);
        assertThat(segments.hanging).isFalse();
        assertThat(said.phases(segmentKey())).isEmpty();
    }

    private static Envelope wanted() {
        return new Envelope(
                UUID.randomUUID(),
                "/tokyo/network",
                segmentKey().toString(),
                Instant.now(),
                "cause",
                null,
                new DesiredResource(segmentKey(), 1, false, null, segment(100)));
    }

    /** What was published. */
    private static final class Said implements HostRunner.Outlet {

        private final List<Report.Said> all = new CopyOnWriteArrayList<>();

        @Override
        public void stepped() {}

        @Override
        public void publish(Report report, String correlationId, Runnable onLoss) {
            if (report instanceof Report.Said each) {
                all.add(each);
            }
        }

        int heartbeats() {
            return (int) all.stream()
                    .filter(each -> each.message() instanceof HostHeartbeat)
                    .count();
        }

        /** Of the last heartbeat. */
        List<String> problems() {
            return all.stream()
                    .filter(each -> each.message() instanceof HostHeartbeat)
                    .map(each -> ((HostHeartbeat) each.message()).inventory().problems())
                    .reduce(List.of(), (before, last) -> last);
        }

        List<Phase> phases(ResourceKey key) {
            return all.stream()
                    .filter(each -> each.key().equals(key.toString()))
                    .map(each -> ((ResourceObserved) each.message()).phase())
                    .toList();
        }

        List<Long> counters(String key) {
            return all.stream()
                    .filter(each -> each.key().equals(key))
                    .map(each -> each.message().counter())
                    .toList();
        }
    }

    /** Segments that can be looked at only when nothing hangs. */
    private static final class HangingSegments implements Driver<SegmentSpec> {

        private final Set<ResourceKey> there = new ConcurrentSkipListSet<>();
        private final AtomicInteger looks = new AtomicInteger();
        private volatile CountDownLatch hang = new CountDownLatch(0);
        private volatile boolean hanging;
        private volatile boolean bug;

        @Override
        public ResourceKind kind() {
            return ResourceKind.SEGMENT;
        }

        @Override
        public Class<SegmentSpec> specType() {
            return SegmentSpec.class;
        }

        @Override
        public Map<ResourceKey, Observed> observe(Map<ResourceKey, SegmentSpec> wanted, Instant now) {
            looks.incrementAndGet();
            if (bug) {
                throw new IllegalStateException("a bug");
            }
            try {
                hanging = hang.getCount() > 0;
                hang.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            hanging = false;
            Map<ResourceKey, Observed> seen = new HashMap<>();
            there.forEach(key -> seen.put(key, new Observed(Observed.Condition.READY, "", Map.of(), Set.of())));
            return seen;
        }

        @Override
        public void apply(ResourceKey key, SegmentSpec spec, Instant now) {
            there.add(key);
        }

        @Override
        public void remove(ResourceKey key, Instant now) {
            there.remove(key);
        }
    }
}
