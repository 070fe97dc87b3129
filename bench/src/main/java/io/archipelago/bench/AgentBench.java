package io.archipelago.bench;

import io.archipelago.agent.SimDrivers;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.Drivers;
import io.archipelago.agent.host.HostAgent;
import io.archipelago.agent.host.HostSettings;
import io.archipelago.agent.host.Report;
import io.archipelago.agent.host.SpecCopy;
import io.archipelago.agent.world.SimCapacity;
import io.archipelago.agent.world.SimHost;
import io.archipelago.agent.world.SimSite;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.HostMessage.HostRole;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec;
import io.archipelago.contracts.host.ResourceSpec.DiskSpec;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/** Measures what an agent takes to find that a host is as it should be, beside a bare look at the same host. */
final class AgentBench {

    private static final HostId HOST = new HostId("bench-c01");
    private static final SiteId SITE = new SiteId("bench");
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    /** A segment, a volume, its disk and a machine on both. */
    private static final int OF_A_CLUSTER = 4;

    private final int clusters;
    private final Map<ResourceKind, Map<ResourceKey, ResourceSpec>> specs = new EnumMap<>(ResourceKind.class);
    private final Drivers drivers;
    private final HostAgent agent;
    private Instant now = START;

    private AgentBench(int clusters, int seed) {
        this.clusters = clusters;
        SimCapacity capacity =
                new SimCapacity(Set.of(HostRole.values()), clusters, 1L << 50, Map.of("vg0", 1L << 50), 1L << 40);
        SimHost host = new SimSite(seed).addHost(HOST, capacity, Optional::of);
        Inventory inventory = new Inventory(
                "bench",
                capacity.roles(),
                capacity.cpus(),
                capacity.memoryBytes(),
                capacity.pools(),
                "",
                capacity.cacheBytes(),
                "",
                Map.of(),
                "",
                Map.of(),
                Map.of(),
                List.of());
        drivers = SimDrivers.of(host);
        agent = new HostAgent(
                HOST,
                1,
                HostSettings.DEFAULT,
                drivers,
                () -> inventory,
                SpecCopy.EMPTY,
                copy -> {},
                new SplittableRandom(seed));
    }

    static void run(AgentSettings settings, PrintStream out) {
        AgentBench bench = new AgentBench(settings.clusters(), settings.seed());
        bench.makeAll();
        for (int i = 0; i < settings.steps(); i++) {
            bench.step();
            bench.look();
        }
        List<Duration> steps = new ArrayList<>();
        List<Duration> looks = new ArrayList<>();
        for (int i = 0; i < settings.steps(); i++) {
            steps.add(bench.step());
            looks.add(bench.look());
        }
        Durations step = Durations.of(steps);
        Durations look = Durations.of(looks);
        out.printf(
                "agent: %d resources, simulated drivers, nothing to do; %d steps after as many, seed %d%n",
                bench.resources(), settings.steps(), settings.seed());
        out.println("  a step       " + millis(step));
        out.println("  a bare look  " + millis(look));
        out.printf("  %.1f times the bare look; aim: a step in under 1 s%n", step.seconds(50) / look.seconds(50));
    }

    private int resources() {
        return clusters * OF_A_CLUSTER;
    }

    private static String millis(Durations measured) {
        return "p50 %7.2f ms   p99 %7.2f ms".formatted(measured.seconds(50) * 1000, measured.seconds(99) * 1000);
    }

    private void makeAll() {
        for (int i = 0; i < clusters; i++) {
            AllocationId allocation =
                    new AllocationId(ReservationId.parse("019357a0-0000-7000-8000-%012d".formatted(i)), SITE);
            ResourceKey segment = ResourceKey.of(ResourceKind.SEGMENT, allocation);
            ResourceKey volume = ResourceKey.of(ResourceKind.VOLUME, allocation, "n1");
            ResourceKey disk = ResourceKey.of(ResourceKind.DISK, allocation, "n1");
            want(segment, new SegmentSpec(i + 1, 1400, null));
            want(volume, new VolumeSpec("vg0", 1L << 30, HOST, "user", "secret"));
            want(disk, new DiskSpec(HOST, volume, "10.0.0.1:3260", "user", "secret"));
            want(
                    ResourceKey.of(ResourceKind.MACHINE, allocation, "n1"),
                    new MachineSpec("n1", 1, 1L << 30, "02:00:00:00:00:01", "172.16.1.1", disk, segment));
        }
        agent.caughtUp();
        Set<ResourceKey> ready = new HashSet<>();
        for (int tries = 0; ready.size() < resources(); tries++) {
            if (tries == 100) {
                throw new IllegalStateException(
                        "of %d resources only %d became ready".formatted(resources(), ready.size()));
            }
            now = now.plusSeconds(1);
            for (Report report : agent.step(now)) {
                if (report instanceof Report.Said said
                        && said.message() instanceof ResourceObserved seen
                        && seen.phase() == Phase.READY) {
                    ready.add(seen.key());
                }
            }
        }
    }

    private void want(ResourceKey key, ResourceSpec spec) {
        specs.computeIfAbsent(key.kind(), kind -> new HashMap<>()).put(key, spec);
        agent.desire(new DesiredResource(key, 1, false, null, spec));
    }

    private Duration step() {
        // Within the time after which everything is said again: nothing is to be said here.
        now = now.plusMillis(10);
        agent.look();
        long began = System.nanoTime();
        List<Report> said = agent.step(now);
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        if (!said.isEmpty()) {
            throw new IllegalStateException("there was something to do: " + said.getFirst());
        }
        return took;
    }

    private Duration look() {
        long began = System.nanoTime();
        int seen = 0;
        try {
            for (ResourceKind kind : drivers.kinds()) {
                seen += drivers.observe(kind, specs.getOrDefault(kind, Map.of()), now)
                        .size();
            }
        } catch (DriverFault e) {
            throw new IllegalStateException(e);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        if (seen != resources()) {
            throw new IllegalStateException("of %d resources only %d are there".formatted(resources(), seen));
        }
        return took;
    }
}
