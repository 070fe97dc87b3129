package io.archipelago.reservation.domain;

import io.archipelago.contracts.ErrorCode;
import java.util.List;

/** What becomes of a tenant's word that it wants a counter-offer. */
public sealed interface Acceptance {

    /**
     * It is a reservation like any other from now on.
     *
     * @param offer it
     * @param decisions about it and about the other offers to the same request, which make way; none if it was accepted before
     */
    record Accepted(Reservation offer, List<Decision<Reservation>> decisions) implements Acceptance {
        public Accepted {
            decisions = List.copyOf(decisions);
        }
    }

    /**
     * It can not be had.
     *
     * @param code why
     * @param detail a sentence for the tenant, with what to do
     */
    record Declined(ErrorCode code, String detail) implements Acceptance {}
}
