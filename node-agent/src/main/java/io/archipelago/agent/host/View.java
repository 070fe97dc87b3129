package io.archipelago.agent.host;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.Drivers;
import io.archipelago.agent.drivers.Observed;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.DesiredResource;
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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is on the host at one moment, and who stands on what. */
final class View {

    private final HostId host;
    private final Ledger ledger;
    private final Map<ResourceKey, Observed> seen = new LinkedHashMap<>();
    private final Map<ResourceKind, String> unseen = new EnumMap<>(ResourceKind.class);

    private View(HostId host, Ledger ledger) {
        this.host = host;
        this.ledger = ledger;
    }

    static View of(HostId host, Drivers drivers, Ledger ledger, Instant now) {
        View view = new View(host, ledger);
        for (ResourceKind kind : drivers.kinds()) {
            try {
                view.seen.putAll(drivers.observe(kind, ledger.specs(kind), now));
            } catch (DriverFault fault) {
                view.unseen.put(kind, fault.reason());
            }
        }
        for (ResourceKind kind : ResourceKind.values()) {
            // Nobody has looked, so nothing is known to be gone.
            if (!drivers.kinds().contains(kind) && !ledger.specs(kind).isEmpty()) {
                view.unseen.put(kind, "this host has no driver for " + kind.wireName() + ", as its roles ask for none");
            }
        }
        return view;
    }

    Map<ResourceKey, Observed> seen() {
        return seen;
    }

    @Nullable
    Observed get(ResourceKey key) {
        return seen.get(key);
    }

    boolean isReady(ResourceKey key) {
        Observed observed = seen.get(key);
        return observed != null && observed.condition() == Observed.Condition.READY;
    }

    /** What is on its way, and worth another look soon. */
    Set<ResourceKey> moving() {
        return seen.entrySet().stream()
                .filter(each -> each.getValue().condition() == Observed.Condition.MAKING
                        || each.getValue().condition() == Observed.Condition.REMOVING)
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** How many kinds could not be looked at. */
    int blindKinds() {
        return unseen.size();
    }

    /** Why nothing is known of a kind; null if it was looked at, or if the host can not carry it. */
    @Nullable
    String blindness(ResourceKind kind) {
        return unseen.get(kind);
    }

    /** What must be ready on this host before a resource can be. */
    static List<ResourceKey> needs(ResourceSpec spec) {
        return switch (spec) {
            case MachineSpec machine -> List.of(machine.disk(), machine.segment());
            case LinkSpec link -> List.of(link.segment());
            case CacheSpec cache -> List.of(cache.segment());
            case DiskSpec disk -> List.of();
            case SegmentSpec segment -> List.of();
            case VolumeSpec volume -> List.of();
        };
    }

    /**
     * Who still stands on a resource, and so keeps it from being removed: by what is written on the thing, or by its specification. A
     * kind of user that can not be looked at counts as one.
     */
    List<String> users(ResourceKey key, boolean sparingCaches) {
        List<String> users = new ArrayList<>();
        for (ResourceKind kind : usersOf(key.kind())) {
            if (kind == ResourceKind.CACHE && sparingCaches) {
                continue;
            }
            String blindness = unseen.get(kind);
            if (blindness != null) {
                users.add("any " + kind.wireName() + " (" + blindness + ")");
            }
        }
        seen.forEach((user, observed) -> {
            if ((user.kind() != ResourceKind.CACHE || !sparingCaches) && uses(user, observed, key)) {
                users.add(user.toString());
            }
        });
        users.sort(Comparator.naturalOrder());
        return users;
    }

    private boolean uses(ResourceKey user, Observed observed, ResourceKey used) {
        Set<ResourceKey> standsOn = new HashSet<>(observed.uses());
        DesiredResource desired = ledger.get(user);
        if (desired != null) {
            standsOn.addAll(needs(desired.spec()));
            if (desired.spec() instanceof DiskSpec disk && disk.storageHost().equals(host)) {
                standsOn.add(disk.volume());
            }
        }
        return standsOn.contains(used);
    }

    private static List<ResourceKind> usersOf(ResourceKind kind) {
        return switch (kind) {
            case SEGMENT -> List.of(ResourceKind.MACHINE, ResourceKind.LINK, ResourceKind.CACHE);
            case DISK -> List.of(ResourceKind.MACHINE);
            case VOLUME -> List.of(ResourceKind.DISK);
            case MACHINE, LINK, CACHE -> List.of();
        };
    }
}
