package io.archipelago.agent.drivers.volume;

import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.IscsiNames;
import io.archipelago.agent.drivers.Observed;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.agent.os.KernelTree;
import io.archipelago.agent.os.Programs;
import io.archipelago.agent.world.Unsealer;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Logical volumes of LVM, served by the kernel's iSCSI target.
 *
 * <p>A pool is a volume group, or {@code group/pool}, a thin pool in one. The truth is in the tags of the logical volumes: a target is
 * made again from the specification whenever it is not there, as after a reboot. To remove a volume is to cut off whoever has it
 * attached, to tag it, and to wipe it in the background; the space is free when all of it was wiped.
 */
public final class LinuxVolumeDriver implements Driver<VolumeSpec>, AutoCloseable {

    private static final KernelTree TARGETS = new KernelTree(Path.of("/sys/kernel/config/target"));

    private final HostId host;
    private final LogicalVolumes volumes;
    private final Pools pools;
    private final Targets targets;
    private final Wiper wiper;
    private final Unsealer unsealer;

    LinuxVolumeDriver(
            HostId host, LogicalVolumes volumes, Pools pools, Targets targets, Wiper wiper, Unsealer unsealer) {
        this.host = host;
        this.volumes = volumes;
        this.pools = pools;
        this.targets = targets;
        this.wiper = wiper;
        this.unsealer = unsealer;
    }

    /**
     * The driver of a host.
     *
     * @param pools where volumes may be made, as in {@link Pools#of}
     * @param portal the address and port at which volumes are served
     * @param wipeBytesPerSecond how fast what was removed is wiped, so that those who work with the same disks still can
     */
    public static LinuxVolumeDriver of(
            HostId host,
            Programs programs,
            Unsealer unsealer,
            List<String> pools,
            String portal,
            long wipeBytesPerSecond) {
        return of(host, programs, unsealer, pools, portal, Wiper.Pace.of(wipeBytesPerSecond));
    }

    static LinuxVolumeDriver of(
            HostId host, Programs programs, Unsealer unsealer, List<String> pools, String portal, Wiper.Pace pace) {
        LogicalVolumes volumes = new LogicalVolumes(programs);
        return new LinuxVolumeDriver(
                host,
                volumes,
                new Pools(volumes::told, pools),
                new Targets(TARGETS, programs, host, portal),
                new Wiper(volumes, programs, pace),
                unsealer);
    }

    @Override
    public ResourceKind kind() {
        return ResourceKind.VOLUME;
    }

    @Override
    public Class<VolumeSpec> specType() {
        return VolumeSpec.class;
    }

    @Override
    public Map<ResourceKey, Observed> observe(Map<ResourceKey, VolumeSpec> wanted, Instant now) throws DriverFault {
        Map<ResourceKey, Observed> seen = new LinkedHashMap<>();
        for (LogicalVolume volume : volumes.all()) {
            Optional<ResourceKey> key = volume.key();
            if (key.isPresent()) {
                Observed observed =
                        volume.isWiping() ? wiping(volume) : observed(key.get(), volume, wanted.get(key.get()));
                Observed other = seen.put(key.get(), observed);
                if (other != null) {
                    seen.put(key.get(), broken("there are two logical volumes with its tag, one is " + volume.path()));
                }
            }
        }
        for (ResourceKey key : targets.all()) {
            seen.putIfAbsent(key, broken("its target is there without its logical volume"));
        }
        return seen;
    }

    @Override
    public void apply(ResourceKey key, VolumeSpec spec, Instant now) throws DriverFault {
        Optional<String> secret = unsealer.unseal(spec.sealedChapSecret());
        if (secret.isEmpty()) {
            throw DriverFault.failed("the secret for CHAP was not sealed to this host");
        }
        LogicalVolume volume = made(key, spec);
        wake(volume);
        targets.serve(key, export(key, spec, volume, secret.get()));
    }

    @Override
    public void remove(ResourceKey key, Instant now) throws DriverFault {
        LogicalVolume volume = find(key);
        if (volume == null) {
            targets.end(key);
            return;
        }
        if (volume.suspended()) {
            // The kernel would wait for what is being written.
            volumes.refresh(volume);
        }
        targets.end(key);
        if (volume.isWiping()) {
            wiper.again(volume);
            return;
        }
        volumes.retag(volume, LogicalVolume.WIPING, List.of());
        wiper.wipe(volume);
    }

