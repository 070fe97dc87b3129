package io.archipelago.reservation.domain;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.Facts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the sites of a cluster are told when one of them gives other machines than before: their gateways know all machines by name. */
final class ClusterNews {

    private final Pace pace;
    private final Commands commands;

    ClusterNews(Pace pace) {
        this.pace = pace;
        this.commands = new Commands(pace);
    }

    /**
     * Tells the other sites, if what they know is no longer so.
     *
     * @param heard what was done about the word of a site
     */
    Decision<Reservation> spread(Decision<Reservation> heard, SiteId from, Instant now) {
        Reservation reservation = heard.next();
        Facts.OfCluster known = reservation.facts();
        Share share = reservation.shares().get(from);
        Facts.Shared facts = share == null ? null : share.facts();
        if (known == null || facts == null || known.at(from).map(facts::equals).orElse(true)) {
            return heard;
        }
        Facts.OfCluster cluster = known.with(facts);
        List<Outgoing> messages = new ArrayList<>(heard.messages());
        Map<SiteId, Share> shares = new TreeMap<>(reservation.shares());
        shares.replaceAll((site, other) -> {
            // Who is asked for a change hears of all sites when that is over.
            if (site.equals(from) || other.revised() != null) {
                return other;
            }
            return switch (other.stage()) {
                case CONFIRMING, CONFIRMED -> {
                    Share told = other.above(other.sequence(), now.plus(pace.again(1)));
                    messages.add(commands.of(reservation.details(), told, cluster));
                    yield told;
                }
                case LOST -> other.outdated();
                case HOLDING, HELD, PROBED, RELEASING, REFUSED, RELEASED -> other;
            };
        });
        return new Decision<>(reservation.with(cluster).with(shares), messages);
    }
}
