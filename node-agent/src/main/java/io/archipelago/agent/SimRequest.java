package io.archipelago.agent;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Mishaps to play: the body of {@code POST /sim/faults}. What is left out, and so comes as null, stays as it is.
 *
 * @param latency how long it takes from now on to make or to remove a resource of a kind
 * @param faultRate the share of steps that fail from now on, 0 to 1, of whatever kind
 * @param faultRates the same for steps of single kinds
 * @param hosts what befalls single hosts
 */
record SimRequest(
        Map<ResourceKind, Duration> latency,
        @Nullable Double faultRate,
        Map<ResourceKind, Double> faultRates,
        Map<HostId, HostFault> hosts) {

    SimRequest {
        latency = latency == null ? Map.of() : Map.copyOf(latency);
        faultRates = faultRates == null ? Map.of() : Map.copyOf(faultRates);
        hosts = hosts == null ? Map.of() : Map.copyOf(hosts);
    }

    /**
     * What befalls one host.
     *
     * @param mode how it and its agent fare from now on
     * @param plant resources of ours to put there that nobody asked for, or to change underneath
     * @param lose resources to take away underneath
     */
    record HostFault(SimHostRunner.@Nullable Mode mode, Map<ResourceKey, ResourceSpec> plant, Set<ResourceKey> lose) {
        HostFault {
            plant = plant == null ? Map.of() : Map.copyOf(plant);
            lose = lose == null ? Set.of() : Set.copyOf(lose);
        }
    }
}
