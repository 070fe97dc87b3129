package io.archipelago.bench.booking;

/**
 * What is asked for, and of what.
 *
 * @param hosts how many there are at all sites together, all equal
 * @param host what each of them has
 * @param machines of a large cluster
 * @param large one of them
 * @param smallMachines of a small cluster
 * @param small one of them
 */
public record Clusters(int hosts, Size host, int machines, Size large, int smallMachines, Size small) {

    /**
     * Of a host or of a machine.
     *
     * @param mebibytes of memory
     */
    public record Size(int cpus, long mebibytes) {}
}
