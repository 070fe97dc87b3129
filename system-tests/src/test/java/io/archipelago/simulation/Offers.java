package io.archipelago.simulation;

import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.placement.PlacementMessage.AlternativesFound;
import io.archipelago.reservation.domain.Acceptance;
import io.archipelago.reservation.domain.Decision;
import io.archipelago.reservation.domain.Offer;
import io.archipelago.reservation.domain.Reservation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a reservation-service does about counter-offers. */
final class Offers {

    private Offers() {}

    /** What was found is offered, and what was offered to the tenant before makes way. */
    static Work work(ReservationService service, long message, AlternativesFound found) {
        List<ReservationId> earlier = service.reservations().values().stream()
                .filter(r -> r.details().offerTo() != null && !r.details().preview() && r.due() != null)
                .map(Reservation::id)
                .toList();
        List<Object> rows = new ArrayList<>(earlier);
        rows.add(found.reservation());
        return Work.on(found, message, sorted(rows), tx -> {
            Reservation refused = service.reservations().get(found.reservation());
            if (refused == null) {
                return;
            }
            List<Decision<Reservation>> decisions = service.moves().onAlternatives(refused, found, tx.now());
            if (decisions.isEmpty()) {
                return;
            }
            boolean another = decisions.size() > 1 && !refused.details().preview();
            for (ReservationId id : another ? earlier : List.<ReservationId>of()) {
                Reservation open = service.reservations().get(id);
                if (open != null && open.details().offerTo() != null) {
                    service.reserve(id, service.moves().cancel(open, tx.now()), tx, "another offer");
                }
            }
            decisions.forEach(decision -> service.reserve(decision.next().id(), Optional.of(decision), tx, found));
        });
    }

    /** A tenant takes the first offer that is open; nothing if it sees none. */
    static Optional<Work> accept(ReservationService service, ReservationId refused) {
        if (!(service.reservations().get(refused) instanceof Reservation.Closed closed)) {
            return Optional.empty();
        }
        return closed.offers().stream()
                .filter(offer -> Offer.standing(service.reservations().get(offer.reservation())) == Offer.Standing.OPEN)
                .findFirst()
                .map(offer -> Work.on(
                        "accept",
                        0,
                        sorted(closed.offers().stream()
                                .<Object>map(Offer::reservation)
                                .toList()),
                        tx -> accept(service, closed, offer, tx)));
    }

    private static void accept(ReservationService service, Reservation.Closed refused, Offer offer, Transaction tx) {
        Map<ReservationId, Reservation> found = new HashMap<>();
        for (Offer each : refused.offers()) {
            Reservation its = service.reservations().get(each.reservation());
            if (its != null) {
                found.put(its.id(), its);
            }
        }
        Acceptance acceptance = service.moves().accept(refused, offer.number(), found, tx.now());
        if (acceptance instanceof Acceptance.Accepted accepted) {
            service.world().did(Deed.OFFER_ACCEPTED);
            service.world().invariants().accepted(accepted.offer().id());
            accepted.decisions()
                    .forEach(decision -> service.reserve(decision.next().id(), Optional.of(decision), tx, "accept"));
        }
    }

    private static List<Object> sorted(List<Object> rows) {
        return rows.stream()
                .map(ReservationId.class::cast)
                .sorted()
                .<Object>map(id -> id)
                .toList();
    }
}
