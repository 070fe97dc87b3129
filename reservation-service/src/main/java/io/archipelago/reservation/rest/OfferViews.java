package io.archipelago.reservation.rest;

import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.reservation.domain.Offer;
import io.archipelago.reservation.domain.Offer.Standing;
import io.archipelago.reservation.domain.Request;
import io.archipelago.reservation.domain.Reservation;
import io.archipelago.reservation.domain.Reservation.Closed;
import io.archipelago.reservation.domain.Reservation.Offered;
import io.archipelago.reservation.rest.ReservationView.OfferView;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Makes views of counter-offers. */
final class OfferViews {

    private OfferViews() {}

    /** What is offered instead of a reservation; of an offer of which nothing is known any more there is nothing to show. */
    static List<OfferView> of(Reservation refused, Map<ReservationId, Reservation> found) {
        return refused instanceof Closed closed
                ? closed.offers().stream()
                        .flatMap(offer -> Stream.ofNullable(found.get(offer.reservation()))
                                .map(its -> view(offer, its)))
                        .toList()
                : List.of();
    }

    /** Whether some are still to be held, or found not to fit. */
    static boolean pending(Reservation refused, Map<ReservationId, Reservation> found) {
        return of(refused, found).stream().anyMatch(offer -> offer.state() == Standing.HOLDING);
    }

    private static OfferView view(Offer offer, Reservation its) {
        Request request = its.details().request();
        return new OfferView(
                offer.number(),
                offer.change(),
                Offer.standing(its),
                its instanceof Offered held ? held.deadline() : null,
                request.window(),
                request.compute().count(),
                sites(its),
                its.id());
    }

    private static Map<SiteId, Integer> sites(Reservation its) {
        Map<SiteId, Integer> sites = new TreeMap<>();
        its.shares().forEach((site, share) -> {
            if (share.stage().open()) {
                sites.put(site, share.spec().machines());
            }
        });
        return sites;
    }
}
