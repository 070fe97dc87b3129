package io.archipelago.agent.drivers.volume;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Programs;
import java.util.Map;

/** How large the host's volume groups and thin pools are. */
public final class PoolSizes {

    private PoolSizes() {}

    /** The size of each in bytes, by {@code group} or {@code group/pool}. */
    public static Map<String, Long> of(Programs programs) throws DriverFault {
        return new LogicalVolumes(programs).pools();
    }
}
