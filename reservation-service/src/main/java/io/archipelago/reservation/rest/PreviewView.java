package io.archipelago.reservation.rest;

import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.placement.Alternative;
import io.archipelago.reservation.rest.ReservationView.ProblemView;
import java.util.List;
import java.util.Map;

/**
 * Whether something could be had, as far as is known by now. Nothing is held: whoever asks for it next may find it otherwise.
 *
 * @param id of the answer, which is kept for a while
 * @param state how far it is
 * @param window when it would be used
 * @param sites the machines of each site, if it fits
 * @param problems why it does not fit
 * @param alternatives what could be had instead of what does not fit
 */
public record PreviewView(
        ReservationId id,
        State state,
        TimeWindow window,
        Map<SiteId, Integer> sites,
        List<ProblemView> problems,
        List<AlternativeView> alternatives) {

    /** How far an answer is. */
    public enum State {
        /** Sites are still being asked. */
        ASKING,
        /** All sites would hold it. */
        FITS,
        /** It does not fit. */
        REFUSED
    }

    /**
     * What could be had instead.
     *
     * @param change in what it differs from what was asked for
     * @param state whether its sites would hold it
     * @param window when it could be used
     * @param machines compute machines of all sites together
     * @param sites the machines of each site, if it fits
     */
    public record AlternativeView(
            Alternative.Change change, State state, TimeWindow window, int machines, Map<SiteId, Integer> sites) {}

    /** Whether there is more to come. */
    boolean isPending() {
        return state == State.ASKING || alternatives.stream().anyMatch(each -> each.state() == State.ASKING);
    }
}
