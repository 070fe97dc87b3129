package io.archipelago.contracts.placement;

import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.Message;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.placement.CapacitySlice.HostClass;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What reservation-service and placement-service say to each other about sites. */
public sealed interface PlacementMessage extends Message {

    /** What reservation-service asks. */
    sealed interface Question extends PlacementMessage {

        /** The reservation that it is about. */
        ReservationId reservation();
    }

    /**
     * Which sites? On {@code placement.commands.v1}, keyed by reservation.
     *
     * @param reservation the reservation
     * @param attempt 1 for the first plan; an answer to an earlier attempt is ignored
     * @param window what would be booked
     * @param frontend the frontend, at the master
     * @param compute the compute machines of all sites together
     * @param policy how to choose
     * @param excluded peers that are not to be asked again, having refused or not answered
     * @param network the cluster's address prefix, which bounds how many machines a site can name; null if the asker did not say
     * @param limits how many compute machines at most to plan at sites that have said that they can not give more, from 0; null if the asker did not
     *     say
     * @param offer whether it is a counter-offer, for which no other one makes way; null: it is not
     */
    record PlanSites(
            ReservationId reservation,
            int attempt,
            TimeWindow window,
            MachineGroup frontend,
            MachineGroup compute,
            SitePolicy policy,
            Set<SiteId> excluded,
            @Nullable String network,
            @Nullable Map<SiteId, Integer> limits,
            @Nullable Boolean offer)
            implements Question {
        public PlanSites {
            excluded = Set.copyOf(excluded);
            limits = limits == null ? null : Map.copyOf(limits);
        }

        /** Of what was asked for. */
        public PlanSites(
                ReservationId reservation,
                int attempt,
                TimeWindow window,
                MachineGroup frontend,
                MachineGroup compute,
                SitePolicy policy,
                Set<SiteId> excluded,
                @Nullable String network,
                @Nullable Map<SiteId, Integer> limits) {
            this(reservation, attempt, window, frontend, compute, policy, excluded, network, limits, null);
        }

        /** Whether it is a counter-offer. */
        public boolean offered() {
            return Boolean.TRUE.equals(offer);
        }

        /** How many compute machines at most to plan at a site. */
        public int limit(SiteId site) {
            return limits == null ? Integer.MAX_VALUE : limits.getOrDefault(site, Integer.MAX_VALUE);
        }
    }

    /**
     * The plan. On {@code placement.events.v1}, keyed by reservation. It promises nothing: the sites have the last word.
     *
     * @param reservation the reservation
     * @param attempt of the question
     * @param computes how many compute machines each site is to give; the master always takes part, perhaps with 0
     */
    record SitesPlanned(ReservationId reservation, int attempt, Map<SiteId, Integer> computes)
            implements PlacementMessage {
        public SitesPlanned {
            computes = Map.copyOf(computes);
        }
    }

    /**
     * No plan fits. On {@code placement.events.v1}, keyed by reservation.
     *
     * @param reservation the reservation
     * @param attempt of the question
     * @param refusals why, by site; the own site's says until when, if only holds stand in the way there
     */
    record PlanRefused(ReservationId reservation, int attempt, Map<SiteId, Refusal> refusals)
            implements PlacementMessage {
        public PlanRefused {
            refusals = Map.copyOf(refusals);
        }
    }

    /**
     * What could be had instead of something that was refused? On {@code placement.commands.v1}, keyed by reservation.
     *
     * @param tenant whose; what is held for offers to it is given up for others
     * @param request what was refused; of sites that can not be had whatever the window {@code excluded} tells, and how many machines at most others
     *     have throughout this one its {@code limits}
     * @param notBefore nothing that starts later is to start before, for want of something that placement knows nothing of; null: of nothing
     * @param atMost so many answers, 1 or more
     * @param apart whether each is by itself, for nothing is to be held; null: all are held beside each other
     */
    record FindAlternatives(
            TenantId tenant,
            PlanSites request,
            @Nullable Instant notBefore,
            int atMost,
            @Nullable Boolean apart) implements Question {

        /** For such that are held beside each other. */
        public FindAlternatives(TenantId tenant, PlanSites request, @Nullable Instant notBefore, int atMost) {
            this(tenant, request, notBefore, atMost, null);
        }

        /** Whether each is by itself. */
        public boolean areApart() {
            return Boolean.TRUE.equals(apart);
        }

        @Override
        public ReservationId reservation() {
            return request.reservation();
        }
    }

    /**
     * What could be had. On {@code placement.events.v1}, keyed by reservation. It promises nothing either.
     *
     * @param reservation the reservation that was refused
     * @param alternatives the likest first; empty if nothing was found
     */
    record AlternativesFound(ReservationId reservation, List<Alternative> alternatives) implements PlacementMessage {
        public AlternativesFound {
            alternatives = List.copyOf(alternatives);
        }
    }

    /**
     * How far a peer is, as a link to it has measured. Of network on {@code network.events.v1}, and so that placement hears of it on {@code
     * reservation.events.v1}; keyed by peer.
     *
     * @param peer the site at the other end
     * @param at when network heard of it, by its own clock
     * @param roundTripMillis how long a packet takes there and back through the WAN, more than 0
     */
    record PathMeasured(SiteId peer, Instant at, double roundTripMillis) implements PlacementMessage {
        public PathMeasured {
            if (!(roundTripMillis > 0) || Double.isInfinite(roundTripMillis)) {
                throw new IllegalArgumentException("a round trip takes more than 0 ms, not " + roundTripMillis);
            }
        }
    }

    /**
     * A site's free compute capacity. Of the own site on {@code placement.events.v1}, of a peer on {@code reservation.events.v1}; keyed
     * by site.
     *
     * @param site the site
     * @param at when this was true, by that site's clock
     * @param slices in order of time, each with what is free all the time until the next; the last holds for ever. Within a slice there may be
     *     more for a shorter time
     * @param hosts what there is when nothing is booked; null if the site did not say
     * @param price what an hour of a machine costs, 0 or more, in what all sites of the federation count in; null if the site did not say
     */
    record CapacityAdvertised(
            SiteId site,
            Instant at,
            List<CapacitySlice> slices,
            @Nullable List<HostClass> hosts,
            @Nullable Double price)
            implements PlacementMessage {

        /** Without a price. */
        public CapacityAdvertised(
                SiteId site, Instant at, List<CapacitySlice> slices, @Nullable List<HostClass> hosts) {
            this(site, at, slices, hosts, null);
        }

        public CapacityAdvertised {
            slices = List.copyOf(slices);
            hosts = hosts == null ? null : List.copyOf(hosts);
        }

        /** The same with a price. */
        public CapacityAdvertised withPrice(@Nullable Double other) {
            return new CapacityAdvertised(site, at, slices, hosts, other);
        }
    }
}
