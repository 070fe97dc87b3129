package io.archipelago.agent.world;

import io.archipelago.contracts.host.HostMessage.HostRole;
import java.util.Map;
import java.util.Set;

/**
 * How large a simulated host is.
 *
 * @param roles what it is for
 * @param cpus processors; 0 unless COMPUTE
 * @param memoryBytes memory; 0 unless COMPUTE
 * @param pools the size of each volume group in bytes; empty unless STORAGE
 * @param cacheBytes space for package caches; 0 unless GATEWAY
 */
public record SimCapacity(Set<HostRole> roles, int cpus, long memoryBytes, Map<String, Long> pools, long cacheBytes) {

    public SimCapacity {
        roles = Set.copyOf(roles);
        pools = Map.copyOf(pools);
    }

    public static SimCapacity compute(int cpus, long memoryBytes) {
        return new SimCapacity(Set.of(HostRole.COMPUTE), cpus, memoryBytes, Map.of(), 0);
    }

    public static SimCapacity gateway(long cacheBytes) {
        return new SimCapacity(Set.of(HostRole.GATEWAY), 0, 0, Map.of(), cacheBytes);
    }

    public static SimCapacity storage(String pool, long bytes) {
        return new SimCapacity(Set.of(HostRole.STORAGE), 0, 0, Map.of(pool, bytes), 0);
    }
}
