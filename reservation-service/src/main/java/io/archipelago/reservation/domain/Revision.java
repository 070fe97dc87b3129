package io.archipelago.reservation.domain;

import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.Refusal;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** That a lease is to be other than it is: the hosts of machines are dead, which are to be replaced, or its master asks for it. */
public sealed interface Revision {

    /** When something is to be done about it; null: never. */
    @Nullable
    Instant due();

    /** Whether something is to be done about it. */
    default boolean isDue(Instant now) {
        Instant due = due();
        return due != null && !now.isBefore(due);
    }

    /** Why machines could not be replaced at the last try; null: there was none. */
    default @Nullable Refusal because() {
        return null;
    }

    /**
     * It is to be tried to replace machines.
     *
     * @param at when
     * @param because see {@link Revision#because()}
     */
    record Planned(Instant at, @Nullable Refusal because) implements Revision {
        @Override
        public Instant due() {
            return at;
        }
    }

    /** The participants are asked to book what the lease is to have beside what it has. */
    sealed interface Extending extends Revision {

        /** Of whom, and who has. */
        Extension extension();

        /** The same once one more has booked. */
        Extending with(Extension more);

        @Override
        default Instant due() {
            return extension().giveUpAt();
        }
    }

    /**
     * What takes the place of lost machines is being booked.
     *
     * @param lost the ordinals of the machines to be replaced
     * @param extension the lease with more machines
     * @param because see {@link Revision#because()}: it is told until it is known how this try ends
     */
    record Replacing(
            Set<Integer> lost,
            Extension extension,
            @Nullable Refusal because) implements Extending {
        public Replacing {
            lost = Set.copyOf(lost);
        }

        @Override
        public Replacing with(Extension more) {
            return new Replacing(lost, more, because);
        }

        /** What the site gives once the others have taken the place of the lost machines. */
        AllocationSpec replaced() {
            AllocationSpec spec = extension.spec();
            return spec.with(spec.groups().stream().map(g -> g.without(lost)).toList());
        }
    }

    /**
     * What the master asks for is being booked.
     *
     * @param spec what the lease is to be
     * @param extension what covers that and what the lease has
     */
    record Asked(AllocationSpec spec, Extension extension) implements Extending {
        @Override
        public Asked with(Extension more) {
            return new Asked(spec, more);
        }
    }

    /**
     * What the master asks for is booked, until it says what is to be.
     *
     * @param spec what the lease is to be
     * @param facts what was chosen for that
     * @param booked what covers that and what the lease has
     */
    record Granted(AllocationSpec spec, Facts.OfSite facts, AllocationSpec booked) implements Revision {
        @Override
        public @Nullable Instant due() {
            return null;
        }
    }

    /**
     * What the master asks for can not be had; the lease is as it was.
     *
     * @param refusals why
     */
    record Denied(List<Refusal> refusals) implements Revision {
        public Denied {
            refusals = List.copyOf(refusals);
        }

        @Override
        public @Nullable Instant due() {
            return null;
        }
    }

    /**
     * What the participants are asked to book.
     *
     * @param spec all that the lease is to have for the moment
     * @param facts what has been chosen so far
     * @param held who has booked
     * @param giveUpAt when silence counts as a refusal
     */
    record Extension(AllocationSpec spec, Facts.OfSite facts, Set<Participant> held, Instant giveUpAt) {
        public Extension {
            held = Set.copyOf(held);
        }

        Extension with(Participant participant, Facts.Chosen chosen) {
            Set<Participant> more = EnumSet.of(participant);
            more.addAll(held);
            return new Extension(spec, facts.with(chosen), more, giveUpAt);
        }

        boolean isHeldByAll() {
            return held.size() == Participant.values().length;
        }
    }
}
