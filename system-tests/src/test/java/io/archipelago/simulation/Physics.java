package io.archipelago.simulation;

import io.archipelago.bus.protocol.Part;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec;
import io.archipelago.contracts.host.ResourceSpec.CacheSpec;
import io.archipelago.contracts.host.ResourceSpec.DiskSpec;
import io.archipelago.contracts.host.ResourceSpec.LinkSpec;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What no host can bear, whoever asks for it. */
final class Physics {

    private Physics() {}

    /** Before a thing is made on a host. */
    static void make(
            Site site, HostId host, Map<ResourceKey, ResourceSpec> things, ResourceKey key, ResourceSpec spec) {
        AllocationId allocation = key.allocation();
        if (released(site, key)) {
            // Its agent may not have heard of it yet; the host takes no bookings before it has.
            boolean barred = site.participant(key.kind().owner()).hosts().isDead(host);
            require(barred, host + " makes " + key + " though its owner has released it");
            return;
        }
        Inventory inventory = Objects.requireNonNull(site.inventories().get(host));
        long cpus = 0;
        long memory = 0;
        long volumes = 0;
        long caches = 0;
        for (Map.Entry<ResourceKey, ResourceSpec> entry : things.entrySet()) {
            if (entry.getKey().equals(key)) {
                continue;
            }
            ResourceSpec other = entry.getValue();
            boolean stranger = !entry.getKey().allocation().equals(allocation);
            if (stranger && other instanceof SegmentSpec theirs && spec instanceof SegmentSpec ours) {
                require(theirs.vlan() != ours.vlan(), "VLAN " + ours.vlan() + " serves two clusters on " + host);
            }
            if (stranger && other instanceof LinkSpec theirs && spec instanceof LinkSpec ours) {
                require(
                        theirs.ends().localPort() != ours.ends().localPort(),
                        "port " + ours.ends().localPort() + " serves two clusters on " + host);
            }
            cpus += other instanceof MachineSpec machine ? machine.cpus() : 0;
            memory += other instanceof MachineSpec machine ? machine.memoryBytes() : 0;
            volumes += other instanceof VolumeSpec volume ? volume.bytes() : 0;
            caches += other instanceof CacheSpec cache ? cache.bytes() : 0;
        }
        switch (spec) {
            case MachineSpec machine -> {
                for (Host other : site.hosts()) {
                    require(
                            other.id().equals(host) || !other.things().containsKey(key),
                            key + " starts on " + host + " though it is on " + other.id());
                }
                require(cpus + machine.cpus() <= inventory.cpus(), "too many machines on " + host);
                require(memory + machine.memoryBytes() <= inventory.memoryBytes(), "too much memory on " + host);
            }
            case VolumeSpec volume ->
                require(
                        volumes + volume.bytes() <= inventory.pools().getOrDefault(volume.pool(), 0L),
                        "volumes of " + host + " exceed its pool");
            case CacheSpec cache ->
                require(caches + cache.bytes() <= inventory.cacheBytes(), "caches of " + host + " exceed its space");
            case SegmentSpec segment -> {}
            case LinkSpec link -> {}
            case DiskSpec disk -> {}
        }
    }

    /**
     * Before a thing is taken from a host.
     *
     * @param toldEnd after when it is not to stand, as the host was told last: its owner may have prolonged it meanwhile
     */
    static void remove(
            Site site, HostId host, Map<ResourceKey, ResourceSpec> things, ResourceKey key, @Nullable Instant toldEnd) {
        if (key.kind() == ResourceKind.VOLUME || key.kind() == ResourceKind.DISK || key.kind() == ResourceKind.CACHE) {
            boolean asked = site.participant(key.kind().owner())
                    .resource(host, key)
                    .filter(Resource::absent)
                    .isPresent();
            require(asked, host + " destroys " + key + " though nobody asked for it");
        }
        if (things.get(key) instanceof VolumeSpec volume && volume.initiator() != null) {
            Host user = site.host(volume.initiator());
            require(
                    !user.isOn() || user.things().values().stream().noneMatch(spec -> attaches(spec, key)),
                    key + " is removed while " + user.id() + " has it attached");
        }
        // An agent that stops a segment at the end of its time leaves the cache on it; whoever carries frames goes
        // first.
        Instant ownersEnd = site.participant(key.kind().owner())
                .resource(host, key)
                .map(Resource::notAfter)
                .orElse(null);
        boolean timeOver = Stream.of(Optional.ofNullable(ownersEnd), Optional.ofNullable(toldEnd))
                .flatMap(Optional::stream)
                .anyMatch(end -> !site.now().isBefore(end));
        things.forEach((user, spec) -> require(
                !uses(spec).contains(key) || spec instanceof CacheSpec && timeOver,
                key + " is taken from under " + user + " on " + host));
    }

    /** Whether a host can still write to what others export to it. */
    static void requireCutOff(Site site, HostId host) {
        for (Host storage : site.hosts()) {
            storage.things()
                    .forEach((key, spec) -> require(
                            !(spec instanceof VolumeSpec volume && host.equals(volume.initiator()))
                                    || seenDetached(site, host, key),
                            host + " is called dead though " + storage.id() + " exports " + key + " to it"));
        }
    }

    private static boolean seenDetached(Site site, HostId host, ResourceKey volume) {
        return site.participant(volume.kind().owner())
                .resource(host, new ResourceKey(ResourceKind.DISK, volume.id()))
                .filter(Resource::gone)
                .isPresent();
    }

    private static boolean attaches(ResourceSpec spec, ResourceKey volume) {
        return spec instanceof DiskSpec disk && disk.volume().equals(volume);
    }

    /** Whether its owner has seen it gone, or never had it. */
    static boolean released(Site site, ResourceKey key) {
        Part part = site.participant(key.kind().owner()).parts().get(key.allocation());
        return part == null || part instanceof Part.Released;
    }

    private static void require(boolean holds, String broken) {
        if (!holds) {
            throw new InvariantBroken(broken);
        }
    }

    /** What a thing stands on, on the same host. The agent says the same; who judges it does not ask it. */
    static Collection<ResourceKey> uses(ResourceSpec spec) {
        return switch (spec) {
            case MachineSpec machine -> List.of(machine.disk(), machine.segment());
            case LinkSpec link -> List.of(link.segment());
            case CacheSpec cache -> List.of(cache.segment());
            case DiskSpec disk -> List.of();
            case SegmentSpec segment -> List.of();
            case VolumeSpec volume -> List.of();
        };
    }
}
