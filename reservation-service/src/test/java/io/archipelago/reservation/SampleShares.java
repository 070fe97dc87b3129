package io.archipelago.reservation;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.AllocationSpec.Software;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.reservation.domain.Allocation;
import io.archipelago.reservation.domain.Header;
import io.archipelago.reservation.domain.Leased;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Shares as tests find them in a database. */
public final class SampleShares {

    private SampleShares() {}

    public static Allocation confirmed(AllocationId id, SiteId master) {
        Facts.OfCluster cluster = new Facts.OfCluster(List.of(), 1400);
        Instant later = Instant.now().plus(Duration.ofHours(1));
        return new Leased.Confirmed(header(id, master), Facts.OfSite.unknown(), cluster, later);
    }

    public static Header header(AllocationId id, SiteId master) {
        Instant start = Instant.now().plus(Duration.ofHours(2));
        AllocationSpec spec = new AllocationSpec(
                new TenantId("astro"),
                "survey",
                1,
                master,
                List.of(),
                new TimeWindow(start, start.plusSeconds(3600)),
                List.of(),
                ClusterAddressing.DEFAULT_NETWORK,
                new Software("debian-12", List.of()));
        return new Header(id, spec, 2, 3);
    }

    public static AllocationId at(SiteId site) {
        return new AllocationId(new ReservationId(UUID.randomUUID()), site);
    }
}
