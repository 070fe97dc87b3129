package io.archipelago.reservation.domain;

import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.Refusal;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** That machines whose hosts are dead are to be replaced by others. */
public sealed interface Replacement {

    /** When {@link ReplacementMoves} have something to do. */
    Instant due();

    /** Why it could not be done at the last try; null: there was none. */
    @Nullable
    Refusal because();

    /**
     * It is to be tried.
     *
     * @param at when
     * @param because see {@link Replacement#because()}
     */
    record Planned(Instant at, @Nullable Refusal because) implements Replacement {
        @Override
        public Instant due() {
            return at;
        }
    }

    /**
     * The participants are asked to book, beside what the lease has, what takes the place of the lost machines.
     *
     * @param lost the ordinals of the machines to be replaced
     * @param spec the lease's specification, with more machines
     * @param facts what has been chosen so far
     * @param held who has booked
     * @param giveUpAt when silence counts as a refusal
     * @param because see {@link Replacement#because()}: it is told until it is known how this try ends
     */
    record Extending(
            Set<Integer> lost,
            AllocationSpec spec,
            Facts.OfSite facts,
            Set<Participant> held,
            Instant giveUpAt,
            @Nullable Refusal because)
            implements Replacement {
        public Extending {
            lost = Set.copyOf(lost);
            held = Set.copyOf(held);
        }

        @Override
        public Instant due() {
            return giveUpAt;
        }

        Extending with(Participant participant, Facts.Chosen chosen) {
            Set<Participant> more = EnumSet.of(participant);
            more.addAll(held);
            return new Extending(lost, spec, facts.with(chosen), more, giveUpAt, because);
        }

        boolean isHeldByAll() {
            return held.size() == Participant.values().length;
        }

        /** What the site gives once the others have taken the place of the lost machines. */
        AllocationSpec replaced() {
            return spec.with(spec.groups().stream().map(g -> g.without(lost)).toList());
        }
    }
}
