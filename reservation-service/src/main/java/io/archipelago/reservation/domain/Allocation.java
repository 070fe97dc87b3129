package io.archipelago.reservation.domain;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.HoldPurpose;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.allocation.ResourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * This site's share of a reservation, wherever its master is: the sum of what the four participants have booked.
 *
 * <pre>
 *   HoldShare          all held         ConfirmShare         all confirmed        start - lead
 *  ----------> Holding --------> Held --------------> Confirming --------> Confirmed ----------> Running
 *                 |                |                      |                    |                    |
 *                 | one refused,   | runs out,            | one refused,       | ReleaseShare,      | ReleaseShare,
 *                 | ReleaseShare   | ReleaseShare         | ReleaseShare       | end                | end
 *                 v                v                      v                    v                    v
 *                 `----------------`-----------------> Releasing &lt;------------'--------------------'
 *                                                         | all released
 *                                                         v
 *                                                      Released
 * </pre>
 *
 * What is {@link Leased} may come to be other than it was agreed on: {@link Revision}. A new HoldShare (higher sequence) may follow Releasing, if nothing
 * was deployed, Released and Forgotten, which follows when the database was set back. What is done on every message in every state:
 * {@link AllocationMoves}.
 */
public sealed interface Allocation
        permits Allocation.Holding,
                Allocation.Held,
                Allocation.Confirming,
                Leased,
                Allocation.Releasing,
                Allocation.Released,
                Allocation.Forgotten {

    Header header();

    /** When {@link AllocationMoves#onDue} has something to do; null: never. */
    @Nullable
    Instant due();

    default AllocationId id() {
        return header().id();
    }

    /**
     * The participants are asked.
     *
     * @param header see {@link Header}
     * @param facts what has been chosen so far
     * @param until when the hold of each that has answered runs out
     * @param holdFor how long each is to hold
     * @param purpose for what; what is only probed is over once all have answered
     * @param asked how many times they were asked
     * @param askAgainAt when to ask again who has not answered
     * @param giveUpAt when silence counts as a refusal
     */
    record Holding(
            Header header,
            Facts.OfSite facts,
            Map<Participant, Instant> until,
            Duration holdFor,
            HoldPurpose purpose,
            int asked,
            Instant askAgainAt,
            Instant giveUpAt)
            implements Allocation {
        public Holding {
            until = Map.copyOf(until);
            // A row of before there were purposes has none.
            purpose = Objects.requireNonNullElse(purpose, HoldPurpose.FIRM);
        }

        @Override
        public Instant due() {
            return askAgainAt.isBefore(giveUpAt) ? askAgainAt : giveUpAt;
        }

        Holding with(AllocationHeld held) {
            Map<Participant, Instant> more = new EnumMap<>(Participant.class);
            more.putAll(until);
            more.put(held.participant(), held.until());
            return new Holding(header, facts.with(held.chosen()), more, holdFor, purpose, asked, askAgainAt, giveUpAt);
        }

        boolean probes() {
            return purpose == HoldPurpose.PROBE;
        }

        Holding askedAgain(Instant again) {
            return new Holding(header, facts, until, holdFor, purpose, asked + 1, again, giveUpAt);
        }
    }

    /**
     * All hold.
     *
     * @param header see {@link Header}
     * @param facts what was chosen
     * @param until when the first of the holds runs out
     */
    record Held(Header header, Facts.OfSite facts, Instant until) implements Allocation {
        @Override
        public Instant due() {
            return until;
        }
    }

    /**
     * The participants are told to confirm.
     *
     * @param header see {@link Header}
     * @param facts what was chosen
     * @param cluster what to know of the other sites
     * @param confirmed who has confirmed
     * @param asked how many times they were asked
     * @param askAgainAt when to ask again
     */
    record Confirming(
            Header header,
            Facts.OfSite facts,
            Facts.OfCluster cluster,
            Set<Participant> confirmed,
            int asked,
            Instant askAgainAt)
            implements Allocation {
        public Confirming {
            confirmed = Set.copyOf(confirmed);
        }

        Confirming heard(Header other, Facts.OfCluster known) {
            return new Confirming(other, facts, known, confirmed, asked, askAgainAt);
        }

        Confirming with(Facts.OfSite chosen) {
            return new Confirming(header, chosen, cluster, confirmed, asked, askAgainAt);
        }

        Confirming withHeader(Header other) {
            return new Confirming(other, facts, cluster, confirmed, asked, askAgainAt);
        }

        Confirming with(Participant participant) {
            return new Confirming(header, facts, cluster, more(confirmed, participant), asked, askAgainAt);
        }

        Confirming askedAgain(Instant again) {
            return new Confirming(header, facts, cluster, confirmed, asked + 1, again);
        }

        @Override
        public Instant due() {
            return askAgainAt;
        }
    }

    /**
     * Everything is being given back; repeated until every participant has said that nothing is left.
     *
     * @param header see {@link Header}
     * @param released who has said so
     * @param refusals if the share was refused: why; empty if it was released or ended
     * @param left what each that has not yet says is still there
     * @param deployed whether machines may have run
     * @param asked how many times they were asked
     * @param askAgainAt when to ask again
     */
    record Releasing(
            Header header,
            Set<Participant> released,
            List<Refusal> refusals,
            Map<Participant, List<ResourceStatus>> left,
            boolean deployed,
            int asked,
            Instant askAgainAt)
            implements Allocation {
        public Releasing {
            released = Set.copyOf(released);
            refusals = List.copyOf(refusals);
            left = Map.copyOf(left);
        }

        /** From the first time that they are told. */
        static Releasing begin(Header header, List<Refusal> refusals, boolean deployed, Instant askAgainAt) {
            return new Releasing(header, Set.of(), refusals, Map.of(), deployed, 1, askAgainAt);
        }

        Releasing withHeader(Header other) {
            return new Releasing(other, released, refusals, left, deployed, asked, askAgainAt);
        }

        Releasing because(List<Refusal> why) {
            return new Releasing(header, released, why, left, deployed, asked, askAgainAt);
        }

        Releasing with(Participant participant) {
            Map<Participant, List<ResourceStatus>> others = new EnumMap<>(Participant.class);
            others.putAll(left);
            others.remove(participant);
            return new Releasing(header, more(released, participant), refusals, others, deployed, asked, askAgainAt);
        }

        Releasing with(Participant participant, List<ResourceStatus> still) {
            Map<Participant, List<ResourceStatus>> others = new EnumMap<>(Participant.class);
            others.putAll(left);
            others.put(participant, still);
            return new Releasing(header, released, refusals, others, deployed, asked, askAgainAt);
        }

        Releasing askedAgain(Instant again) {
            return new Releasing(header, released, refusals, left, deployed, asked + 1, again);
        }

        @Override
        public Instant due() {
            return askAgainAt;
        }
    }

    /**
     * Nothing is left.
     *
     * @param header see {@link Header}
     * @param refusals if the share was refused: why
     * @param probed whether it was only asked whether it would be held
     */
    record Released(Header header, List<Refusal> refusals, boolean probed) implements Allocation {
        public Released {
            refusals = List.copyOf(refusals);
        }

        /** Of what was to be held. */
        public Released(Header header, List<Refusal> refusals) {
            this(header, refusals, false);
        }

        @Override
        public @Nullable Instant due() {
            return null;
        }
    }

    /**
     * The database was set back: the participants may have more of it than is remembered here, and go on with it. It ends when the master or an
     * operator gives it back.
     *
     * @param header see {@link Header}
     */
    record Forgotten(Header header) implements Allocation {
        @Override
        public @Nullable Instant due() {
            return null;
        }
    }

    /** Some participants and one. */
    static Set<Participant> more(Set<Participant> participants, Participant participant) {
        Set<Participant> more = EnumSet.of(participant);
        more.addAll(participants);
        return more;
    }
}
