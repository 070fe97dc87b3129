package io.archipelago.reservation.domain;

import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.placement.PlacementMessage.FindAlternatives;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A reservation at its master site, from the request to the last trace gone.
 *
 * <pre>
 *          plan            all sites hold        all confirmed        first deploys         all ready
 *  Planning ----> Holding ----------------> Held --------------> Scheduled ------> Running(DEPLOYING) ------> (ACTIVE)
 *   ^  |             |                       |                       |                  ^   |                    |
 *   |  |             | refused, silent       | refused, silent       |                  |   | late or failed     | fails
 *   |  |             v                       v                       |                  |   v                    |
 *   |  |  shares given back, without that site                      |                  (DEGRADED) &lt;----------'
 *   `--+-------------+-----------------------'                       |                      |
 *      | no plan, or too many tried                                  | DELETE, end          | DELETE, end
 *      v                                                             v                      v
 *   Offering                            DELETE before --------->  Releasing: repeated until every site has said
 *      | placement says what could be had                            |       that nothing is left on any host
 *      v                                                             v
 *   Closed(REFUSED)                                               Closed(CANCELLED | ENDED)
 * </pre>
 *
 * What could be had becomes up to three counter-offers, reservations that wait where the tenant has the word: {@code Holding -> Offered}, then Held
 * if the tenant accepts, else Releasing.
 *
 * A preview goes the same way with sites that are only probed, {@code Planning -> Holding -> Closed(FITS | REFUSED)}, and nobody has anything to give back.
 *
 * A share that was given back by an attempt that failed goes on being released in the background, whatever the state. What is done on every
 * message in every state: {@link ReservationMoves}.
 */
public sealed interface Reservation
        permits Reservation.Planning,
                Reservation.Holding,
                Reservation.Offered,
                Reservation.Held,
                Clustered,
                Reservation.Releasing,
                Reservation.Offering,
                Reservation.Closed {

    Details details();

    /** What the tenant is told. */
    State state();

    /** Every share ever asked for, by site. */
    Map<SiteId, Share> shares();

    /** A deadline of the state itself; null: it has none. */
    @Nullable
    Instant deadline();

    default ReservationId id() {
        return details().id();
    }

    /** When {@link ReservationMoves#onDue} has something to do; null: never. */
    default @Nullable Instant due() {
        return Stream.concat(
                        Stream.ofNullable(deadline()),
                        shares().values().stream().map(Share::askAgainAt))
                .filter(Objects::nonNull)
                .min(Instant::compareTo)
                .orElse(null);
    }

    /** The states that a tenant sees. */
    enum State {
        REQUESTED,
        HELD,
        SCHEDULED,
        DEPLOYING,
        ACTIVE,
        DEGRADED,
        RELEASING,
        ENDED,
        REFUSED,
        CANCELLED,
        /** Of a preview: all sites would hold it. */
        FITS
    }

    /**
     * Placement is asked which sites.
     *
     * @param details see {@link Details}
     * @param attempt see {@link Attempt}
     * @param shares what is left of earlier attempts
     * @param asked how many times placement was asked; 0: it is yet to be
     * @param deadline when to ask (again)
     */
    record Planning(Details details, Attempt attempt, Map<SiteId, Share> shares, int asked, Instant deadline)
            implements Reservation {
        public Planning {
            shares = ordered(shares);
        }

        @Override
        public State state() {
            return State.REQUESTED;
        }
    }

    /**
     * The sites of the plan are asked to hold.
     *
     * @param details see {@link Details}
     * @param attempt see {@link Attempt}
     * @param shares the plan's shares, and what is left of earlier attempts
     * @param deadline when silence counts as a refusal
     */
    record Holding(Details details, Attempt attempt, Map<SiteId, Share> shares, Instant deadline)
            implements Reservation {
        public Holding {
            shares = ordered(shares);
        }

        @Override
        public State state() {
            return State.REQUESTED;
        }
    }

    /**
     * All sites hold a counter-offer, for as long as its tenant has time to think of it.
     *
     * @param details see {@link Details}
     * @param attempt see {@link Attempt}
     * @param shares see {@link Holding}
     * @param deadline until when it may be accepted
     */
    record Offered(Details details, Attempt attempt, Map<SiteId, Share> shares, Instant deadline)
            implements Reservation {
        public Offered {
            shares = ordered(shares);
        }

        /** Whether all sites hold it: one whose database was set back may have to be asked again. */
        boolean isHeld() {
            return shares.values().stream().noneMatch(share -> share.stage() == Share.Stage.HOLDING);
        }

        @Override
        public State state() {
            return State.HELD;
        }
    }

    /**
     * All sites hold and are told to confirm.
     *
     * @param details see {@link Details}
     * @param attempt see {@link Attempt}
     * @param shares see {@link Holding}
     * @param cluster the merged facts
     * @param deadline when silence counts as a refusal
     */
    record Held(Details details, Attempt attempt, Map<SiteId, Share> shares, Facts.OfCluster cluster, Instant deadline)
            implements Reservation {
        public Held {
            shares = ordered(shares);
        }

        @Override
        public State state() {
            return State.HELD;
        }
    }

    /**
     * Everything is being given back.
     *
     * @param details see {@link Details}
     * @param shares see {@link Holding}
     * @param outcome what it will be then: ENDED or CANCELLED
     */
    record Releasing(Details details, Map<SiteId, Share> shares, State outcome) implements Reservation {
        public Releasing {
            shares = ordered(shares);
        }

        @Override
        public State state() {
            return State.RELEASING;
        }

        @Override
        public @Nullable Instant deadline() {
            return null;
        }
    }

    /**
     * It is refused, and placement is asked what could be had instead.
     *
     * @param details see {@link Details}
     * @param shares what is left of the attempts
     * @param refusals why, by site
     * @param question what placement is asked
     * @param asked how many times it was
     * @param deadline when to ask again
     */
    record Offering(
            Details details,
            Map<SiteId, Share> shares,
            Map<SiteId, List<Refusal>> refusals,
            FindAlternatives question,
            int asked,
            Instant deadline)
            implements Reservation {
        public Offering {
            shares = ordered(shares);
            refusals = Map.copyOf(refusals);
        }

        @Override
        public State state() {
            return State.REQUESTED;
        }
    }

    /**
     * It is over. If it was refused, shares of failed attempts may still be on their way back.
     *
     * @param details see {@link Details}
     * @param shares see {@link Holding}
     * @param state ENDED, CANCELLED, REFUSED or FITS
     * @param refusals if it was refused: why, by site
     * @param offers if it was refused: what was offered instead, in the order of their numbers
     */
    record Closed(
            Details details,
            Map<SiteId, Share> shares,
            State state,
            Map<SiteId, List<Refusal>> refusals,
            List<Offer> offers)
            implements Reservation {
        public Closed {
            shares = ordered(shares);
            refusals = Map.copyOf(refusals);
            offers = List.copyOf(offers);
        }

        /** With nothing offered. */
        public Closed(Details details, Map<SiteId, Share> shares, State state, Map<SiteId, List<Refusal>> refusals) {
            this(details, shares, state, refusals, List.of());
        }

        @Override
        public @Nullable Instant deadline() {
            return null;
        }
    }

    /** The same with other shares. */
    default Reservation with(Map<SiteId, Share> shares) {
        return switch (this) {
            case Planning p -> new Planning(p.details, p.attempt, shares, p.asked, p.deadline);
            case Holding h -> new Holding(h.details, h.attempt, shares, h.deadline);
            case Offered o -> new Offered(o.details, o.attempt, shares, o.deadline);
            case Held h -> new Held(h.details, h.attempt, shares, h.cluster, h.deadline);
            case Clustered.Scheduled c -> new Clustered.Scheduled(c.details(), shares, c.cluster(), c.change());
            case Clustered.Running r ->
                new Clustered.Running(r.details(), shares, r.cluster(), r.state(), r.completeBy(), r.change());
            case Releasing r -> new Releasing(r.details, shares, r.outcome);
            case Offering o -> new Offering(o.details, shares, o.refusals, o.question, o.asked, o.deadline);
            case Closed c -> new Closed(c.details, shares, c.state, c.refusals, c.offers);
        };
    }

    /** The same with what is now known of the sites of its cluster, if it has one. */
    default Reservation with(Facts.OfCluster cluster) {
        return switch (this) {
            case Held h -> new Held(h.details, h.attempt, h.shares, cluster, h.deadline);
            case Clustered.Scheduled c -> new Clustered.Scheduled(c.details(), c.shares(), cluster, c.change());
            case Clustered.Running r ->
                new Clustered.Running(r.details(), r.shares(), cluster, r.state(), r.completeBy(), r.change());
            case Planning planning -> planning;
            case Holding holding -> holding;
            case Offered offered -> offered;
            case Releasing releasing -> releasing;
            case Offering offering -> offering;
            case Closed closed -> closed;
        };
    }

    /** The same with one share as it is now. */
    default Reservation with(Share share) {
        Map<SiteId, Share> copy = new TreeMap<>(shares());
        copy.put(share.site(), share);
        return with(copy);
    }

    /** The merged facts of the cluster; null before all sites hold and once it is being given back. */
    default Facts.@Nullable OfCluster facts() {
        return switch (this) {
            case Held held -> held.cluster;
            case Clustered clustered -> clustered.cluster();
            case Planning planning -> null;
            case Holding holding -> null;
            case Offered offered -> null;
            case Releasing releasing -> null;
            case Offering offering -> null;
            case Closed closed -> null;
        };
    }

    /** In the order of their sites. */
    static Map<SiteId, Share> ordered(Map<SiteId, Share> shares) {
        return Collections.unmodifiableMap(new TreeMap<>(shares));
    }
}
