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
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/** Puts the service together. */
@ApplicationScoped
class ReservationBeans {

    private static final Logger LOG = Logger.getLogger(ReservationBeans.class);
    private static final int MOST_SITES = 255;
    private static final int MOST_OFFERS = 4;

    @Produces
    @Singleton
    Sites sites(FederationConfig config, BusConfig bus) {
        return sites(new SiteId(bus.site()), config);
    }

    /** A site that is not known as it should be must not begin: what it has booked under a wrong number would have to be found again. */
    void onStart(@Observes StartupEvent event, Sites sites) {
        LOG.debugf("this is %s, of %s sites", sites.own(), sites.numbers().size());
    }

    /**
     * The sites that are configured.
     *
     * @throws IllegalArgumentException if a number is out of range or given twice, for names and addresses of machines are made of it
     */
    static Sites sites(SiteId own, FederationConfig config) {
        Map<SiteId, Integer> numbers = new HashMap<>();
        Map<Integer, String> keys = new HashMap<>();
        take(numbers, keys, own, "federation.own.number", config.own().number());
        limit("federation.limits.machines", config.limits().machines());
        limit("federation.limits.volume-gib", config.limits().volumeGib());
        config.peers().forEach((peer, at) -> {
            String prefix = "federation.peers." + peer + ".limits.";
            at.limits().machines().ifPresent(most -> limit(prefix + "machines", most));
            at.limits().volumeGib().ifPresent(most -> limit(prefix + "volume-gib", most));
        });
        new TreeMap<>(config.peers())
                .forEach((peer, at) ->
                        take(numbers, keys, new SiteId(peer), "federation.peers." + peer + ".number", at.number()));
        return new Sites(own, numbers);
    }

    private static void limit(String key, int most) {
        if (most < 0) {
            throw new IllegalArgumentException(key + " is 0 or more, not " + most);
        }
    }

    private static void take(
            Map<SiteId, Integer> numbers, Map<Integer, String> keys, SiteId site, String key, int number) {
        if (number < 1 || number > MOST_SITES) {
            throw new IllegalArgumentException(key + " is " + number + "; a site's number is 1 to " + MOST_SITES);
        }
        String other = keys.putIfAbsent(number, key);
        if (other != null) {
            throw new IllegalArgumentException(
                    key + " is " + number + ", and so is " + other + "; every site has a number of its own");
        }
        if (numbers.putIfAbsent(site, number) != null) {
            throw new IllegalArgumentException(key + " names this site itself as a peer");
        }
    }

    @Produces
    @Singleton
    Pace pace(ReservationConfig config) {
        ReservationConfig.Deadlines deadlines = config.deadlines();
        int offers = config.offers().atMost();
        if (offers < 0 || offers > MOST_OFFERS) {
            throw new IllegalArgumentException(
                    "reservation.offers.at-most is " + offers + "; it is 0 to " + MOST_OFFERS);
        }
        Duration probe = config.previews().sitesAnswerWithin();
        Duration least = deadlines.margin().multipliedBy(3);
        if (probe.compareTo(least) <= 0) {
            throw new IllegalArgumentException("reservation.previews.sites-answer-within is " + probe
                    + "; it is more than three times reservation.deadlines.margin, " + least);
        }
        Pace pace = new Pace(
                deadlines.holdFor(),
                deadlines.margin(),
                deadlines.askAgain(),
                deadlines.askAgainAtMost(),
                deadlines.lead(),
                deadlines.deployWithin(),
                deadlines.replaceAgain(),
                deadlines.attempts(),
                offers,
                config.offers().holdFor(),
                probe);
        if (config.previews().keepFor().compareTo(pace.previewFor()) <= 0) {
            throw new IllegalArgumentException("reservation.previews.keep-for is "
                    + config.previews().keepFor() + "; it is longer than sites may be asked for, " + pace.previewFor());
        }
        if (config.previews().waitFor().isNegative() || config.previews().perTenant() < 1) {
            throw new IllegalArgumentException(
                    "reservation.previews.wait-for is 0 or more, and reservation.previews.per-tenant 1 or more");
        }
        return pace;
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
