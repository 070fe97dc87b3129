package io.archipelago.storage.domain;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.Lease;
import io.archipelago.bus.protocol.PartView;
import io.archipelago.bus.protocol.ParticipantLogic;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.bus.protocol.Resource.Wanted;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.DiskSpec;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Storage's part of an allocation: space in one pool throughout the window; a volume for every machine, and its disk on the machine's host.
 */
public final class StorageLogic implements ParticipantLogic {

    private static final String BYTES = "bytes";
    private static final String HOST = "host";
    private static final String GROUP = "volume-group";

    private final ChapSecrets secrets;

    public StorageLogic(ChapSecrets secrets) {
        this.secrets = secrets;
    }

    /** A volume group as a pool. */
    public static Pool pool(HostId host, String volumeGroup, long bytes, boolean open) {
        return new Pool(
                host + "/" + volumeGroup,
                Amounts.of(BYTES, bytes),
                null,
                open,
                Map.of(HOST, host.value(), GROUP, volumeGroup));
    }

    @Override
    public Participant name() {
        return Participant.STORAGE;
    }

    @Override
    public List<Pool> pools(HostId host, Inventory inventory, boolean open) {
        return inventory.pools().entrySet().stream()
                .map(group -> pool(host, group.getKey(), group.getValue(), open))
                .toList();
    }

    @Override
    public Choice hold(Request request, Calendar calendar) {
        TimeWindow window = request.booked();
        Amounts wanted = Amounts.of(BYTES, request.spec().diskBytes());
        return roomiest(calendar, window, wanted)
                .<Choice>map(pool -> new Chosen(
                        List.of(new Claim(pool.id(), null, wanted)),
                        new Facts.Pool(
                                new HostId(Objects.requireNonNull(pool.labels().get(HOST), "a pool has a host")),
                                Objects.requireNonNull(pool.labels().get(GROUP), "a pool is a volume group"))))
                .orElseGet(() -> refuse(calendar, window, wanted));
    }

    @Override
    public List<Wanted> deploy(Lease lease) {
        Facts.Pool pool = Objects.requireNonNull(lease.facts().pool(), "storage has chosen");
        Map<Integer, HostId> hosts = Objects.requireNonNull(lease.facts().hosts(), "placement has chosen")
                .hosts();
        ClusterAddressing addressing =
                ClusterAddressing.of(lease.spec().network(), lease.allocation().reservation());
        List<Wanted> wanted = new ArrayList<>();
        for (MachineGroup group : lease.spec().groups()) {
            for (int ordinal = group.firstOrdinal(); ordinal < group.firstOrdinal() + group.count(); ordinal++) {
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
                                pool.pool(), group.diskBytes(), host, user, secrets.sealed(volume, pool.host()))));
                wanted.add(new Wanted(
                        host, disk, name, new DiskSpec(pool.host(), volume, user, secrets.sealed(volume, host))));
            }
        }
        return wanted;
    }

    /** A volume stays until its disk is gone: nothing is taken from under a machine. */
    @Override
    public boolean removable(Resource resource, PartView view) {
        return resource.key().kind() != ResourceKind.VOLUME
                || view.resources().stream()
                        .filter(r ->
                                r.key().kind() == ResourceKind.DISK && r.name().equals(resource.name()))
                        .allMatch(view::gone);
    }

    private static Optional<Pool> roomiest(Calendar calendar, TimeWindow window, Amounts wanted) {
        return calendar.open().stream()
                .filter(p -> wanted.fitsIn(calendar.free(p, window)))
                .max(Comparator.comparingLong(
                                (Pool p) -> calendar.free(p, window).get(BYTES))
                        .thenComparing(Pool::id, Comparator.reverseOrder()));
    }

    private static DoesNotFit refuse(Calendar calendar, TimeWindow window, Amounts wanted) {
        long most = calendar.open().stream()
                .mapToLong(p -> calendar.free(p, window).get(BYTES))
                .max()
                .orElse(0);
        Calendar firm = calendar.withoutHolds();
        return new DoesNotFit(new Refusal(
                ErrorCode.NO_CAPACITY,
                "volume space",
                "of " + wanted.get(BYTES) + " bytes of volumes at most " + most
                        + " fit into one pool of this site throughout the window",
                roomiest(firm, window, wanted).isPresent()
                        ? calendar.lastHoldOver(window).orElse(null)
                        : null,
                calendar.earliestStart(
                                window, w -> roomiest(calendar, w, wanted).isPresent())
                        .orElse(null)));
    }
}
