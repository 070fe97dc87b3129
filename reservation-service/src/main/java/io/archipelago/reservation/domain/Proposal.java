package io.archipelago.reservation.domain;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.TimeWindow;
import java.util.Set;

/** What becomes of a tenant's word that a cluster is to be otherwise. */
public sealed interface Proposal {

    /**
     * What a tenant wants of a cluster.
     *
     * @param window when it may be used
     * @param computes how many compute machines it has at all sites together
     * @param leaving the host names of compute machines that go in any case; others come in their place if it takes that
     */
    record Wish(TimeWindow window, int computes, Set<String> leaving) {
        public Wish {
            leaving = Set.copyOf(leaving);
        }
    }

    /**
     * Its sites are asked, or it is like that already.
     *
     * @param decision about the reservation
     */
    record Made(Decision<Reservation> decision) implements Proposal {}

    /**
     * It can not be.
     *
     * @param code why
     * @param field of the request that is at fault; empty: it is none
     * @param detail a sentence for the tenant, with what to do
     */
    record Declined(ErrorCode code, String field, String detail) implements Proposal {}
}
