package io.archipelago.agent.linux;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.cache.CacheSpace;
import io.archipelago.agent.drivers.link.LinkOffers;
import io.archipelago.agent.drivers.volume.Pools;
import io.archipelago.agent.os.Programs;
import io.archipelago.agent.os.Tools;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.host.HostMessage.HostRole;
import io.archipelago.contracts.host.HostMessage.Inventory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a real host has, from the host itself. {@link #refresh} asks the host and may take long; {@link #get} answers at once with what the
 * last look showed. A part that can not be looked at counts as it was last seen: a host is not to lose its machines because a command
 * hangs.
 */
public final class LinuxInventory implements Supplier<Inventory> {

    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(1);

    private final HostSetup setup;
    private final Identity identity;
    private final Programs programs;
    private final Hardware hardware;
    private final ClockCheck clock;
    private final Supplier<LinkOffers> links;
    private final Duration patience;
    private final Needs needs;
    private final Pools pools;
    private final @Nullable CacheSpace cacheSpace;
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

    private static final Seen NOTHING = new Seen(0, 0, Map.of(), 0, Map.of(), List.of());

    /** Looks at one part. */
    @FunctionalInterface
    private interface Part<T> {
        T look(List<String> problems) throws DriverFault;
    }

    /**
     * Looks at the host for the first time.
     *
     * @param links how it can join the ends of links
     * @param patience how long a program may run before it is told of
     */
    LinuxInventory(
            HostSetup setup,
            Identity identity,
            Programs programs,
            Hardware hardware,
            ClockCheck clock,
            Supplier<LinkOffers> links,
            Duration patience) {
        this.setup = setup;
        this.identity = identity;
        this.programs = programs;
        this.hardware = hardware;
        this.clock = clock;
        this.links = links;
        this.patience = patience;
        this.needs = Needs.of(setup.roles());
        this.pools = Pools.of(programs, setup.pools());
        this.cacheSpace = setup.is(HostRole.GATEWAY)
                ? CacheSpace.of(
                        setup.gateway().cacheDirectory(), setup.gateway().cacheBytes())
                : null;
        this.versions = new TreeMap<>(Versions.of(setup.roles(), programs));
        versions.put("agent", identity.agentVersion());
        versions.put("drivers", "linux");
        this.seen = look(NOTHING);
    }

    /** The inventory of the host that the process runs on; see the constructor. */
    public static LinuxInventory of(
            HostSetup setup,
            Identity identity,
            Programs programs,
            ClockCheck clock,
            Supplier<LinkOffers> links,
            Duration patience) {
        return new LinuxInventory(setup, identity, programs, new Hardware(Path.of("/")), clock, links, patience);
    }

    /** Asks the host again. */
    public void refresh() {
        seen = look(seen);
    }

    @Override
    public Inventory get() {
        Seen now = seen;
        LinkOffers offers = links.get();
        List<String> problems = new ArrayList<>(now.problems());
        problems.addAll(programs.hanging(patience));
        Map<String, String> details = new TreeMap<>(now.details());
        offers.missing().forEach((way, why) -> details.put("links " + way, "not offered: " + why));
        clock.offset().ifPresent(offset -> {
            details.put("clockOffset", offset.toMillis() + " ms");
            clockProblem(offset).ifPresent(problems::add);
        });
        if (clock.isBlind()) {
            problems.add(
                    "how far the clock is off can not be told: give the topic %s the setting message.timestamp.type=LogAppendTime"
                            .formatted(Topics.observed(setup.id())));
        }
        return new Inventory(
                identity.machineId(),
                setup.roles(),
                now.cpus(),
                now.memoryBytes(),
                now.pools(),
                setup.portal(),
                now.cacheBytes(),
                setup.gateway().wanAddress(),
                offers.keys(),
                identity.sealingKey(),
                versions,
                details,
                problems);
    }

    private Seen look(Seen before) {
        List<String> problems = new ArrayList<>(Tools.problems(needs.programs()));
        problems.addAll(part(
                "what modules the kernel has", List.of(), problems, all -> hardware.moduleProblems(needs.modules())));
        problems.addAll(part("the trunk", List.of(), problems, all -> trunkProblems()));
        return new Seen(
                part("the number of processors", before.cpus(), problems, this::cpus),
                part("memory", before.memoryBytes(), problems, this::memory),
                part("the space of volume groups", before.pools(), problems, this::pools),
                part("the cache directory", before.cacheBytes(), problems, this::cache),
                part("what it is made of", before.details(), problems, all -> details()),
                problems);
    }

    private static <T> T part(String name, T before, List<String> problems, Part<T> part) {
        List<String> found = new ArrayList<>();
        try {
            T seen = part.look(found);
            problems.addAll(found);
            return seen;
        } catch (DriverFault e) {
            problems.add("%s can not be looked at, and counts as it was last seen: %s".formatted(name, e.reason()));
            return before;
        }
    }

    private List<String> trunkProblems() throws DriverFault {
        return setup.trunk().isEmpty()
                ? List.of()
                : hardware.trunkProblem(setup.trunk()).stream().toList();
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
    private Map<String, Long> pools(List<String> problems) throws DriverFault {
        if (!setup.is(HostRole.STORAGE)) {
            return Map.of();
        }
        Pools.Found found = pools.look();
        problems.addAll(found.problems());
        return found.bytes();
    }

    private long cache(List<String> problems) throws DriverFault {
        if (cacheSpace == null) {
            return 0L;
        }
        CacheSpace.Found found = cacheSpace.look();
        found.problem().ifPresent(problems::add);
        return found.bytes();
    }

    private static Optional<String> clockProblem(Duration offset) {
        if (offset.abs().compareTo(CLOCK_TOLERANCE) <= 0) {
            return Optional.empty();
        }
        return Optional.of("the clock is %.1f s %s the broker's: have NTP set it (apt-get install chrony)"
                .formatted(offset.abs().toMillis() / 1000.0, offset.isNegative() ? "behind" : "ahead of"));
    }
}
