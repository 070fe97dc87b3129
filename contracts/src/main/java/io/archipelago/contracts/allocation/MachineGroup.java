package io.archipelago.contracts.allocation;

/**
 * Machines of one site that are alike. Their names, addresses and MACs are functions of the site's number and their ordinals, see
 * {@link ClusterAddressing}.
 *
 * @param role what the machines are for
 * @param firstOrdinal the ordinal of the first; the others follow it
 * @param count how many, at least 1
 * @param cpus virtual processors of each, at least 1
 * @param memoryBytes memory of each, at least 1
 * @param diskBytes size of each machine's volume, at least 1
 * @param maxPerHost how many of the group may share one host, at least 1
 */
public record MachineGroup(
        MachineRole role, int firstOrdinal, int count, int cpus, long memoryBytes, long diskBytes, int maxPerHost) {

    public MachineGroup {
        if (firstOrdinal < 1 || count < 1 || cpus < 1 || memoryBytes < 1 || diskBytes < 1 || maxPerHost < 1) {
            throw new IllegalArgumentException("every figure of a machine group is at least 1");
        }
    }

    /** What a machine is for. */
    public enum MachineRole {
        FRONTEND,
        COMPUTE
    }
}
