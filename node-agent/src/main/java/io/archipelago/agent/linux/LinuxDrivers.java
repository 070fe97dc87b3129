package io.archipelago.agent.linux;

import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.Drivers;
import io.archipelago.agent.drivers.Guarded;
import io.archipelago.agent.drivers.cache.CacheSettings;
import io.archipelago.agent.drivers.cache.LinuxCacheDriver;
import io.archipelago.agent.drivers.disk.DiskPaths;
import io.archipelago.agent.drivers.disk.LinuxDiskDriver;
import io.archipelago.agent.drivers.link.LinkOffers;
import io.archipelago.agent.drivers.link.LinkSettings;
import io.archipelago.agent.drivers.link.LinuxLinkDriver;
import io.archipelago.agent.drivers.link.Place;
import io.archipelago.agent.drivers.machine.LinuxMachineDriver;
import io.archipelago.agent.drivers.segment.LinuxSegmentDriver;
import io.archipelago.agent.drivers.segment.SegmentPaths;
import io.archipelago.agent.drivers.segment.SegmentSettings;
import io.archipelago.agent.drivers.volume.LinuxVolumeDriver;
import io.archipelago.agent.os.Programs;
import io.archipelago.agent.world.Unsealer;
import io.archipelago.contracts.host.HostMessage.HostRole;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The drivers of a real host: those that its roles call for. */
public final class LinuxDrivers {

    /** Files of what is gone after a reboot. */
    private static final Path RUN = Path.of("/run/archipelago");

    /** Longer than other commands of libvirt's, as a machine that starts waits for its emulator. */
    private static final Duration TO_START_A_MACHINE = Duration.ofSeconds(60);

    private final List<Driver<?>> drivers = new ArrayList<>();
    private final @Nullable LinuxLinkDriver links;
    private volatile LinkOffers offers = LinkOffers.NONE;

    /**
     * The drivers of a host.
     *
     * @param state the agent's directory
     * @param unsealer opens what was sealed to this host
     * @param changed run by a driver that notices by itself that something has changed: the host is looked at at once
     */
    public LinuxDrivers(HostSetup setup, Programs programs, Path state, Unsealer unsealer, Runnable changed) {
        SegmentPaths segments = new SegmentPaths(programs);
        DiskPaths disks = new DiskPaths();
        if (setup.is(HostRole.STORAGE)) {
            add(LinuxVolumeDriver.of(
                    setup.id(), programs, unsealer, setup.pools(), setup.portal(), setup.wipeBytesPerSecond()));
        }
        if (setup.is(HostRole.COMPUTE) || setup.is(HostRole.GATEWAY)) {
            add(LinuxSegmentDriver.of(
                    programs,
                    new SegmentSettings(
                            setup.trunk(),
                            setup.gateway().outside(),
                            setup.gateway().closedNetworks(),
                            RUN.resolve("segments"),
                            setup.is(HostRole.COMPUTE))));
        }
        if (setup.is(HostRole.COMPUTE)) {
            LinuxDiskDriver attached = LinuxDiskDriver.of(setup.id(), programs, disks, unsealer, setup.keepWrites());
            add(attached);
            add(LinuxMachineDriver.of(
                    programs.within(TO_START_A_MACHINE),
                    state,
                    key -> Optional.of(disks.of(key)).filter(Files::exists),
                    segments::bridge,
                    attached::giveUpWrites,
                    setup.boot(),
                    changed));
        }
        links = setup.is(HostRole.GATEWAY) ? links(setup, programs, state, segments) : null;
        if (links != null) {
            add(links);
            add(LinuxCacheDriver.of(programs, new CacheSettings(setup.gateway().cacheDirectory())));
        }
    }

    private static LinuxLinkDriver links(HostSetup setup, Programs programs, Path state, SegmentPaths segments) {
        return new LinuxLinkDriver(
                programs,
                key -> segments.gateway(key).map(place -> new Place(place.namespace(), place.bridge())),
                LinkSettings.of(
                        state.resolve("link-keys"),
                        RUN.resolve("links"),
                        state.resolve("links"),
                        setup.gateway().linkScripts()));
    }

    private void add(Driver<?> driver) {
        drivers.add(new Guarded<>(driver));
    }

    public Drivers all() {
        return new Drivers(drivers);
    }

    /**
     * Asks the host again how it can join the ends of links: a tool may have come, or an appliance have another key. What is asked may take
     * long to answer.
     */
    public void askForOffers() {
        if (links != null) {
            offers = links.offers();
        }
    }

    /** What the host said last. */
    public LinkOffers offers() {
        return offers;
    }
}
