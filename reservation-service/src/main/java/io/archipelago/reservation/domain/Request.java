package io.archipelago.reservation.domain;

import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationSpec.Software;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.placement.SitePolicy;

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
 */
public record Request(
        String name,
        TimeWindow window,
        MachineGroup frontend,
        MachineGroup compute,
        String network,
        SitePolicy policy,
        Software software) {}
