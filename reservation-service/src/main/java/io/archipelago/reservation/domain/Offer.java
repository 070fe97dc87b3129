package io.archipelago.reservation.domain;

import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.placement.Alternative.Change;
import io.archipelago.reservation.domain.Reservation.Offered;
import io.archipelago.reservation.domain.Reservation.State;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a tenant is offered instead of something that was refused.
 *
 * @param number by which it is accepted, from 1
 * @param change in what it differs from what was asked for
 * @param reservation what it is: a reservation that is held, and waits for the tenant's word
 */
public record Offer(int number, Change change, ReservationId reservation) {

    /** How an offer stands. */
    public enum Standing {
        /** Its sites are being asked to hold it. */
        HOLDING,
        /** It is held, and can be accepted. */
        OPEN,
        /** The tenant has accepted it: from then on it is a reservation like any other. */
        ACCEPTED,
        /** It could not be held, was not accepted in time, or made way. */
        GONE
    }

    /**
     * How an offer stands.
     *
     * @param offer its reservation; null if nothing is known of it
     */
    public static Standing standing(@Nullable Reservation offer) {
        if (offer == null) {
            return Standing.GONE;
        }
        if (offer.details().offerTo() == null) {
            return Standing.ACCEPTED;
        }
        if (offer instanceof Offered offered) {
            return offered.isHeld() ? Standing.OPEN : Standing.HOLDING;
        }
        return offer.state() == State.REQUESTED ? Standing.HOLDING : Standing.GONE;
    }

    /** Those of some reservations that are still offers. */
    public static List<Reservation> open(Collection<Reservation> found) {
        return found.stream()
                .filter(its -> standing(its) == Standing.HOLDING || standing(its) == Standing.OPEN)
                .toList();
    }
}
