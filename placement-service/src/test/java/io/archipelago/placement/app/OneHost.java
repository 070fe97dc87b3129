package io.archipelago.placement.app;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.HostRole;
import io.archipelago.contracts.host.HostMessage.Inventory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A site of one compute host, and clusters of one machine on it. */
final class OneHost {

    static final SiteId TOKYO = new SiteId("tokyo");
    static final HostId HOST = new HostId("tokyo-c01");

    private static final long GIB = 1L << 30;
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private OneHost() {}

    static HostHeartbeat heartbeat(int cpus) {
        Inventory inventory = new Inventory(
                "machine",
                Set.of(HostRole.COMPUTE),
                cpus,
                64 * GIB,
                Map.of(),
                "",
                0,
                "",
                Map.of(),
                "key",
                Map.of(),
                Map.of(),
                List.of());
        return new HostHeartbeat(HOST, 1, 1, START, Duration.ofHours(1), inventory, Map.of(), 0);
    }

    static TimeWindow window(int fromHour, int toHour) {
        return new TimeWindow(START.plus(Duration.ofHours(fromHour)), START.plus(Duration.ofHours(toHour)));
    }

    static HoldAllocation hold(AllocationId id, int sequence, int cpus, TimeWindow window) {
        AllocationSpec spec = new AllocationSpec(
                new TenantId("astro"),
                "race",
                1,
                TOKYO,
                List.of(),
                window,
                List.of(new MachineGroup(MachineRole.COMPUTE, 1, 1, cpus, GIB, GIB, 1)),
                ClusterAddressing.DEFAULT_NETWORK,
                new AllocationSpec.Software("debian-12", List.of()));
        return new HoldAllocation(
                id, sequence, Set.of(Participant.PLACEMENT), spec, Facts.OfSite.unknown(), Duration.ofMinutes(5));
    }
}
