package io.archipelago.agent;

import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.Drivers;
import io.archipelago.agent.drivers.cache.SimCacheDriver;
import io.archipelago.agent.drivers.disk.SimDiskDriver;
import io.archipelago.agent.drivers.link.SimLinkDriver;
import io.archipelago.agent.drivers.machine.SimMachineDriver;
import io.archipelago.agent.drivers.segment.SimSegmentDriver;
import io.archipelago.agent.drivers.volume.SimVolumeDriver;
import io.archipelago.agent.world.SimHost;
import io.archipelago.contracts.host.HostMessage.HostRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The drivers of a simulated host: those that its roles call for. */
public final class SimDrivers {

    private SimDrivers() {}

    public static Drivers of(SimHost host) {
        Set<HostRole> roles = host.capacity().roles();
        List<Driver<?>> drivers = new ArrayList<>();
        if (roles.contains(HostRole.STORAGE)) {
            drivers.add(new SimVolumeDriver(host));
        }
        if (roles.contains(HostRole.COMPUTE)) {
            drivers.add(new SimDiskDriver(host));
            drivers.add(new SimMachineDriver(host));
        }
        if (roles.contains(HostRole.GATEWAY)) {
            drivers.add(new SimLinkDriver(host));
            drivers.add(new SimCacheDriver(host));
        }
        if (roles.contains(HostRole.COMPUTE) || roles.contains(HostRole.GATEWAY)) {
            drivers.add(new SimSegmentDriver(host));
        }
        return new Drivers(drivers);
    }
}
