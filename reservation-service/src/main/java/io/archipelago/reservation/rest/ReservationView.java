package io.archipelago.reservation.rest;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.placement.Alternative;
import io.archipelago.reservation.domain.Offer;
import io.archipelago.reservation.domain.Reservation.State;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A reservation as its tenant sees it. Hosts are for operators and administrators: for all others there is no such field.
 *
 * @param machines what is or will be there; empty once it is over
 * @param problems what keeps it from what was asked for
 * @param offers what is held instead of what was refused
 * @param change that it is to be otherwise, or could not be; null: it is as was asked for last
 */
public record ReservationView(
        ReservationId id,
        String name,
        TenantId tenant,
        State state,
        TimeWindow window,
        Instant requestedAt,
        NetworkView network,
        List<SiteView> sites,
        List<MachineView> machines,
        List<SegmentView> segments,
        List<LinkView> links,
        List<CacheView> caches,
        List<ProblemView> problems,
        List<OfferView> offers,
        @Nullable ChangeView change) {

    /**
     * What it is to be, or was to be.
     *
     * @param state ASKED while its sites are asked; REFUSED if it can not be had, and it is as it was
     * @param window when it would be used
     * @param machines compute machines of all sites together
     * @param problems why it can not be had
     */
    public record ChangeView(String state, TimeWindow window, int machines, List<ProblemView> problems) {}

    /**
     * What joins its machines.
     *
     * @param prefix the cluster's private network
     * @param bandwidth what each link between two sites has of the WAN; null: nothing was asked for
     */
    public record NetworkView(String prefix, @Nullable String bandwidth) {}

    /**
     * A site's part.
     *
     * @param left while it is given back: what is still there
     */
    public record SiteView(
            SiteId site,
            String role,
            String state,
            int machines,
            @Nullable String waitingFor,
            List<LeftView> left) {}

    /** Something that is still to be removed. */
    public record LeftView(
            ResourceKind kind,
            String name,
            Phase phase,
            String reason,
            @Nullable HostId host) {}

    /** A machine; the phase is what its host's agent sees, null before it is deployed. */
    public record MachineView(
            String name,
            MachineRole role,
            SiteId site,
            String ip,
            String mac,
            String state,
            @Nullable Phase phase,
            @Nullable HostId host) {}

    /** The cluster's VLAN at a site. */
    public record SegmentView(
            SiteId site,
            int vlan,
            @Nullable Phase phase,
            @Nullable List<HostId> hosts) {}

    /** An Ethernet VPN between two sites, seen from the one named first. */
    public record LinkView(
            SiteId from,
            SiteId to,
            Phase state,
            int mtu,
            @Nullable HostId host) {}

    /** A site's package cache. */
    public record CacheView(
            SiteId site, Phase state, @Nullable HostId host) {}

    /**
     * Something that is not as it should be.
     *
     * @param resource of a refusal: what is short
     * @param earliestStart of a refusal: when the same would fit there by today's bookings, if that is known
     * @param fits of a refusal: how many compute machines would fit there throughout the window, if that is known
     * @param latestEnd of a refusal of more time: until when it can be had there, if that is longer than before
     * @param missing of a refusal: how much is missing, and when, if that is known
     */
    public record ProblemView(
            String code,
            @Nullable SiteId site,
            String message,
            @Nullable String resource,
            @Nullable Instant earliestStart,
            @Nullable Integer fits,
            @Nullable Instant latestEnd,
            Refusal.@Nullable Missing missing) {

        ProblemView(String code, @Nullable SiteId site, String message) {
            this(code, site, message, null, null, null, null, null);
        }
    }

    /**
     * What could be had instead.
     *
     * @param number by which it is accepted: {@code POST /reservations/{id}/offers/{number}/accept}
     * @param change in what it differs from what was asked for
     * @param until when it can be accepted, while it is OPEN
     * @param window when it could be used
     * @param machines compute machines of all sites together
     * @param sites the machines of each site, once it is held
     * @param reservation what it is, whoever looks at it or accepts it
     */
    public record OfferView(
            int number,
            Alternative.Change change,
            Offer.Standing state,
            @Nullable Instant until,
            TimeWindow window,
            int machines,
            Map<SiteId, Integer> sites,
            ReservationId reservation) {}

    /** One page of reservations, newest first. */
    public record Page(
            List<ReservationView> items, @Nullable String next) {}
}
