package io.archipelago.contracts.placement;

import java.time.Instant;
import java.util.List;

/**
 * What a site has free all the time from an instant until the next slice's.
 *
 * @param from the first instant that this speaks of
 * @param hosts the site's compute hosts, those with the same room together
 */
public record CapacitySlice(Instant from, List<HostClass> hosts) {

    public CapacitySlice {
        hosts = List.copyOf(hosts);
    }

    /**
     * Hosts with the same room.
     *
     * @param count how many
     * @param cpus processors free on each
     * @param memoryBytes memory free on each
     */
    public record HostClass(int count, int cpus, long memoryBytes) {

        /** How many machines fit on these hosts. */
        public int fits(int machineCpus, long machineMemoryBytes, int maxPerHost) {
            long each = Math.min(Math.min(cpus / machineCpus, memoryBytes / machineMemoryBytes), maxPerHost);
            return (int) Math.min(Integer.MAX_VALUE, Math.max(0, each) * count);
        }
    }
}
