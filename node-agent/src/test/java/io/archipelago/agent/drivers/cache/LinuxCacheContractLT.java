package io.archipelago.agent.drivers.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.EveryDeath;
import io.archipelago.agent.drivers.InEveryRun;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.agent.drivers.segment.LabHost;
import io.archipelago.agent.drivers.segment.LinuxSegmentDriver;
import io.archipelago.agent.drivers.segment.SegmentPaths;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.CacheSpec;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec.Gateway;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec.Station;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Caches of Squid do what all caches do, and what machines find behind them. Runs on a gateway of the laboratory. */
class LinuxCacheContractLT extends CacheContract {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final LabHost LAB = new LabHost();
    private static final Path CACHES = Path.of("/run/archipelago-lt/caches");
    private static final String ORIGIN = "172.16.1.1";
    private static final CacheSpec SPEC = spec(ORIGIN, 64L << 20);
    private static final ResourceKey AT_COMPUTE = ResourceKey.of(ResourceKind.SEGMENT, SiteFixture.allocation(11));

    private final LinuxSegmentDriver segments = LAB.gateway();
    private final LinuxSegmentDriver compute = LAB.compute();
    private LinuxCacheDriver driver = LinuxCacheDriver.of(LAB.programs(), new CacheSettings(CACHES));
    private final ClusterBehindCache cluster = new ClusterBehindCache(LAB, ORIGIN);

    @BeforeAll
    static void begin() throws Exception {
        LAB.begin();
    }

    @AfterEach
    void leaveNothing() throws Exception {
        for (ResourceKey key : driver.observe(Map.of(), now()).keySet()) {
            driver.remove(key, now());
        }
        cluster.unplug();
        LAB.removeAll(compute, segments);
        LAB.requireNothingLeft();
    }

    @AfterAll
    static void end() throws Exception {
        LAB.end();
    }

    @Override
    protected Driver<CacheSpec> driver() {
        return driver;
    }

    @Override
    protected Instant now() {
        return Instant.now();
    }

    @Override
    protected void settle() {
        await().atMost(PATIENCE)
                .until(() -> driver.observe(Map.of(), now()).values().stream()
                        .noneMatch(seen -> seen.condition() == Condition.MAKING));
    }

    /** Of which the files are left. */
    @Override
    protected void cutPower() {
        loseSegment();
        makeSegment();
        driver = LinuxCacheDriver.of(LAB.programs(), new CacheSettings(CACHES));
    }

    @Override
    protected void makeSegment() {
        List<Station> stations = List.of(
                new Station("frontend", "02:00:00:00:01:01", ORIGIN, false),
                new Station("n1", "02:00:00:00:00:01", "172.16.2.1", true));
        Gateway gateway = new Gateway("172.16.31.253/12", false, "172.16.31.254", stations);
        try {
            segments.apply(SiteFixture.segmentKey(), new SegmentSpec(101, 1400, gateway), now());
        } catch (DriverFault e) {
            throw new AssertionError(e);
        }
    }

