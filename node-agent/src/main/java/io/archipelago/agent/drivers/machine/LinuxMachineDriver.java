package io.archipelago.agent.drivers.machine;

import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.Lookup;
import io.archipelago.agent.drivers.Observed;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.agent.drivers.machine.Domain.Hardware;
import io.archipelago.agent.drivers.machine.Domain.State;
import io.archipelago.agent.drivers.machine.DomainWriter.Sockets;
import io.archipelago.agent.drivers.machine.Works.Work;
import io.archipelago.agent.os.KernelTree;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Machines as domains of libvirt, run by QEMU with KVM where the host has it.
 *
 * <p>The truth is in libvirt's definitions, which bear the machine's key. No domain starts when the host does: one that is off, for
 * whatever reason, is BROKEN and is started by the next {@link #apply}. Starting and ending take long and go on by themselves; an
 * agent that begins while they do sees the domain as it is and goes on from there.
 */
public final class LinuxMachineDriver implements Driver<MachineSpec>, AutoCloseable {

    private static final KernelTree NETWORK_DEVICES = new KernelTree(Path.of("/sys/class/net"));
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long CONSOLE_BYTES = 1L << 20;

    private static final Logger LOG = Logger.getLogger(LinuxMachineDriver.class);

    /** The unit in which libvirt counts memory. */
    private static final long KIB = 1024;

    private final Virsh virsh;
    private final Domains domains;
    private final Works works;
    private final Consoles consoles;
    private final DomainWriter writer;
    private final Lookup<Path> disks;
    private final Lookup<String> bridges;
    private final Endings endings;

    LinuxMachineDriver(
            Virsh virsh,
            Consoles consoles,
            DomainWriter writer,
            Lookup<Path> disks,
            Lookup<String> bridges,
            DiskWrites writes,
            Duration patience,
            Runnable wake) {
        this.virsh = virsh;
        this.consoles = consoles;
        this.writer = writer;
        this.disks = disks;
        this.bridges = bridges;
        this.domains = new Domains(virsh, wake);
        this.works = new Works(domains::changed);
        this.endings = new Endings(virsh, domains, writes, patience);
    }

    /**
     * The driver of a host.
     *
     * @param programs with a limit that a machine can be started in, some 60 seconds
     * @param state the agent's directory; what machines say on their consoles is kept below
     * @param disks the block device of a DISK; nothing as long as it is not attached
     * @param bridges the bridge of a SEGMENT; nothing as long as it is not there
     * @param writes what machines write to their disks
     * @param boot what machines start from instead of their network and disk; null: nothing
     * @param wake called when a machine has changed by itself
     */
    public static LinuxMachineDriver of(
            Programs programs,
            Path state,
            Lookup<Path> disks,
            Lookup<String> bridges,
            DiskWrites writes,
            @Nullable DirectBoot boot,
            Runnable wake) {
        return new LinuxMachineDriver(
                new Virsh(programs),
                new Consoles(state.resolve("consoles"), CONSOLE_BYTES),
                new DomainWriter(boot),
                disks,
                bridges,
                writes,
                PATIENCE,
                wake);
    }

    @Override
    public ResourceKind kind() {
        return ResourceKind.MACHINE;
    }

    @Override
    public Class<MachineSpec> specType() {
        return MachineSpec.class;
    }

    @Override
    public Map<ResourceKey, Observed> observe(Map<ResourceKey, MachineSpec> wanted, Instant now) throws DriverFault {
        Map<ResourceKey, Observed> seen = new HashMap<>();
        for (Domain domain : domains.all().ours().values()) {
            trim(domain);
            seen.put(domain.key(), observed(domain, wanted.get(domain.key())));
        }
        tidy(Stream.concat(seen.keySet().stream(), wanted.keySet().stream()));
        return seen;
    }

    /** A console that can not be shortened is no reason not to look at machines. */
    private void trim(Domain domain) {
        try {
            consoles.trim(domain.name());
        } catch (DriverFault fault) {
            LOG.warnf("machine=%s %s", domain.key(), fault.reason());
        }
    }

    /** Nor is one that can not be removed. */
    private void tidy(Stream<ResourceKey> machines) {
        try {
            consoles.keepOnly(machines.map(Domain::name).collect(Collectors.toSet()));
        } catch (DriverFault fault) {
            LOG.warn(fault.reason());
        }
    }

    @Override
    public void apply(ResourceKey key, MachineSpec spec, Instant now) throws DriverFault {
        Work work = works.get(key);
        if (work != null && work.going()) {
            if (work.condition() == Condition.REMOVING) {
                throw DriverFault.waiting("the former one is still being removed");
            }
            return;
        }
        // What is missing is said at once.
        String definition = definition(key, spec);
        Listing listing = domains.all();
        Domain domain = listing.ours().get(key);
        if (domain == null) {
            requireNoOther(key, listing);
        }
        if (domain == null || !domain.state().isAlive()) {
            virsh.define(definition);
            domains.stale();
            works.begin(key, Condition.MAKING, "is being started", () -> virsh.start(key));
        } else if (!hardware(spec, domain).equals(domain.hardware())
                || domain.state().isBeyondHelp()) {
            // As if the power button were pressed twice: a reboot from within would not take a definition that has
            // changed.
            works.begin(key, Condition.MAKING, "is being stopped, to be started anew", () -> {
                endings.end(key);
                // Its disk may have become another device while it ended.
                virsh.define(definition(key, spec));
                virsh.start(key);
            });
        } else if (domain.state() == State.PAUSED) {
            virsh.resume(key);
            domains.stale();
        }
    }

    @Override
    public void remove(ResourceKey key, Instant now) throws DriverFault {
        if (domains.get(key).isPresent()) {
            works.begin(key, Condition.REMOVING, "is shutting down", () -> {
                endings.end(key);
                consoles.remove(Domain.name(key));
                virsh.undefine(key);
            });
        }
    }

    @Override
    public void close() {
        works.close();
        domains.close();
    }

    private Observed observed(Domain domain, @Nullable MachineSpec spec) throws DriverFault {
        Work work = works.get(domain.key());
        if (work != null && work.going()) {
            return observed(domain, work.condition(), work.reason());
        }
        return switch (domain.state()) {
            case RUNNING -> {
                if (spec != null && !hardware(spec, domain).equals(domain.hardware())) {
                    yield unlike(domain, hardware(spec, domain));
                }
                if (spec != null) {
                    works.forget(domain.key());
                }
                yield new Observed(Condition.READY, "", domain.details(), domain.uses());
            }
            case PAUSED ->
                domain.why().equals("starting up")
                        ? observed(domain, Condition.MAKING, "is being started")
                        : observed(domain, Condition.BROKEN, "is paused: " + domain.why());
            case ENDING -> observed(domain, Condition.MAKING, "is switching itself off");
            case OFF -> observed(domain, Condition.BROKEN, work == null ? off(domain.why()) : work.reason());
            case CRASHED -> observed(domain, Condition.BROKEN, "its kernel panicked");
            case OTHER -> observed(domain, Condition.BROKEN, "is in a state that it should not be in");
        };
    }

    private static Observed unlike(Domain domain, Hardware wanted) {
        Hardware there = domain.hardware();
        if (wanted.on(there.device()).equals(there)) {
            return observed(
                    domain,
                    Condition.BROKEN,
                    "its disk was attached anew and is the device %s now: it can not reach %s, with which it was started"
                            .formatted(wanted.device(), there.device()));
        }
        return observed(
                domain,
                Condition.DIFFERENT,
                wanted.reboot() == there.reboot() ? "is not as specified" : "is to be rebooted");
    }

    private static Observed observed(Domain domain, Condition condition, String reason) {
        return new Observed(condition, reason, Map.of(), domain.uses());
    }

    /** In libvirt's words, as in the table of {@code domstate} in virsh(1). */
    private static String off(String why) {
        return switch (why) {
            case "shutdown" -> "has switched itself off";
            case "crashed" -> "its QEMU was killed or crashed";
            case "destroyed" -> "was switched off";
            case "failed" -> "could not be started";
            default -> "does not run";
        };
    }

    private String definition(ResourceKey key, MachineSpec spec) throws DriverFault {
        return writer.write(key, spec, sockets(key, spec));
    }

    private Sockets sockets(ResourceKey key, MachineSpec spec) throws DriverFault {
        Path disk = disks.find(spec.disk())
                .orElseThrow(() -> DriverFault.waiting("waits for the device of " + spec.disk()));
        String bridge = bridges.find(spec.segment())
                .orElseThrow(() -> DriverFault.waiting("waits for the bridge of " + spec.segment()));
        int mtu = NETWORK_DEVICES
                .at(bridge)
                .text("mtu")
                .map(Integer::parseInt)
                .orElseThrow(() -> DriverFault.waiting("waits for the bridge " + bridge));
        return new Sockets(disk, BlockDevices.number(disk), bridge, mtu, consoles.file(Domain.name(key)));
    }

    /** What a domain should be made of. One that is cut off from its disk or segment for now is not made anew for that. */
    private Hardware hardware(MachineSpec spec, Domain domain) throws DriverFault {
        Hardware present = domain.hardware();
        Optional<Path> disk = disks.find(spec.disk());
        String device = disk.isPresent() ? BlockDevices.number(disk.get()) : "";
        return new Hardware(
                spec.name(),
                spec.cpus(),
                (spec.memoryBytes() + KIB - 1) / KIB * KIB,
                spec.mac().toLowerCase(Locale.ROOT),
                spec.address(),
                disk.map(Path::toString).orElse(present.disk()),
                // One that an older agent has started does not bear it.
                device.isEmpty() || present.device().isEmpty() ? present.device() : device,
                bridges.find(spec.segment()).orElse(present.bridge()),
                // Who asks by a lower one has forgotten what was asked last.
                Math.max(spec.reboot(), present.reboot()));
    }

    private static void requireNoOther(ResourceKey key, Listing listing) throws DriverFault {
        String name = Domain.name(key);
        if (listing.foreign().containsValue(name)) {
            throw DriverFault.failed(
                    "a domain that is not ours has the name %s: rename it with virsh domrename".formatted(name));
        }
        if (listing.foreign().containsKey(Domain.uuid(key))) {
            throw DriverFault.failed(
                    "a domain that is not ours has the UUID %s: give it another one".formatted(Domain.uuid(key)));
        }
    }
}
