package io.archipelago.bus.protocol;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.Facts;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Everything a participant needs to begin and end its part alone.
 *
 * @param allocation the allocation
 * @param spec what the site gives
 * @param facts what the site's participants chose
 * @param cluster what to know of the other sites
 * @param booked the window with the time for deploying and cleaning, as it was booked
 */
public record Lease(
        AllocationId allocation, AllocationSpec spec, Facts.OfSite facts, Facts.OfCluster cluster, TimeWindow booked) {

    public boolean atMaster() {
        return spec.master().equals(allocation.site());
    }

    /** The host names of this site's machines, and where each is. */
    public Map<String, HostId> machines() {
        ClusterAddressing addressing = ClusterAddressing.of(spec.network(), allocation.reservation());
        Map<Integer, HostId> hosts =
                Objects.requireNonNull(facts.hosts(), "placement has chosen").hosts();
        return spec.ordinals().stream()
                .collect(Collectors.toMap(
                        ordinal -> addressing.hostName(spec.siteNumber(), ordinal),
                        ordinal -> Objects.requireNonNull(hosts.get(ordinal), "every machine has a host")));
    }

    /** The lease as it is to be, which has not begun. */
    Lease revised(AllocationSpec otherSpec, Facts.OfSite otherFacts, Facts.OfCluster otherCluster) {
        return new Lease(allocation, otherSpec, otherFacts, otherCluster, bookedFor(otherSpec.window()));
    }

    /** The lease, which has not begun, by what was chosen for it instead. */
    Lease moved(Facts.Chosen chosen) {
        return new Lease(allocation, spec, facts.with(chosen), cluster, booked);
    }

    /** The lease as it begins or goes on: what may stand on hosts already is booked since it could. */
    Lease goingOn(AllocationSpec otherSpec, Facts.OfSite otherFacts, Facts.OfCluster otherCluster) {
        TimeWindow other = bookedFor(otherSpec.window());
        TimeWindow since =
                other.start().isAfter(booked.start()) && booked.start().isBefore(other.end())
                        ? new TimeWindow(booked.start(), other.end())
                        : other;
        return new Lease(allocation, otherSpec, otherFacts, otherCluster, since);
    }

    /** What would be booked for another window: as much time before and after it as was booked for this one. */
    TimeWindow bookedFor(TimeWindow window) {
        return window.widened(
                Duration.between(booked.start(), spec.window().start()),
                Duration.between(spec.window().end(), booked.end()));
    }
}
