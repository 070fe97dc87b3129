package io.archipelago.reservation.rest;

import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.reservation.rest.ReservationView.ProblemView;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When something could be had, as far as is known by now. Nothing is held.
 *
 * @param id of the answer, which is kept for a while
 * @param state how far it is
 * @param window the first window that was found in which it fits
 * @param sites the machines of each site then
 * @param problems what is in the way before, or at all
 */
public record AvailabilityView(
        ReservationId id,
        State state,
        @Nullable TimeWindow window,
        Map<SiteId, Integer> sites,
        List<ProblemView> problems) {

    /** How far an answer is. */
    public enum State {
        /** Sites are still being asked. */
        ASKING,
        /** All sites would hold it in the window. */
        FOUND,
        /** By today's bookings no window is known in which it fits. */
        NONE
    }
}
