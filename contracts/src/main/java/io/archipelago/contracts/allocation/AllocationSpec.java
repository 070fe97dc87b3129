package io.archipelago.contracts.allocation;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.TimeWindow;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one site is asked to give for a reservation.
 *
 * @param tenant who will use it
 * @param clusterName the tenant's name for the cluster
 * @param siteNumber this site's number, 1 to 255
 * @param master the site that runs the frontend; equal to the allocation's own site at the master
 * @param peers the sites at the other end of this site's links: every worker site for the master, the master for a worker
 * @param window when the tenant may use the machines
 * @param groups the machines wanted, at least one group
 * @param network the cluster's address prefix, e.g. {@code 172.16.0.0/12}
 * @param software what is installed
 * @param bandwidth what each of this site's links is to have of the WAN, in bits per second; null: nothing is asked for
 */
public record AllocationSpec(
        TenantId tenant,
        String clusterName,
        int siteNumber,
        SiteId master,
        List<SiteId> peers,
        TimeWindow window,
        List<MachineGroup> groups,
        String network,
        Software software,
        @Nullable Long bandwidth) {

    public AllocationSpec {
        peers = List.copyOf(peers);
        groups = List.copyOf(groups);
    }

    /** Of which no bandwidth is asked. */
    public AllocationSpec(
            TenantId tenant,
            String clusterName,
            int siteNumber,
            SiteId master,
            List<SiteId> peers,
            TimeWindow window,
            List<MachineGroup> groups,
            String network,
            Software software) {
        this(tenant, clusterName, siteNumber, master, peers, window, groups, network, software, null);
    }

    public int machines() {
        return groups.stream().mapToInt(MachineGroup::count).sum();
    }

    /** The ordinals of all machines. */
    public Set<Integer> ordinals() {
        return groups.stream().flatMap(g -> g.ordinals().stream()).collect(Collectors.toSet());
    }

    /** Whether some machines were of it once and are no more. */
    public boolean hasRetired() {
        return groups.stream().anyMatch(g -> !g.retired().isEmpty());
    }

    /** The same with other machines. */
    public AllocationSpec with(List<MachineGroup> others) {
        return new AllocationSpec(
                tenant, clusterName, siteNumber, master, peers, window, others, network, software, bandwidth);
    }

    /** The same for another window. */
    public AllocationSpec with(TimeWindow other) {
        return new AllocationSpec(
                tenant, clusterName, siteNumber, master, peers, other, groups, network, software, bandwidth);
    }

    public long diskBytes() {
        return groups.stream().mapToLong(g -> g.count() * g.diskBytes()).sum();
    }

    /**
     * The operating system and software sets to install.
     *
     * @param os e.g. {@code debian-12}
     * @param sets names of software sets, possibly none
     */
    public record Software(String os, List<String> sets) {
        public Software {
            sets = List.copyOf(sets);
        }
    }
}
