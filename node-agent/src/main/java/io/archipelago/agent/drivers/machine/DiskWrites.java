package io.archipelago.agent.drivers.machine;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.contracts.host.ResourceKey;

/** What machines write to their disks. */
@FunctionalInterface
public interface DiskWrites {

    /** Has fail what can not be written to a DISK, if anything can not. */
    void giveUp(ResourceKey disk) throws DriverFault;
}
