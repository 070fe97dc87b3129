package io.archipelago.agent.drivers.machine;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.SimDriver;
import io.archipelago.agent.drivers.SimExports;
import io.archipelago.agent.world.SimHost;
import io.archipelago.agent.world.SimThing;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.DiskSpec;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Simulated machines. Those of a host never take more than its processors and memory, and each needs its disk and segment. It dies when
 * one of these is taken away, and does no work while the disk is cut off from its volume: its writes fail. No volume is written to from
 * two hosts.
 */
public final class SimMachineDriver extends SimDriver<MachineSpec> {

    public SimMachineDriver(SimHost host) {
        super(host, ResourceKind.MACHINE, MachineSpec.class);
    }

    @Override
    protected void admit(ResourceKey key, MachineSpec spec, @Nullable MachineSpec present, Instant now)
            throws DriverFault {
        long cpus = spec.cpus();
        long memory = spec.memoryBytes();
        for (Map.Entry<ResourceKey, SimThing> each : host().things(now).entrySet()) {
            if (!each.getKey().equals(key) && each.getValue().spec() instanceof MachineSpec other) {
                cpus += other.cpus();
                memory += other.memoryBytes();
            }
        }
        if (cpus > host().capacity().cpus()) {
            throw violate(
                    key,
                    now,
                    "the machines of this host would take more than its %d processors"
                            .formatted(host().capacity().cpus()));
        }
        if (memory > host().capacity().memoryBytes()) {
            throw violate(key, now, "the machines of this host would take more than its memory");
        }
        for (ResourceKey need : List.of(spec.disk(), spec.segment())) {
            SimThing thing = host().thing(need, now);
            if (thing == null || thing.removing() || !thing.isSettled(now)) {
                throw violate(key, now, "was started without " + need);
            }
        }
        if (host().thing(spec.disk(), now) instanceof SimThing disk && disk.spec() instanceof DiskSpec attached) {
            requireOnlyWriter(key, attached, now);
        }
    }

    private void requireOnlyWriter(ResourceKey key, DiskSpec disk, Instant now) throws DriverFault {
        for (SimHost other : host().site().hosts()) {
            if (other.id().equals(host().id())) {
                continue;
            }
            for (SimThing thing : other.things(now).values()) {
                if (thing.spec() instanceof MachineSpec machine
                        && other.thing(machine.disk(), now) instanceof SimThing theirs
                        && theirs.spec() instanceof DiskSpec same
                        && same.volume().equals(disk.volume())
                        && same.storageHost().equals(disk.storageHost())
                        && SimExports.missing(other, same, now).isEmpty()) {
                    throw violate(key, now, "would write to the volume that a machine on " + other.id() + " writes to");
                }
            }
        }
    }

    @Override
    protected String defect(ResourceKey key, MachineSpec spec, Instant now) {
        for (ResourceKey need : List.of(spec.disk(), spec.segment())) {
            if (host().thing(need, now) == null) {
                return "stopped, because it lost " + need;
            }
        }
        SimThing disk = host().thing(spec.disk(), now);
        String missing = disk != null && disk.spec() instanceof DiskSpec attached
                ? SimExports.missing(host(), attached, now)
                : "";
        return missing.isEmpty() ? "" : "its writes fail: " + missing;
    }

    /** As it is once it was rebooted, a machine stays for whoever has forgotten that. */
    @Override
    protected boolean isAs(MachineSpec wanted, MachineSpec present) {
        return wanted.rebootedWith(Math.max(wanted.reboot(), present.reboot())).equals(present);
    }

    @Override
    protected Map<String, String> details(MachineSpec spec) {
        return Map.of("name", spec.name(), "mac", spec.mac(), "address", spec.address());
    }
}
