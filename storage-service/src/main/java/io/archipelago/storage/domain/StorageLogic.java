package io.archipelago.storage.domain;

import io.archipelago.bus.booking.Absence;
import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.Fence;
import io.archipelago.bus.protocol.HostsDown;
import io.archipelago.bus.protocol.Lease;
import io.archipelago.bus.protocol.PartView;
import io.archipelago.bus.protocol.ParticipantLogic;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.bus.protocol.Resource.Wanted;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.host.HostMessage.Inventory;
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
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Storage's part of an allocation: space in one pool throughout the window; a volume for every machine, and its disk on the machine's host.
 */
public final class StorageLogic implements ParticipantLogic {

    private static final String BYTES = "bytes";
    private static final String HOST = "host";
    private static final String GROUP = "volume-group";
    private static final String PORTAL = "portal";

    private final ChapSecrets secrets;
    private final long extent;

    /** @param extent what the sizes of this site's volumes are multiples of, in bytes */
    public StorageLogic(ChapSecrets secrets, long extent) {
        this.secrets = secrets;
        this.extent = extent;
    }

    /** A volume group as a pool. */
    public static Pool pool(HostId host, String volumeGroup, long bytes, String portal, boolean open) {
        return new Pool(
                id(host, volumeGroup),
                Amounts.of(BYTES, bytes),
                null,
                open,
                Map.of(HOST, host.value(), GROUP, volumeGroup, PORTAL, portal));
    }

    @Override
    public Participant name() {
        return Participant.STORAGE;
    }

    @Override
    public List<Pool> pools(HostId host, Inventory inventory, boolean open) {
        return inventory.pools().entrySet().stream()
                .map(group -> pool(host, group.getKey(), group.getValue(), inventory.storageAddress(), open))
                .toList();
    }

    @Override
    public Choice hold(Request request, Calendar calendar) {
        TimeWindow window = request.booked();
        Amounts wanted = Amounts.of(BYTES, bytes(request.spec()));
        return roomiest(calendar, window, wanted)
                .<Choice>map(pool -> new Chosen(new Facts.Pool(
                        new HostId(Objects.requireNonNull(pool.labels().get(HOST), "a pool has a host")),
                        Objects.requireNonNull(pool.labels().get(GROUP), "a pool is a volume group"),
                        Objects.requireNonNull(pool.labels().get(PORTAL), "a pool is served somewhere"))))
                .orElseGet(() -> refuse(calendar, request));
    }

    /** All volumes of an allocation stand in one pool. */
    @Override
    public Choice extend(Request request, Lease lease, Calendar calendar) {
        Facts.Pool chosen = pool(lease.facts());
        Amounts wanted = Amounts.of(BYTES, bytes(request.spec()));
        long most = calendar.pool(id(chosen.host(), chosen.pool()))
                .filter(Pool::open)
                .map(pool -> Math.max(0, calendar.free(pool, request.booked()).get(BYTES)))
                .orElse(0L);
        boolean isNoMore = request.booked().equals(lease.booked()) && wanted.get(BYTES) <= bytes(lease.spec());
        return isNoMore || wanted.get(BYTES) <= most
                ? new Chosen(chosen)
                : new DoesNotFit(new Refusal(
                                ErrorCode.NO_CAPACITY,
                                "volume space",
                                "of " + wanted.get(BYTES) + " bytes of volumes at most " + most
                                        + " fit into the pool in which the cluster's volumes are",
                                null,
                                null,
                                more(request.spec(), lease.spec(), most))
                        .missing(wanted.get(BYTES) - most, null));
    }

    /** Nothing is written yet: any pool will do that has room for all of it. */
    @Override
    public Choice move(Request request, Set<String> left, Calendar calendar) {
        return hold(request, calendar);
    }

    @Override
    public List<Claim> claims(AllocationId allocation, AllocationSpec spec, Facts.OfSite facts) {
        Facts.Pool chosen = pool(facts);
        return List.of(new Claim(id(chosen.host(), chosen.pool()), null, Amounts.of(BYTES, bytes(spec))));
    }

    @Override
    public List<Claim> claims(Resource leftover) {
        return leftover.spec() instanceof VolumeSpec volume
                ? List.of(new Claim(id(leftover.host(), volume.pool()), null, Amounts.of(BYTES, volume.bytes())))
                : List.of();
    }

    @Override
    public Predicate<Resource> wanted(Lease lease) {
        Map<String, HostId> machines = lease.machines();
        HostId serving = pool(lease.facts()).host();
        return resource -> {
            HostId machine = machines.get(resource.name());
            HostId where = resource.key().kind() == ResourceKind.VOLUME ? serving : machine;
            return machine != null && resource.host().equals(where);
        };
    }

