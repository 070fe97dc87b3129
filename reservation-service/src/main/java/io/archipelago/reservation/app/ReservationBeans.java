package io.archipelago.reservation.app;

import io.archipelago.bus.BusConfig;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.reservation.FederationConfig;
import io.archipelago.reservation.ReservationConfig;
import io.archipelago.reservation.domain.AllocationMoves;
import io.archipelago.reservation.domain.Pace;
import io.archipelago.reservation.domain.ReservationMoves;
import io.archipelago.reservation.domain.RestoredMoves;
import io.archipelago.reservation.domain.Sites;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;

/** Puts the service together. */
@ApplicationScoped
class ReservationBeans {

    @Produces
    @Singleton
    Sites sites(FederationConfig config, BusConfig bus) {
        SiteId own = new SiteId(bus.site());
        Map<SiteId, Integer> numbers = new HashMap<>(Map.of(own, config.own().number()));
        config.peers().forEach((peer, at) -> numbers.put(new SiteId(peer), at.number()));
        return new Sites(own, numbers);
    }

    @Produces
    @Singleton
    Pace pace(ReservationConfig config) {
        ReservationConfig.Deadlines deadlines = config.deadlines();
        return new Pace(
                deadlines.holdFor(),
                deadlines.margin(),
                deadlines.askAgain(),
                deadlines.askAgainAtMost(),
                deadlines.lead(),
                deadlines.deployWithin(),
                deadlines.attempts());
    }

    @Produces
    @Singleton
    ReservationMoves reservationMoves(Sites sites, Pace pace) {
        return new ReservationMoves(sites, pace);
    }

    @Produces
    @Singleton
    AllocationMoves allocationMoves(Pace pace) {
        return new AllocationMoves(pace);
    }

    @Produces
    @Singleton
    RestoredMoves restoredMoves(Pace pace) {
        return new RestoredMoves(pace);
    }
}
