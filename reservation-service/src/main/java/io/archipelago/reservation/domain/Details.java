package io.archipelago.reservation.domain;

import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.allocation.HoldPurpose;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What hardly changes of a {@link Reservation}: an offer that is accepted is one no longer, and a cluster may be agreed to be otherwise.
 *
 * @param id the reservation
 * @param tenant whose it is
 * @param requestedBy who asked, by the sign-on's name
 * @param requestedAt when
 * @param request for what
 * @param offerTo the reservation that was refused, as long as this one is a counter-offer to it; null: the tenant wants it
 * @param series of which it is an occurrence; null: it is asked for by itself
 * @param preview whether it is only asked whether it could be had
 * @param revision how many changes were asked for since, from 0
 */
public record Details(
        ReservationId id,
        TenantId tenant,
        String requestedBy,
        Instant requestedAt,
        Request request,
        @Nullable ReservationId offerTo,
        @Nullable ReservationId series,
        boolean preview,
        int revision) {

    /** For which no change was asked yet. */
    public Details(
            ReservationId id,
            TenantId tenant,
            String requestedBy,
            Instant requestedAt,
            Request request,
            @Nullable ReservationId offerTo,
            @Nullable ReservationId series,
            boolean preview) {
        this(id, tenant, requestedBy, requestedAt, request, offerTo, series, preview, 0);
    }

    /** Of what a tenant asked for. */
    public Details(ReservationId id, TenantId tenant, String requestedBy, Instant requestedAt, Request request) {
        this(id, tenant, requestedBy, requestedAt, request, null, null, false);
    }

    /** The same, of which is only asked whether it could be had. */
    public Details previewed() {
        return new Details(id, tenant, requestedBy, requestedAt, request, offerTo, series, true);
    }

    /** The same as an occurrence. */
    public Details of(ReservationId whole) {
        return new Details(id, tenant, requestedBy, requestedAt, request, offerTo, whole, preview);
    }

    /** The same of another request. */
    Details with(Request other) {
        return new Details(id, tenant, requestedBy, requestedAt, other, offerTo, series, preview, revision);
    }

    /** The same once another change is asked for. */
    Details revised() {
        return new Details(id, tenant, requestedBy, requestedAt, request, offerTo, series, preview, revision + 1);
    }

    Details accepted() {
        return new Details(id, tenant, requestedBy, requestedAt, request, null, series, preview);
    }

    /** For what its sites are asked to hold. */
    HoldPurpose purpose() {
        if (preview) {
            return HoldPurpose.PROBE;
        }
        return offerTo == null ? HoldPurpose.FIRM : HoldPurpose.OFFER;
    }
}