    /** Secrets stay, and who may attach a volume is not the lease's to say: see {@link #adjusted}. */
    @Override
    public ResourceSpec revised(Resource known, ResourceSpec asNew) {
        return known.absent() ? asNew : known.spec();
    }

    private long bytes(AllocationSpec spec) {
        return spec.groups().stream()
                .mapToLong(group -> group.count() * wholeExtents(group.diskBytes()))
                .sum();
    }

    private static String id(HostId host, String volumeGroup) {
        return host + "/" + volumeGroup;
    }

    private static Facts.Pool pool(Facts.OfSite facts) {
        return Objects.requireNonNull(facts.pool(), "storage has chosen");
    }

    private long wholeExtents(long bytes) {
        return Math.ceilDiv(bytes, extent) * extent;
    }

    /** Volumes and disks bear secrets, which are sealed to their hosts. */
    @Override
    public boolean deployable(Lease lease) {
        Facts.OfSite facts = lease.facts();
        return secrets.sealable(pool(facts).host())
                && Objects.requireNonNull(facts.hosts(), "placement has chosen").hosts().values().stream()
                        .distinct()
                        .allMatch(secrets::sealable);
    }

    @Override
    public List<Wanted> deploy(Lease lease) {
        Facts.Pool pool = pool(lease.facts());
        Map<Integer, HostId> hosts = Objects.requireNonNull(lease.facts().hosts(), "placement has chosen")
                .hosts();
        ClusterAddressing addressing =
                ClusterAddressing.of(lease.spec().network(), lease.allocation().reservation());
        List<Wanted> wanted = new ArrayList<>();
        for (MachineGroup group : lease.spec().groups()) {
            for (int ordinal : group.ordinals()) {
                String name = addressing.hostName(lease.spec().siteNumber(), ordinal);
                HostId host = Objects.requireNonNull(hosts.get(ordinal), "every machine has a host");
                ResourceKey volume = ResourceKey.of(ResourceKind.VOLUME, lease.allocation(), name);
                ResourceKey disk = ResourceKey.of(ResourceKind.DISK, lease.allocation(), name);
                String user = secrets.user(volume);
                wanted.add(new Wanted(
                        pool.host(),
                        volume,
                        name,
                        new VolumeSpec(
                                pool.pool(),
                                wholeExtents(group.diskBytes()),
                                host,
                                user,
                                secrets.sealed(volume, pool.host()))));
                wanted.add(new Wanted(
                        host,
                        disk,
                        name,
                        new DiskSpec(pool.host(), volume, pool.portal(), user, secrets.sealed(volume, host))));
            }
        }
        return wanted;
    }

    /** A volume stays until its disk is gone or, on a dead host, cut off from it: nothing is taken from under a machine. */
    @Override
    public boolean removable(Resource resource, PartView view) {
        return resource.key().kind() != ResourceKind.VOLUME
                || disksOf(resource, view.resources())
                        .allMatch(disk -> disk.gone()
                                || view.gone(disk)
                                        && (revoked(resource, disk.host())
                                                || view.down().dead().contains(resource.host())));
    }

    /**
     * A volume is exported to nobody while the host of its disk is lost, and again once that is back. As long as the storage host itself is
     * silent nothing is revoked: then the fault lies rather with us, or with the broker, than with the host. A secret is sealed anew if its
     * host has another key by now.
     */
    @Override
    public ResourceSpec adjusted(Resource resource, PartView view) {
        return switch (resource.spec()) {
            case VolumeSpec volume -> {
                String secret = resealed(volume.sealedChapSecret(), resource.key(), resource.host());
                yield new VolumeSpec(
                        volume.pool(), volume.bytes(), initiator(resource, volume, view), volume.chapUser(), secret);
            }
            case DiskSpec disk -> {
                String secret = resealed(disk.sealedChapSecret(), disk.volume(), resource.host());
                yield new DiskSpec(disk.storageHost(), disk.volume(), disk.portal(), disk.chapUser(), secret);
            }
            case MachineSpec machine -> machine;
            case SegmentSpec segment -> segment;
            case LinkSpec link -> link;
            case CacheSpec cache -> cache;
        };
    }

    private String resealed(String sealed, ResourceKey volume, HostId host) {
        return secrets.outdated(sealed, host) ? secrets.sealed(volume, host) : sealed;
    }