    @Override
    protected void loseSegment() {
        try {
            segments.remove(SiteFixture.segmentKey(), now());
        } catch (DriverFault e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @InEveryRun
    void theOriginGivesAFileOnceAndSeesEachMachineItself() throws Exception {
        // Given
        Path log = frontend();
        List<String> machines = machines(4);
        make(SPEC);

        // When
        List<CompletableFuture<String>> fetches = machines.stream()
                .map(machine -> CompletableFuture.supplyAsync(() -> cluster.fetch(machine, "http://frontend/package")))
                .toList();
        fetches.forEach(fetch -> assertThat(fetch.join()).isEqualTo("200 1048576"));
        for (String machine : machines) {
            assertThat(LAB.in(machine, "curl --silent --max-time 20 http://" + ORIGIN + "/cgi-bin/who"))
                    .as("what is made for each machine")
                    .contains(ClusterBehindCache.address(machines.indexOf(machine)) + "]");
        }

        // Then
        assertThat(ClusterBehindCache.asked(log, "package")).isOne();
        // The proxy counts what it has served once the machine has closed the connection.
        await().atMost(PATIENCE).untilAsserted(() -> {
            driver = LinuxCacheDriver.of(LAB.programs(), new CacheSettings(CACHES));
            settle();
            assertThat(observe(SPEC).get(CACHE)).satisfies(seen -> {
                assertThat(seen.details()).containsEntry("requests", "8");
                assertThat(Long.parseLong(seen.details().getOrDefault("bytesServed", "0")))
                        .isGreaterThan(4 << 20);
                assertThat(Long.parseLong(seen.details().getOrDefault("bytesFetched", "0")))
                        .isBetween(1L << 20, 2L << 20);
            });
        });
    }

    @Test
    @InEveryRun
    void aClusterThatComesLaterIsGivenNothingThatWasKeptForTheOneBefore() throws Exception {
        // Given
        Path log = frontend();
        String machine = machines(1).getFirst();
        make(SPEC);
        for (int i = 0; i < 2; i++) {
            assertThat(cluster.fetch(machine, "http://frontend/package")).isEqualTo("200 1048576");
        }
        assertThat(ClusterBehindCache.asked(log, "package")).as("of the origin").isOne();

        // When
        await().atMost(PATIENCE).until(() -> {
            driver.remove(CACHE, now());
            return driver.observe(Map.of(), now()).isEmpty();
        });

        // Then
        assertThat(CACHES.resolve(CACHE.id())).doesNotExist();

        // When
        make(SPEC);
        assertThat(cluster.fetch(machine, "http://frontend/package")).isEqualTo("200 1048576");

        // Then
        assertThat(ClusterBehindCache.asked(log, "package")).as("of the origin").isEqualTo(2);
    }

    @Test
    void keepsNoMoreThanItMay() throws Exception {
        // Given
        frontend();
        String machine = machines(1).getFirst();
        CacheSpec small = spec(ORIGIN, 24L << 20);
        make(small);

        // When
        for (int i = 0; i < ClusterBehindCache.LARGE_FILES; i++) {
            assertThat(cluster.fetch(machine, "http://frontend/large-" + i))
                    .isEqualTo("200 " + ClusterBehindCache.LARGE_BYTES);
        }

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(kept()).isBetween((long) ClusterBehindCache.LARGE_BYTES, small.bytes()));
    }

    @Test
    void outlivesThatAgentsAreKilledBetweenAnyTwoCommands() throws Exception {
        // Given
        makeSegment();
        var deaths = new EveryDeath<>(
                LAB.programs(), with -> LinuxCacheDriver.of(with, new CacheSettings(CACHES)), LAB::snapshot);

        // When, then
        deaths.play(CACHE, SPEC);
    }

    @Test
    void machinesReachTheOriginWhileTheProxyIsDead() throws Exception {
        // Given
        frontend();
        String machine = machines(1).getFirst();
        make(SPEC);
        ProcessHandle.of(squid()).orElseThrow().destroyForcibly();
        await().atMost(PATIENCE).until(() -> condition(SPEC) == Condition.BROKEN);

        // When
        try {
            driver.apply(CACHE, SPEC, now());
        } catch (DriverFault fault) {
            assertThat(fault.isWaiting()).as(fault.reason()).isTrue();
        }

        // Then
        assertThat(cluster.fetch(machine, "http://frontend/package"))
                .as("while it starts")
                .isEqualTo("200 1048576");
        settle();
        make(SPEC);
        assertThat(condition(SPEC)).isEqualTo(Condition.READY);
        assertThat(cluster.fetch(machine, "http://frontend/package"))
                .as("through the new one")
                .isEqualTo("200 1048576");
    }

    @Test
    void machinesAreLedThroughItInTheStepThatMakesIt() throws Exception {
        // Given
        makeSegment();

        // When
        String waits = "";
        try {
            driver.apply(CACHE, SPEC, now());
        } catch (DriverFault fault) {
            assertThat(fault.isWaiting()).as(fault.reason()).isTrue();
            waits = fault.reason();
        }

        // Then
        assertThat(waits.isEmpty() ? condition(SPEC).name() : waits).isIn("READY", "its proxy is starting");
    }

    @Test
    void aProxyThatHangsHoldsNobodyUpAndIsStartedAnew() throws Exception {
        // Given
        makeSegment();
        make(SPEC);
        assertThat(condition(SPEC)).isEqualTo(Condition.READY);
        for (ProcessHandle each : squids()) {
            LAB.run("kill -STOP " + each.pid());
        }

        // When
        Instant later = now().plus(LinuxCacheDriver.ASK);
        long began = System.nanoTime();
        driver.observe(Map.of(CACHE, SPEC), later);

        // Then
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(4));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                driver.observe(Map.of(CACHE, SPEC), later).get(CACHE))
                        .satisfies(seen -> assertThat(seen.reason()).contains("does not answer")));
        make(SPEC);
        assertThat(condition(SPEC)).isEqualTo(Condition.READY);
    }

    @Test
    void aRuleThatWasChangedIsPutRight() throws Exception {
        // Given
        frontend();
        String machine = machines(1).getFirst();
        make(SPEC);
        String inside = new SegmentPaths(LAB.programs())
                .gateway(SiteFixture.segmentKey())
                .orElseThrow()
                .namespace();
        LAB.in(inside, "ebtables-legacy -t broute -D BROUTING 1");
        LAB.in(
                inside,
                "ebtables-legacy -t broute -A BROUTING -p IPv4 --ip-proto tcp --ip-dst " + ORIGIN
                        + " --ip-dport 81 -j redirect --redirect-target DROP");
        driver = LinuxCacheDriver.of(LAB.programs(), new CacheSettings(CACHES));
        settle();

        // Then
        assertThat(condition(SPEC)).isEqualTo(Condition.BROKEN);
        make(SPEC);
        assertThat(condition(SPEC)).isEqualTo(Condition.READY);
        assertThat(cluster.fetch(machine, "http://frontend/package")).isEqualTo("200 1048576");
    }

    /** The one that its file names, and the one that it has do the work. */
    private static List<ProcessHandle> squids() {
        return ProcessHandle.allProcesses()
                .filter(each -> each.info()
                        .commandLine()
                        .filter(line -> line.contains(CACHE.id() + "/squid.conf"))
                        .isPresent())
                .toList();
    }

    /** How much it keeps, in bytes. */
    private static long kept() throws DriverFault {
        String told = LAB.run("du --bytes --summarize " + CACHES.resolve(CACHE.id()));
        return Long.parseLong(told.split("\\s", 2)[0]);
    }

    private static long squid() throws IOException {
        Path file = CACHES.resolve(CACHE.id()).resolve("squid.pid");
        return Long.parseLong(Files.readString(file).strip());
    }

    /** The frontend, at the other end of a link of the gateway; its log. */
    private Path frontend() throws DriverFault, IOException {
        makeSegment();
        return cluster.frontend(new SegmentPaths(LAB.programs())
                .gateway(SiteFixture.segmentKey())
                .orElseThrow());
    }

    private List<String> machines(int count) throws DriverFault {
        compute.apply(AT_COMPUTE, new SegmentSpec(101, 1400, null), now());
        return cluster.machines(
                new SegmentPaths(LAB.programs()).bridge(AT_COMPUTE).orElseThrow(), count);
    }
}
