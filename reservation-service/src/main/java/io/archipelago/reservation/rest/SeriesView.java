package io.archipelago.reservation.rest;

import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.reservation.rest.ReservationView.ProblemView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for with a window that repeats.
 *
 * @param id of the series
 * @param occurrences in the order of their windows
 */
public record SeriesView(ReservationId id, List<OccurrenceView> occurrences) {

    /**
     * One time that the window comes.
     *
     * @param reservation what became of it, with what is offered instead if it is refused; null: it was not taken
     * @param problem why it was not taken; told in the answer to the request only
     */
    public record OccurrenceView(
            TimeWindow window,
            @Nullable ReservationView reservation,
            @Nullable ProblemView problem) {}
}