    private static @Nullable HostId initiator(Resource resource, VolumeSpec volume, PartView view) {
        HostsDown down = view.down();
        // Of two only one is wanted: its machine is elsewhere now.
        Optional<Resource> found = disksOf(resource, view.resources()).min(Comparator.comparing(Resource::absent));
        if (found.isEmpty()) {
            return volume.initiator();
        }
        Resource disk = found.get();
        if (down.lost().contains(disk.host())) {
            return down.silent().contains(resource.host()) ? volume.initiator() : null;
        }
        return disk.absent() ? volume.initiator() : disk.host();
    }

    @Override
    public Fence fence(HostId host, Collection<Resource> resources, Set<HostId> dead) {
        List<Resource> volumes = resources.stream()
                .filter(r -> r.key().kind() == ResourceKind.VOLUME && !r.gone())
                .filter(volume ->
                        disksOf(volume, resources).anyMatch(disk -> disk.host().equals(host)))
                .toList();
        long revoked = volumes.stream()
                .filter(volume -> revoked(volume, host) || dead.contains(volume.host()))
                .count();
        return new Fence(volumes.size(), (int) revoked);
    }

    /** Whether it was seen that a volume is exported to nobody, or only to another host. */
    private static boolean revoked(Resource volume, HostId host) {
        return volume.spec() instanceof VolumeSpec spec
                && !host.equals(spec.initiator())
                && !volume.absent()
                && volume.phase() == Phase.READY;
    }

    private static Stream<Resource> disksOf(Resource volume, Collection<Resource> resources) {
        return resources.stream()
                .filter(r -> r.spec() instanceof DiskSpec disk
                        && disk.volume().equals(volume.key())
                        && disk.storageHost().equals(volume.host()));
    }

    private static Optional<Pool> roomiest(Calendar calendar, TimeWindow window, Amounts wanted) {
        return calendar.open().stream()
                .filter(p -> calendar.availability().hasRoom(p, wanted, window))
                .max(Comparator.comparing((Pool p) -> p.silentSince().isEmpty())
                        .thenComparingLong(p -> calendar.free(p, window).get(BYTES))
                        .thenComparing(Pool::id, Comparator.reverseOrder()));
    }

    /** A pool of each storage host. */
    private static Collection<Pool> hosts(Calendar calendar) {
        return calendar.pools().stream()
                .collect(Collectors.toMap(p -> String.valueOf(p.labels().get(HOST)), p -> p, (one, other) -> one))
                .values();
    }

    /** How many compute machines fit into so much space, beside the others; null if it is not they that are too many. */
    private @Nullable Integer machines(AllocationSpec spec, long bytes) {
        return spec.groups().stream()
                .filter(group -> group.role() == MachineRole.COMPUTE)
                .findFirst()
                .map(group -> {
                    long each = wholeExtents(group.diskBytes());
                    long room = bytes - (bytes(spec) - group.count() * each);
                    return room < 0 ? null : (int) Math.min(group.count() - 1, room / each);
                })
                .orElse(null);
    }

    /** The same of a lease, that has some already; null if it could have no more than those. */
    private @Nullable Integer more(AllocationSpec wanted, AllocationSpec has, long bytes) {
        Integer machines = machines(wanted, bytes);
        int there = has.groups().stream()
                .filter(group -> group.role() == MachineRole.COMPUTE)
                .mapToInt(MachineGroup::count)
                .sum();
        return machines == null || machines < there ? null : machines;
    }

    private DoesNotFit refuse(Calendar calendar, Request request) {
        TimeWindow window = request.booked();
        Amounts wanted = Amounts.of(BYTES, bytes(request.spec()));
        long most = calendar.open().stream()
                .mapToLong(p -> Math.max(0, calendar.free(p, window).get(BYTES)))
                .max()
                .orElse(0);
        Calendar firm = calendar.withoutHolds();
        return new DoesNotFit(new Refusal(
                        ErrorCode.NO_CAPACITY,
                        "volume space",
                        "of " + wanted.get(BYTES) + " bytes of volumes at most " + most
                                + " fit into one pool of this site throughout the window"
                                + Absence.of(hosts(calendar), "storage hosts", window),
                        roomiest(firm, window, wanted).isPresent()
                                ? calendar.lastHoldOver(window).orElse(null)
                                : null,
                        calendar.earliestStart(
                                        window,
                                        w -> roomiest(calendar, w, wanted).isPresent())
                                .orElse(null),
                        machines(request.spec(), most))
                .missing(
                        wanted.get(BYTES) - most,
                        calendar.scarcity(
                                        window,
                                        w -> roomiest(calendar, w, wanted).isPresent())
                                .orElse(null)));
    }
}
