package io.archipelago.reservation.domain;

import static io.archipelago.reservation.domain.DomainFixture.NOON;
import static io.archipelago.reservation.domain.DomainFixture.OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.START;
import static io.archipelago.reservation.domain.DomainFixture.TOKYO;
import static io.archipelago.reservation.domain.DomainFixture.at;
import static io.archipelago.reservation.domain.DomainFixture.cluster;
import static io.archipelago.reservation.domain.DomainFixture.details;
import static io.archipelago.reservation.domain.DomainFixture.shared;
import static io.archipelago.reservation.domain.DomainFixture.spec;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.placement.PlacementMessage.FindAlternatives;
import io.archipelago.reservation.domain.Clustered.Running;
import io.archipelago.reservation.domain.Clustered.Scheduled;
import io.archipelago.reservation.domain.Reservation.Closed;
import io.archipelago.reservation.domain.Reservation.Held;
import io.archipelago.reservation.domain.Reservation.Holding;
import io.archipelago.reservation.domain.Reservation.Offered;
import io.archipelago.reservation.domain.Reservation.Offering;
import io.archipelago.reservation.domain.Reservation.Planning;
import io.archipelago.reservation.domain.Reservation.Releasing;
import io.archipelago.reservation.domain.Reservation.State;
import io.archipelago.reservation.domain.Share.Stage;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A reservation of tokyo in every state; where sites have answered, all but osaka. */
final class ReservationStates {

    /** The sequence of the last command to each share. */
    static final long SEQUENCE = 5;

    static final Instant ASK_AGAIN = NOON.plusSeconds(5);

    private ReservationStates() {}

    static Map<String, Reservation> all() {
        Map<String, Reservation> states = new LinkedHashMap<>();
        states.put("Planning", planning());
        states.put("Holding", holding());
        states.put("Offered", offered());
        states.put("Held", held());
        states.put("Scheduled", scheduled());
        states.put("Scheduled, a change is asked", changing(scheduled()));
        states.put("Running(DEPLOYING)", running(State.DEPLOYING, Progress.DEPLOYING));
        states.put("Running(ACTIVE)", running(State.ACTIVE, Progress.READY));
        states.put("Running(ACTIVE), a change is asked", changing(running(State.ACTIVE, Progress.READY)));
        states.put("Running(DEGRADED)", running(State.DEGRADED, Progress.DEGRADED));
        states.put("Releasing", releasing());
        states.put("Offering", offering());
        states.put("Closed(REFUSED)", refused());
        states.put("Closed(ENDED)", new Closed(details(), Map.of(), State.ENDED, Map.of()));
        return states;
    }

    static Planning planning() {
        return new Planning(details(), Attempt.first(), releasingOsaka(), 1, ASK_AGAIN);
    }

    static Holding holding() {
        return new Holding(details(), Attempt.first(), shares(Stage.HELD, Stage.HOLDING, null), NOON.plusSeconds(50));
    }

    /** As far as states go it does not matter that its shares are named after what was refused. */
    static Offered offered() {
        return new Offered(
                DomainFixture.offer(), Attempt.first(), shares(Stage.HELD, Stage.HELD, null), NOON.plusSeconds(300));
    }

    static Offering offering() {
        FindAlternatives question = new FindAlternatives(
                details().tenant(),
                new Plans(DomainFixture.SITES, DomainFixture.PACE).question(details(), Attempt.first()),
                null,
                3);
        return new Offering(
                details(), releasingOsaka(), Map.of(TOKYO, List.of(DomainFixture.FULL)), question, 1, ASK_AGAIN);
    }

    static Held held() {
        return new Held(
                details(),
                Attempt.first(),
                shares(Stage.CONFIRMED, Stage.CONFIRMING, null),
                cluster(),
                NOON.plusSeconds(50));
    }

    static Scheduled scheduled() {
        return new Scheduled(details(), shares(Stage.CONFIRMED, Stage.CONFIRMED, null), cluster());
    }

    static Running running(State state, Progress ofOsaka) {
        Instant completeBy = state == State.DEPLOYING ? START.plusSeconds(600) : null;
        Map<SiteId, Share> shares = shares(Stage.CONFIRMED, Stage.CONFIRMED, ofOsaka);
        return new Running(details(), shares, cluster(), state, completeBy);
    }

    /** Tokyo holds an hour more, osaka is asked. */
    static Reservation changing(Clustered cluster) {
        Request agreed = cluster.details().request();
        Request longer = agreed.with(
                new TimeWindow(agreed.window().start(), agreed.window().end().plusSeconds(3600)));
        Change asked = new Change.Asked(longer, Map.of(), Map.of(), Map.of(), NOON.plusSeconds(110));
        Reservation next = cluster.with(cluster.details(), asked);
        for (Share share : cluster.shares().values()) {
            Share revising = share.revising(share.spec().with(longer.window()), ASK_AGAIN)
                    .above(SEQUENCE - 1, ASK_AGAIN);
            next = next.with(share.site().equals(TOKYO) ? revising.revisable() : revising);
        }
        return next;
    }

    static Releasing releasing() {
        return new Releasing(details(), shares(Stage.RELEASED, Stage.RELEASING, null), State.ENDED);
    }

    static Closed refused() {
        return new Closed(details(), releasingOsaka(), State.REFUSED, Map.of(TOKYO, List.of(DomainFixture.FULL)));
    }

    private static Map<SiteId, Share> releasingOsaka() {
        return Map.of(OSAKA, share(OSAKA, Stage.RELEASING, null));
    }

    private static Map<SiteId, Share> shares(Stage tokyo, Stage osaka, @Nullable Progress progress) {
        Progress ofTokyo = progress == null ? null : Progress.READY;
        return Map.of(TOKYO, share(TOKYO, tokyo, ofTokyo), OSAKA, share(OSAKA, osaka, progress));
    }

    private static Share share(SiteId site, Stage stage, @Nullable Progress progress) {
        boolean asked = stage == Stage.HOLDING || stage == Stage.CONFIRMING || stage == Stage.RELEASING;
        return new Share(
                at(site),
                spec(site),
                SEQUENCE,
                stage,
                shared(site),
                progress,
                List.of(),
                null,
                List.of(),
                asked ? 1 : 0,
                asked ? ASK_AGAIN : null);
    }
}
