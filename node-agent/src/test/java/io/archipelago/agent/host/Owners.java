package io.archipelago.agent.host;

import static io.archipelago.agent.SiteFixture.COMPUTE;
import static io.archipelago.agent.SiteFixture.GATEWAY;
import static io.archipelago.agent.SiteFixture.SECOND;
import static io.archipelago.agent.SiteFixture.STORAGE;
import static io.archipelago.agent.SiteFixture.sealedTo;

import io.archipelago.agent.SiteFixture;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec;
import io.archipelago.contracts.host.ResourceSpec.CacheSpec;
import io.archipelago.contracts.host.ResourceSpec.DiskSpec;
import io.archipelago.contracts.host.ResourceSpec.LinkSpec;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The owners of all resources in one, with a topic that delivers each key's messages in order and different keys' in any. It keeps the
 * owners' duties of order: a volume's removal is published only after its disk was seen ABSENT, and a disk is wanted again only after that
 * volume was.
 */
final class Owners {

    private static final List<String> NAMES = List.of("n1", "n2");

    private final SiteFixture site;
    private final Random random;
    private final Map<HostId, Map<ResourceKey, DesiredResource>> wanted = new HashMap<>();
    private final Map<HostId, Map<ResourceKey, List<DesiredResource>>> undelivered = new HashMap<>();

    Owners(SiteFixture site, Random random) {
        this.site = site;
        this.random = random;
    }

    /** Wants, or no longer wants, a cluster with two machines, links and a cache. */
    void want(int cluster, boolean there, int mtu) {
        AllocationId allocation = SiteFixture.allocation(cluster);
        HostId compute = cluster % 2 == 0 ? COMPUTE : SECOND;
        if (isGoing(allocation)) {
            return;
        }
        ResourceKey segment = ResourceKey.of(ResourceKind.SEGMENT, allocation);
        SegmentSpec vlan = new SegmentSpec(100 + cluster, mtu, null);
        publish(compute, segment, there, vlan);
        publish(GATEWAY, segment, there, vlan);
        publish(
                GATEWAY,
                ResourceKey.of(ResourceKind.LINK, allocation, "osaka"),
                there,
                new LinkSpec(
                        segment,
                        new SiteId("osaka"),
                        true,
                        new LinkSpec.Ends(7000 + cluster, "10.255.2.1", 7000, "172.16.31.254", "172.16.47.254"),
                        mtu,
                        LinkDriver.OPENVPN,
                        "a1:b2",
                        77,
                        0));
        publish(
                GATEWAY,
                ResourceKey.of(ResourceKind.CACHE, allocation),
                there,
                new CacheSpec(segment, "172.16.1.1", 1L << 30, List.of()));
        for (String name : NAMES) {
            ResourceKey volume = ResourceKey.of(ResourceKind.VOLUME, allocation, name);
            ResourceKey disk = ResourceKey.of(ResourceKind.DISK, allocation, name);
            if (there) {
                publish(
                        STORAGE,
                        volume,
                        true,
                        new VolumeSpec("vg0", 1L << 30, compute, "user", sealedTo(STORAGE, name + cluster)));
            }
            publish(
                    compute,
                    disk,
                    there,
                    new DiskSpec(STORAGE, volume, "10.254.1.1:3260", "user", sealedTo(compute, name + cluster)));
            publish(
                    compute,
                    ResourceKey.of(ResourceKind.MACHINE, allocation, name),
                    there,
                    new MachineSpec(name, 2, 1L << 30, "02:", "172.16.1.2", disk, segment));
        }
    }

    /** Whether the cluster's volumes are on their way out: nobody wants a disk of theirs before they are gone. */
    private boolean isGoing(AllocationId allocation) {
        return wanted(STORAGE).values().stream()
                .anyMatch(each ->
                        each.key().allocation().equals(allocation) && each.absent() && !isSeenAbsent(STORAGE, each));
    }

    /** Hears the agents, and removes the volumes whose disks are gone. */
    void listen() {
        for (Map.Entry<HostId, Map<ResourceKey, DesiredResource>> host : List.copyOf(wanted.entrySet())) {
            for (DesiredResource each : List.copyOf(host.getValue().values())) {
                if (each.spec() instanceof DiskSpec disk && each.absent() && isSeenAbsent(host.getKey(), each)) {
                    DesiredResource volume = known(STORAGE, disk.volume());
                    if (volume != null && !volume.absent()) {
                        publish(STORAGE, disk.volume(), false, volume.spec());
                    }
                }
            }
        }
    }

    /** Delivers some messages, of any keys; now and then one a second time. */
    void deliver(int most) {
        for (int i = 0; i < most; i++) {
            List<Map.Entry<HostId, ResourceKey>> waiting = waiting();
            if (waiting.isEmpty()) {
                return;
            }
            Map.Entry<HostId, ResourceKey> next = waiting.get(random.nextInt(waiting.size()));
            List<DesiredResource> queue = queue(next.getKey(), next.getValue());
            DesiredResource first = random.nextInt(5) == 0 ? queue.getFirst() : queue.removeFirst();
            site.agent(next.getKey()).tells(first);
        }
    }

    void deliverAll() {
        while (!waiting().isEmpty()) {
            deliver(1);
        }
    }

    Map<ResourceKey, DesiredResource> wanted(HostId host) {
        return wanted.getOrDefault(host, Map.of());
    }

    /** Whether an agent has confirmed the last word on every key. */
    boolean isSettled() {
        return waiting().isEmpty()
                && wanted.entrySet().stream()
                        .allMatch(host -> host.getValue().values().stream()
                                .allMatch(each ->
                                        isSeen(host.getKey(), each, each.absent() ? Phase.ABSENT : Phase.READY)));
    }

    private boolean isSeenAbsent(HostId host, DesiredResource desired) {
        return isSeen(host, desired, Phase.ABSENT);
    }

    private boolean isSeen(HostId host, DesiredResource desired, Phase phase) {
        return site.agent(host)
                .lastSaid(desired.key())
                .filter(last -> last.generation() == desired.generation() && last.phase() == phase)
                .isPresent();
    }

    private void publish(HostId host, ResourceKey key, boolean there, ResourceSpec spec) {
        DesiredResource before = known(host, key);
        if (before == null && !there) {
            return;
        }
        if (before != null && before.absent() == !there && before.spec().equals(spec)) {
            return;
        }
        long generation = before == null ? 1 : before.generation() + 1;
        DesiredResource next = new DesiredResource(key, generation, !there, null, spec);
        wanted.computeIfAbsent(host, unused -> new HashMap<>()).put(key, next);
        queue(host, key).add(next);
    }

    private @Nullable DesiredResource known(HostId host, ResourceKey key) {
        return wanted(host).get(key);
    }

    private List<DesiredResource> queue(HostId host, ResourceKey key) {
        return undelivered
                .computeIfAbsent(host, unused -> new HashMap<>())
                .computeIfAbsent(key, unused -> new ArrayList<>());
    }

    private List<Map.Entry<HostId, ResourceKey>> waiting() {
        List<Map.Entry<HostId, ResourceKey>> waiting = new ArrayList<>();
        undelivered.forEach((host, queues) -> queues.forEach((key, queue) -> {
            if (!queue.isEmpty()) {
                waiting.add(Map.entry(host, key));
            }
        }));
        waiting.sort((a, b) -> Optional.of(a.getKey().compareTo(b.getKey()))
                .filter(order -> order != 0)
                .orElseGet(() -> a.getValue().compareTo(b.getValue())));
        return waiting;
    }
}
