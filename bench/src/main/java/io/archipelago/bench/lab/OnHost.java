package io.archipelago.bench.lab;

import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.Drivers;
import io.archipelago.agent.drivers.Guarded;
import io.archipelago.agent.drivers.disk.DiskPaths;
import io.archipelago.agent.drivers.disk.LinuxDiskDriver;
import io.archipelago.agent.drivers.link.LinkSettings;
import io.archipelago.agent.drivers.link.LinuxLinkDriver;
import io.archipelago.agent.drivers.link.Place;
import io.archipelago.agent.drivers.segment.LinuxSegmentDriver;
import io.archipelago.agent.drivers.segment.SegmentPaths;
import io.archipelago.agent.drivers.segment.SegmentSettings;
import io.archipelago.agent.drivers.volume.LinuxVolumeDriver;
import io.archipelago.agent.host.HostAgent;
import io.archipelago.agent.host.HostSettings;
import io.archipelago.agent.host.Report;
import io.archipelago.agent.host.SpecCopy;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Runs on a host of the lab: the agent with its drivers for Linux and without a broker. {@code offers} tells how the host can join the ends
 * of links; {@code make FILE} makes what an {@link Errand} desires, tells where it is, and leaves it there.
 */
public final class OnHost {

    private static final Path KEYS = Path.of("/var/lib/archipelago/bench/link-keys");
    private static final Path RUN = Path.of("/run/archipelago");
    private static final Path LASTING = Path.of("/var/lib/archipelago/bench/links");
    private static final String TRUNK = "eth1";
    private static final String OUTSIDE = "eth2";
    private static final long WIPE_BYTES_PER_SECOND = 1L << 30;
    private static final Duration KEEP_WRITES = Duration.ofMinutes(5);
    private static final Duration COMMAND_LIMIT = Duration.ofMinutes(1);
    private static final Duration TO_BE_READY = Duration.ofMinutes(4);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final Programs programs = new Programs(COMMAND_LIMIT);
    private final SegmentPaths segments = new SegmentPaths(programs);
    private final DiskPaths disks = new DiskPaths();

    private OnHost() {}

    public static void main(String[] arguments) throws Exception {
        OnHost here = new OnHost();
        try {
            String answer = arguments[0].equals("offers")
                    ? Json.write(here.links().offers().keys())
                    : Json.write(here.make(Json.read(Files.readString(Path.of(arguments[1])), Errand.class)));
            System.out.println(answer);
        } catch (IOException | DriverFault e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    private LinuxLinkDriver links() {
        return new LinuxLinkDriver(
                programs,
                key -> segments.gateway(key).map(place -> new Place(place.namespace(), place.bridge())),
                LinkSettings.of(
                        KEYS,
                        RUN.resolve("links"),
                        LASTING,
                        Files.isDirectory(Appliance.SCRIPTS) ? Appliance.SCRIPTS : null));
    }

    private Driver<?> driver(ResourceKind kind, Errand errand) {
        return switch (kind) {
            case SEGMENT ->
                new Guarded<>(LinuxSegmentDriver.of(
                        programs, new SegmentSettings(TRUNK, OUTSIDE, List.of(), RUN.resolve("segments"), false)));
            case LINK -> new Guarded<>(links());
            case VOLUME ->
                new Guarded<>(LinuxVolumeDriver.of(
                        errand.host(),
                        programs,
                        Optional::of,
                        List.of(Plan.GROUP, Plan.THIN_POOL),
                        errand.portal(),
                        WIPE_BYTES_PER_SECOND));
            case DISK -> new Guarded<>(LinuxDiskDriver.of(errand.host(), programs, disks, Optional::of, KEEP_WRITES));
            case MACHINE, CACHE -> throw new IllegalArgumentException("nothing is measured of a " + kind.wireName());
        };
    }

    /** Where each thing is: a namespace or a block device; nothing for a link. */
    private Map<String, String> make(Errand errand) throws IOException, DriverFault, InterruptedException {
        Set<ResourceKind> kinds =
                errand.resources().stream().map(each -> each.key().kind()).collect(Collectors.toSet());
        List<Driver<?>> each = new ArrayList<>();
        kinds.forEach(kind -> each.add(driver(kind, errand)));
        Drivers drivers = new Drivers(each);
        awaitReady(agent(errand, drivers), errand.resources());
        drivers.close();
        Map<String, String> places = new TreeMap<>();
        for (DesiredResource resource : errand.resources()) {
            place(resource.key()).ifPresent(place -> places.put(resource.key().toString(), place));
        }
        return places;
    }

    private static HostAgent agent(Errand errand, Drivers drivers) {
        Inventory nothing = new Inventory(
                "bench", Set.of(), 0, 0, Map.of(), "", 0, "", Map.of(), "", Map.of(), Map.of(), List.of());
        return new HostAgent(
                errand.host(),
                1,
                HostSettings.DEFAULT,
                drivers,
                () -> nothing,
                SpecCopy.EMPTY,
                copy -> {},
                new SplittableRandom(1));
    }

    private static void awaitReady(HostAgent agent, List<DesiredResource> resources)
            throws IOException, InterruptedException {
        Set<ResourceKey> missing = new LinkedHashSet<>();
        resources.forEach(resource -> {
            missing.add(resource.key());
            agent.desire(resource);
        });
        agent.caughtUp();
        Map<ResourceKey, String> said = new LinkedHashMap<>();
        Instant deadline = Instant.now().plus(TO_BE_READY);
        while (!missing.isEmpty()) {
            for (Report report : agent.step(Instant.now())) {
                if (report instanceof Report.Said one && one.message() instanceof ResourceObserved seen) {
                    said.put(seen.key(), seen.phase() + " " + seen.reason());
                    if (seen.phase() == Phase.READY) {
                        missing.remove(seen.key());
                    } else {
                        missing.add(seen.key());
                    }
                }
            }
            if (Instant.now().isAfter(deadline)) {
                said.keySet().retainAll(missing);
                throw new IOException(
                        "%s is not ready after %d s: %s".formatted(missing, TO_BE_READY.toSeconds(), said));
            }
            Duration due = Duration.between(Instant.now(), agent.nextDue());
            if (!missing.isEmpty() && due.isPositive()) {
                Thread.sleep(due.compareTo(LONGEST_PAUSE) < 0 ? due : LONGEST_PAUSE);
            }
        }
    }

    private Optional<String> place(ResourceKey key) throws DriverFault {
        return switch (key.kind()) {
            case SEGMENT -> segments.gateway(key).map(SegmentPaths.Place::namespace);
            case DISK -> Optional.of(disks.of(key).toString());
            case VOLUME -> Optional.of("/dev/%s/%s".formatted(Plan.GROUP, key.id()));
            case LINK, MACHINE, CACHE -> Optional.empty();
        };
    }
}
