package io.archipelago.agent;

import io.archipelago.agent.world.SimCapacity;
import io.archipelago.agent.world.SimHost;
import io.archipelago.agent.world.SimSite;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec;
import io.archipelago.contracts.host.ResourceSpec.CacheSpec;
import io.archipelago.contracts.host.ResourceSpec.DiskSpec;
import io.archipelago.contracts.host.ResourceSpec.LinkSpec;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A small simulated site, its agents and its clock: one compute host for machines and disks, one gateway, one storage host. */
public final class SiteFixture {

    public static final Instant NINE = Instant.parse("2026-12-01T09:00:00Z");
    public static final HostId COMPUTE = new HostId("tokyo-c01");
    public static final HostId SECOND = new HostId("tokyo-c02");
    public static final HostId GATEWAY = new HostId("tokyo-g1");
    public static final HostId STORAGE = new HostId("tokyo-s1");
    public static final AllocationId CLUSTER = allocation(1);

    private static final long GIB = 1L << 30;

    private final SimSite site;
    private final Map<HostId, AgentFixture> agents = new LinkedHashMap<>();
    private Instant now = NINE;

    public SiteFixture() {
        this(1);
    }

    public SiteFixture(long seed) {
        site = new SimSite(seed);
        add(COMPUTE, SimCapacity.compute(16, 64 * GIB), seed);
        add(SECOND, SimCapacity.compute(16, 64 * GIB), seed);
        add(GATEWAY, SimCapacity.gateway(200 * GIB), seed);
        add(STORAGE, SimCapacity.storage("vg0", 4096 * GIB), seed);
    }

    public static AllocationId allocation(int number) {
        return new AllocationId(
                ReservationId.parse("019357a0-0000-7000-8000-%012d".formatted(number)), new SiteId("tokyo"));
    }

    /** Sealed to a host, and readable there alone: without the cost of real keys. */
    public static String sealedTo(HostId host, String secret) {
        return host + ":" + secret;
    }

    public static ResourceKey machineKey(String name) {
        return ResourceKey.of(ResourceKind.MACHINE, CLUSTER, name);
    }

    public static ResourceKey diskKey(String name) {
        return ResourceKey.of(ResourceKind.DISK, CLUSTER, name);
    }

    public static ResourceKey volumeKey(String name) {
        return ResourceKey.of(ResourceKind.VOLUME, CLUSTER, name);
    }

    public static ResourceKey segmentKey() {
        return ResourceKey.of(ResourceKind.SEGMENT, CLUSTER);
    }

    public static ResourceKey linkKey() {
        return ResourceKey.of(ResourceKind.LINK, CLUSTER, "osaka");
    }

    public static ResourceKey cacheKey() {
        return ResourceKey.of(ResourceKind.CACHE, CLUSTER);
    }

    public static MachineSpec machine(String name) {
        return new MachineSpec(name, 2, 4 * GIB, "02:00:00:00:00:01", "172.16.1.1", diskKey(name), segmentKey());
    }

    public static DiskSpec disk(HostId host, String name) {
        return new DiskSpec(STORAGE, volumeKey(name), "10.254.1.1:3260", "user", sealedTo(host, "secret-" + name));
    }

    public static VolumeSpec volume(String name, @Nullable HostId initiator) {
        return new VolumeSpec("vg0", 20 * GIB, initiator, "user", sealedTo(STORAGE, "secret-" + name));
    }

    public static SegmentSpec segment(int vlan) {
        return new SegmentSpec(vlan, 1400, null);
    }

    public static LinkSpec link(int port) {
        return link(port, LinkDriver.OPENVPN, 77);
    }

    public static LinkSpec link(int port, LinkDriver driver, int tunnel) {
        return new LinkSpec(
                segmentKey(),
                new SiteId("osaka"),
                true,
                new LinkSpec.Ends(port, "10.255.2.21", port, "172.16.31.254", "172.16.47.254"),
                1400,
                driver,
                "a1:b2",
                tunnel,
                0);
    }

    public static CacheSpec cache() {
        return new CacheSpec(segmentKey(), "172.16.1.1", 50 * GIB, List.of("slurm"));
    }

    public SimSite site() {
        return site;
    }

    public SimHost host(HostId id) {
        return site.host(id).orElseThrow();
    }

    public AgentFixture agent(HostId id) {
        return Optional.ofNullable(agents.get(id)).orElseThrow();
    }

    public Iterable<AgentFixture> agents() {
        return agents.values();
    }

    public Instant now() {
        return now;
    }

    public boolean has(HostId host, ResourceKey key) {
        return host(host).things(now).containsKey(key);
    }

    /** What is there of a resource; fails if it is not there. */
    public ResourceSpec spec(HostId host, ResourceKey key) {
        return Optional.ofNullable(host(host).thing(key, now)).orElseThrow().spec();
    }

    /** Gives every kind the same latency. */
    public void latency(Duration latency) {
        for (ResourceKind kind : ResourceKind.values()) {
            site.setLatency(kind, latency);
        }
    }

    /** All agents are told that they know everything. */
    public void caughtUp() {
        agents.values().forEach(AgentFixture::caughtUp);
    }

    /** Lets time pass; every agent steps when it is due. */
    public void pass(Duration duration) {
        Instant end = now.plus(duration);
        while (true) {
            AgentFixture next = null;
            for (AgentFixture agent : agents.values()) {
                if (!agent.nextDue().isAfter(end)
                        && (next == null || agent.nextDue().isBefore(next.nextDue()))) {
                    next = agent;
                }
            }
            if (next == null) {
                now = end;
                return;
            }
            now = next.nextDue().isAfter(now) ? next.nextDue() : now;
            next.step(now);
        }
    }

    private void add(HostId id, SimCapacity capacity, long seed) {
        SimHost host = site.addHost(id, capacity, secret -> {
            String prefix = id + ":";
            return secret.startsWith(prefix) ? Optional.of(secret.substring(prefix.length())) : Optional.empty();
        });
        agents.put(id, new AgentFixture(host, seed));
    }
}
