package io.archipelago.reservation.domain;

import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationSpec.Software;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.placement.SitePolicy;
import org.jspecify.annotations.Nullable;

/**
 * What a tenant asked for, after all checks.
 *
 * @param name the tenant's name for the cluster
 * @param window when it may be used
 * @param frontend the frontend machine, a group of one
 * @param compute the compute machines of all sites together
 * @param network the cluster's address prefix
 * @param policy how sites are chosen
 * @param software what is installed
 * @param bandwidth what each link between two sites is to have of the WAN, in bits per second; null: nothing is asked for
 */
public record Request(
        String name,
        TimeWindow window,
        MachineGroup frontend,
        MachineGroup compute,
        String network,
        SitePolicy policy,
        Software software,
        @Nullable Long bandwidth) {

    /** The same of another window. */
    public Request with(TimeWindow otherWindow) {
        return with(otherWindow, compute, policy);
    }

    /** The same of another window, with other compute machines, at other sites. */
    Request with(TimeWindow otherWindow, MachineGroup otherCompute, SitePolicy otherPolicy) {
        return new Request(name, otherWindow, frontend, otherCompute, network, otherPolicy, software, bandwidth);
    }
}