    /** What volumes can be made in. */
    public Pools pools() {
        return pools;
    }

    @Override
    public void close() {
        wiper.close();
    }

    private LogicalVolume made(ResourceKey key, VolumeSpec spec) throws DriverFault {
        LogicalVolume volume = find(key);
        if (volume == null) {
            String problem = pools.problem(spec.pool());
            if (!problem.isEmpty()) {
                throw DriverFault.failed(problem);
            }
            volumes.create(spec.pool(), key.id(), spec.bytes(), LogicalVolume.tag(key));
            volume = find(key);
            if (volume == null) {
                throw DriverFault.failed("the logical volume was made, and lvs does not know it");
            }
            return volume;
        }
        if (volume.isWiping()) {
            throw DriverFault.waiting("the former one is still being wiped");
        }
        if (!volume.pool().equals(spec.pool()) || volume.isLargerThan(spec.bytes())) {
            throw DriverFault.failed("a volume neither shrinks nor moves to another pool");
        }
        if (volume.bytes() < spec.bytes()) {
            volumes.extend(volume, spec.bytes());
        }
        return volume;
    }

    /** Has the kernel serve what is written to one and read from it. */
    private void wake(LogicalVolume volume) throws DriverFault {
        if (!volume.active()) {
            volumes.activate(volume);
        } else if (volume.suspended()) {
            volumes.refresh(volume);
        }
    }

    private @Nullable LogicalVolume find(ResourceKey key) throws DriverFault {
        LogicalVolume found = null;
        for (LogicalVolume volume : volumes.allNow()) {
            if (volume.key().filter(key::equals).isPresent()) {
                if (found != null) {
                    throw DriverFault.failed("both %s and %s bear its tag: remove the tag from the wrong one"
                            .formatted(found.path(), volume.path()));
                }
                found = volume;
            }
        }
        return found;
    }

    private Observed wiping(LogicalVolume volume) {
        Optional<String> fault = wiper.fault(volume);
        if (fault.isPresent()) {
            return broken("can not be wiped: " + fault.get());
        }
        // Also after another agent began it.
        wiper.wipe(volume);
        long percent = volume.bytes() == 0 ? 0 : wiper.wiped(volume) * 100 / volume.bytes();
        return new Observed(Condition.REMOVING, "is being wiped: %d %%".formatted(percent), Map.of(), Set.of());
    }

    private Observed observed(ResourceKey key, LogicalVolume volume, @Nullable VolumeSpec spec) throws DriverFault {
        if (!volume.active()) {
            return broken("its logical volume is not active");
        }
        if (volume.suspended()) {
            return broken("its device is suspended, as LVM leaves one when it is cut off: who writes to it waits");
        }
        if (spec == null) {
            return ready(volume, String.join(", ", targets.initiators(key)));
        }
        if (volume.bytes() < spec.bytes() || !volume.pool().equals(spec.pool())) {
            return new Observed(Condition.DIFFERENT, "is not as specified", Map.of(), Set.of());
        }
        Optional<String> secret = unsealer.unseal(spec.sealedChapSecret());
        if (secret.isEmpty()) {
            return broken("the secret for CHAP was not sealed to this host");
        }
        String defect = targets.defect(key, export(key, spec, volume, secret.get()));
        return defect.isEmpty()
                ? ready(
                        volume,
                        spec.initiator() == null ? "none" : spec.initiator().value())
                : broken(defect);
    }

    private Export export(ResourceKey key, VolumeSpec spec, LogicalVolume volume, String secret) {
        return new Export(volume.device(), IscsiNames.serial(host, key), spec.initiator(), spec.chapUser(), secret);
    }

    private static Observed ready(LogicalVolume volume, String initiator) {
        return new Observed(
                Condition.READY,
                "",
                Map.of("pool", volume.pool(), "bytes", Long.toString(volume.bytes()), "initiator", initiator),
                Set.of());
    }

    private static Observed broken(String reason) {
        return new Observed(Condition.BROKEN, reason, Map.of(), Set.of());
    }
}
