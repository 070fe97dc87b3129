package io.archipelago.placement.domain;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.Lease;
import io.archipelago.bus.protocol.ParticipantLogic;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.bus.protocol.Resource.Wanted;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.host.HostMessage.HostRole;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

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
        return place(request, Map.of(), calendar);
    }

    /** Machines that are there stay where they are. */
    @Override
    public Choice extend(Request request, Lease lease, Calendar calendar) {
        return place(request, hosts(lease.facts()), calendar);
    }

    /** Machines whose hosts have room for them stay where they are. */
    @Override
    public Choice move(Request request, Set<String> left, Calendar calendar) {
        Map<Integer, HostId> there = new HashMap<>(hosts(request.facts()));
        there.values().removeIf(host -> left.contains(host.value()));
        return place(request, there, calendar);
    }

    private static Choice place(Request request, Map<Integer, HostId> there, Calendar calendar) {
        List<MachineGroup> groups = request.spec().groups();
        if (!named(request)) {
            return new DoesNotFit(Refusal.of(
                    ErrorCode.UNSUPPORTED,
                    "machines",
                    "the cluster's network " + request.spec().network() + " has no address for each of the site's "
                            + request.spec().machines() + " machines"));
        }
        return Packing.of(groups, there, calendar.availability(), request.booked())
                .<Choice>map(packing -> new Chosen(new Facts.Hosts(packing.hosts())))
                .orElseGet(() -> new DoesNotFit(Shortage.of(calendar, request.booked(), groups, there)));
    }

    @Override
    public List<Claim> claims(AllocationId allocation, AllocationSpec spec, Facts.OfSite facts) {
        Map<Integer, HostId> hosts = hosts(facts);
        return spec.groups().stream()
                .flatMap(group -> group.ordinals().stream()
                        .map(ordinal -> claim(host(hosts, ordinal), group.cpus(), group.memoryBytes())))
                .toList();
    }

    @Override
    public List<Claim> claims(Resource leftover) {
        return leftover.spec() instanceof MachineSpec machine
                ? List.of(claim(leftover.host(), machine.cpus(), machine.memoryBytes()))
                : List.of();
    }

    private static Claim claim(HostId host, int cpus, long memoryBytes) {
        return new Claim(host.value(), null, Amounts.of(CPUS, cpus, MEMORY, memoryBytes));
    }

    private static Map<Integer, HostId> hosts(Facts.OfSite facts) {
        return Objects.requireNonNull(facts.hosts(), "placement has chosen").hosts();
    }

    private static HostId host(Map<Integer, HostId> hosts, int ordinal) {
        return Objects.requireNonNull(hosts.get(ordinal), "every machine has a host");
    }

    @Override
    public Predicate<Resource> wanted(Lease lease) {
        Map<String, HostId> machines = lease.machines();
        return resource -> resource.host().equals(machines.get(resource.name()));
    }

    @Override
    public List<Wanted> deploy(Lease lease) {
        Map<Integer, HostId> hosts = hosts(lease.facts());
        ClusterAddressing addressing =
                ClusterAddressing.of(lease.spec().network(), lease.allocation().reservation());
        int site = lease.spec().siteNumber();
        List<Wanted> machines = new ArrayList<>();
        for (MachineGroup group : lease.spec().groups()) {
            for (int ordinal : group.ordinals()) {
                String name = addressing.hostName(site, ordinal);
                machines.add(new Wanted(
                        host(hosts, ordinal),
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

    /** A machine that was rebooted is not rebooted again because its lease goes on otherwise. */
    @Override
    public ResourceSpec revised(Resource known, ResourceSpec asNew) {
        return !known.absent() && known.spec() instanceof MachineSpec there && asNew instanceof MachineSpec machine
                ? machine.rebootedWith(there.reboot())
                : asNew;
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
}
