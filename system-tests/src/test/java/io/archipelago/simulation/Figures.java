package io.archipelago.simulation;

import io.archipelago.bus.protocol.HostProtocol.Patience;
import io.archipelago.bus.protocol.ParticipantProtocol.Terms;
import io.archipelago.reservation.domain.Pace;
import java.time.Duration;
import java.util.List;

/**
 * The figures of a history, the same at all of its sites.
 *
 * @param pace of the reservation-services
 * @param terms of the participants
 * @param patience with hosts
 * @param compareEvery how often sites tell each other what they believe
 * @param advertiseEvery how often placement tells peers what is free
 */
record Figures(Pace pace, Terms terms, Patience patience, Duration compareEvery, Duration advertiseEvery) {

    /** How often hosts speak, if they do. */
    static final Duration HEARTBEAT = Duration.ofMinutes(2);

    /** Of how many reservations a digest speaks at most: of so few that histories, which have few, are told in pages. */
    static final int PAGE = 1;

    static Figures thrown(Dice dice) {
        Duration lead = Duration.ofSeconds(dice.pick(List.of(10, 60, 180)));
        // Leases begin by one figure, what is booked for them by another; they need not agree.
        Duration begins = dice.chance(0.3) ? dice.pick(List.of(lead.dividedBy(2), lead.multipliedBy(4))) : lead;
        Duration hold = Duration.ofSeconds(dice.pick(List.of(20, 60, 120)));
        Pace pace = new Pace(
                hold,
                hold.dividedBy(6),
                Duration.ofSeconds(dice.between(1, 4)),
                Duration.ofSeconds(dice.between(60, 240)),
                begins,
                Duration.ofSeconds(300),
                Duration.ofSeconds(60),
                dice.between(1, 4),
                3,
                Duration.ofSeconds(dice.pick(List.of(60, 300, 900))),
                Duration.ofSeconds(40));
        Terms terms = new Terms(
                lead,
                Duration.ofSeconds(dice.pick(List.of(5, 60))),
                Duration.ofSeconds(60),
                Duration.ofSeconds(dice.between(1, 5)),
                Duration.ofSeconds(2));
        Patience patience =
                new Patience(Duration.ofMinutes(dice.between(10, 15)), terms.lookAgain(), Duration.ofMinutes(10));
        return new Figures(
                pace,
                terms,
                patience,
                Duration.ofSeconds(dice.between(120, 300)),
                Duration.ofSeconds(dice.between(60, 900)));
    }
}
