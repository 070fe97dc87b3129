package io.archipelago.placement.domain;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.Lease;
import io.archipelago.bus.protocol.ParticipantLogic;
import io.archipelago.bus.protocol.Resource.Wanted;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.host.HostMessage.HostRole;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Placement's part of an allocation: a host for every machine, with its processors and memory throughout the window. */
public final class PlacementLogic implements ParticipantLogic {

    static final String CPUS = "cpus";
    static final String MEMORY = "memory";

    /** A compute host as a pool. */
    public static Pool pool(HostId host, int cpus, long memoryBytes, boolean open) {
        return new Pool(host.value(), Amounts.of(CPUS, cpus, MEMORY, memoryBytes), null, open, Map.of());
    }

    @Override
    public Participant name() {
        return Participant.PLACEMENT;
    }

    @Override
    public List<Pool> pools(HostId host, Inventory inventory, boolean open) {
        return inventory.roles().contains(HostRole.COMPUTE)
                ? List.of(pool(host, inventory.cpus(), inventory.memoryBytes(), open))
                : List.of();
    }

    @Override
    public Choice hold(Request request, Calendar calendar) {
        List<MachineGroup> groups = request.spec().groups();
        if (!named(request)) {
            return new DoesNotFit(Refusal.of(
                    ErrorCode.UNSUPPORTED,
                    "machines",
                    "the cluster's network " + request.spec().network() + " has no address for each of the site's "
                            + request.spec().machines() + " machines"));
        }
        Optional<Packing> packed = pack(groups, calendar, request.booked());
        if (packed.isEmpty()) {
            return new DoesNotFit(Shortage.of(
                    calendar,
                    request.booked(),
                    groups,
                    (c, w) -> pack(groups, c, w).isPresent()));
        }
        Map<Integer, HostId> hosts = packed.get().hosts();
        List<Claim> claims = packed.get().used().entrySet().stream()
                .map(e -> new Claim(e.getKey(), null, e.getValue()))
                .toList();
        return new Chosen(claims, new Facts.Hosts(hosts));
    }

    @Override
    public List<Wanted> deploy(Lease lease) {
        Map<Integer, HostId> hosts = Objects.requireNonNull(lease.facts().hosts(), "placement has chosen")
                .hosts();
        ClusterAddressing addressing =
                ClusterAddressing.of(lease.spec().network(), lease.allocation().reservation());
        int site = lease.spec().siteNumber();
        List<Wanted> machines = new ArrayList<>();
        for (MachineGroup group : lease.spec().groups()) {
            for (int i = 0; i < group.count(); i++) {
                int ordinal = group.firstOrdinal() + i;
                String name = addressing.hostName(site, ordinal);
                machines.add(new Wanted(
                        Objects.requireNonNull(hosts.get(ordinal), "every machine has a host"),
                        ResourceKey.of(ResourceKind.MACHINE, lease.allocation(), name),
                        name,
                        new MachineSpec(
                                name,
                                group.cpus(),
                                group.memoryBytes(),
                                addressing.mac(site, ordinal),
                                addressing.address(site, ordinal),
                                ResourceKey.of(ResourceKind.DISK, lease.allocation(), name),
                                ResourceKey.of(ResourceKind.SEGMENT, lease.allocation()))));
            }
        }
        return machines;
    }

    /** What cannot be named cannot be deployed, and what cannot be deployed is not held. The master may be another site: its word is not enough. */
    private static boolean named(Request request) {
        try {
            ClusterAddressing addressing = ClusterAddressing.of(
                    request.spec().network(), request.allocation().reservation());
            return request.spec().groups().stream().allMatch(addressing::names);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static Optional<Packing> pack(List<MachineGroup> groups, Calendar calendar, TimeWindow window) {
        return Packing.of(groups, calendar, window);
    }
}
