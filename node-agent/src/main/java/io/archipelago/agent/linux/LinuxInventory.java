package io.archipelago.agent.linux;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.volume.Pools;
import io.archipelago.agent.os.Programs;
import io.archipelago.agent.os.Tools;
import io.archipelago.contracts.host.HostMessage.HostRole;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.LinkDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What a real host has, from the host itself. {@link #refresh} asks the host and may take long; {@link #get} answers at once with what the
 * last look showed.
 */
public final class LinuxInventory implements Supplier<Inventory> {

    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(1);

    private final HostSetup setup;
    private final Identity identity;
    private final Programs programs;
    private final Hardware hardware;
    private final Supplier<Optional<Duration>> clockOffset;
    private final Supplier<Map<LinkDriver, String>> links;
    private final Duration patience;
    private final Needs needs;
    private final Pools pools;
    private final Map<String, String> versions;

    private volatile Seen seen;

    /** What is known of a host before it is looked at; see {@link Inventory}. */
    public record Identity(String machineId, String sealingKey, String agentVersion) {}

    /** What one look showed. */
    private record Seen(
            int cpus,
            long memoryBytes,
            Map<String, Long> pools,
            long cacheBytes,
            Map<String, String> details,
            List<String> problems) {}

    /**
     * Looks at the host for the first time.
     *
     * @param clockOffset how far the host's clock is ahead of the broker's, as far as that is known
     * @param links see {@link Inventory#links()}
     * @param patience how long a program may run before it is told of
     */
    LinuxInventory(
            HostSetup setup,
            Identity identity,
            Programs programs,
            Hardware hardware,
            Supplier<Optional<Duration>> clockOffset,
            Supplier<Map<LinkDriver, String>> links,
            Duration patience) {
        this.setup = setup;
        this.identity = identity;
        this.programs = programs;
        this.hardware = hardware;
        this.clockOffset = clockOffset;
        this.links = links;
        this.patience = patience;
        this.needs = Needs.of(setup.roles());
        this.pools = Pools.of(programs);
        this.versions = new TreeMap<>(Versions.of(setup.roles(), programs));
        versions.put("agent", identity.agentVersion());
        versions.put("drivers", "linux");
        this.seen = look();
    }

    /** The inventory of the host that the process runs on; see the constructor. */
    public static LinuxInventory of(
            HostSetup setup,
            Identity identity,
            Programs programs,
            Supplier<Optional<Duration>> clockOffset,
            Supplier<Map<LinkDriver, String>> links,
            Duration patience) {
        return new LinuxInventory(setup, identity, programs, new Hardware(Path.of("/")), clockOffset, links, patience);
    }

    /** Asks the host again. */
    public void refresh() {
        seen = look();
    }

    @Override
    public Inventory get() {
        Seen now = seen;
        List<String> problems = new ArrayList<>(now.problems());
        problems.addAll(programs.hanging(patience));
        Map<String, String> details = new TreeMap<>(now.details());
        clockOffset.get().ifPresent(offset -> {
            details.put("clockOffset", offset.toMillis() + " ms");
            clockProblem(offset).ifPresent(problems::add);
        });
        return new Inventory(
                identity.machineId(),
                setup.roles(),
                now.cpus(),
                now.memoryBytes(),
                now.pools(),
                setup.portal(),
                now.cacheBytes(),
                setup.gateway().wanAddress(),
                links.get(),
                identity.sealingKey(),
                versions,
                details,
                problems);
    }

    private Seen look() {
        List<String> problems = new ArrayList<>(Tools.problems(needs.programs()));
        try {
            problems.addAll(hardware.moduleProblems(needs.modules()));
            if (!setup.trunk().isEmpty()) {
                hardware.trunkProblem(setup.trunk()).ifPresent(problems::add);
            }
            return new Seen(cpus(problems), memory(problems), pools(problems), cache(problems), details(), problems);
        } catch (DriverFault e) {
            problems.add("the kernel does not tell what the host has: " + e.reason());
            return new Seen(0, 0, Map.of(), 0, Map.of(), problems);
        }
    }

    /** Nothing that changes by itself: the inventory is weighed anew whenever it is another. */
    private Map<String, String> details() throws DriverFault {
        Map<String, String> details = new TreeMap<>();
        details.put("kernel", hardware.kernel());
        details.put("processors", Integer.toString(hardware.cpus()));
        details.put("memory", (hardware.memoryBytes() >> 20) + " MiB");
        for (String name : hardware.interfaces()) {
            String speed = hardware.speed(name).map(mbit -> mbit + " Mbit/s").orElse("speed unknown");
            details.put("interface " + name, name.equals(setup.trunk()) ? speed + ", trunk" : speed);
        }
        return details;
    }

    private int cpus(List<String> problems) throws DriverFault {
        if (!setup.is(HostRole.COMPUTE)) {
            return 0;
        }
        int cpus = hardware.cpus() - setup.reservedCpus();
        if (cpus < 1) {
            problems.add("of %d processors agent.host.reserved-cpus keeps %d: none is left for machines"
                    .formatted(hardware.cpus(), setup.reservedCpus()));
        }
        return Math.max(0, cpus);
    }

    private long memory(List<String> problems) throws DriverFault {
        if (!setup.is(HostRole.COMPUTE)) {
            return 0;
        }
        long bytes = hardware.memoryBytes() - setup.reservedMemory();
        if (bytes <= 0) {
            problems.add("of %d MiB of memory agent.host.reserved-memory keeps %d MiB: none is left for machines"
                    .formatted(hardware.memoryBytes() >> 20, setup.reservedMemory() >> 20));
        }
        return Math.max(0, bytes);
    }

    /** What volumes may take of each pool that is there. */
    private Map<String, Long> pools(List<String> problems) {
        if (!setup.is(HostRole.STORAGE)) {
            return Map.of();
        }
        try {
            Pools.Found found = pools.look(setup.pools());
            problems.addAll(found.problems());
            return found.bytes();
        } catch (DriverFault e) {
            problems.add("LVM does not tell its volume groups: " + e.reason());
            return Map.of();
        }
    }

    /** What package caches may take: as much as configured, if the file system has it. */
    private long cache(List<String> problems) {
        if (!setup.is(HostRole.GATEWAY)) {
            return 0;
        }
        try {
            Files.createDirectories(setup.gateway().cacheDirectory());
            long total = Files.getFileStore(setup.gateway().cacheDirectory()).getTotalSpace();
            if (total < setup.gateway().cacheBytes()) {
                problems.add("the file system of %s has %d MiB, and agent.host.cache-bytes says %d MiB: lower that"
                        .formatted(
                                setup.gateway().cacheDirectory(),
                                total >> 20,
                                setup.gateway().cacheBytes() >> 20));
            }
            return Math.min(total, setup.gateway().cacheBytes());
        } catch (IOException e) {
            problems.add("the cache directory %s can not be used: %s: correct agent.host.cache-directory"
                    .formatted(setup.gateway().cacheDirectory(), e.getMessage()));
            return 0;
        }
    }

    private static Optional<String> clockProblem(Duration offset) {
        if (offset.abs().compareTo(CLOCK_TOLERANCE) <= 0) {
            return Optional.empty();
        }
        return Optional.of("the clock is %.1f s %s the broker's: have NTP set it (apt-get install chrony)"
                .formatted(offset.abs().toMillis() / 1000.0, offset.isNegative() ? "behind" : "ahead of"));
    }
}
