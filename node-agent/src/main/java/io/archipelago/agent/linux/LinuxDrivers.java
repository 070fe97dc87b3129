package io.archipelago.agent.linux;

import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.Drivers;
import io.archipelago.agent.drivers.volume.LinuxVolumeDriver;
import io.archipelago.agent.os.Programs;
import io.archipelago.agent.world.Unsealer;
import io.archipelago.contracts.host.HostMessage.HostRole;
import java.util.ArrayList;
import java.util.List;

/** The drivers of a real host: those that its roles call for. */
public final class LinuxDrivers {

    private LinuxDrivers() {}

    /**
     * The drivers of a host.
     *
     * @param unsealer opens what was sealed to this host
     * @param changed run by a driver that notices by itself that something has changed: the host is looked at at once
     */
    public static Drivers of(HostSetup setup, Programs programs, Unsealer unsealer, Runnable changed) {
        List<Driver<?>> drivers = new ArrayList<>();
        if (setup.is(HostRole.STORAGE)) {
            drivers.add(
                    LinuxVolumeDriver.of(setup.id(), programs, unsealer, setup.portal(), setup.wipeBytesPerSecond()));
        }
        return new Drivers(drivers);
    }
}
