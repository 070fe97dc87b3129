package io.archipelago.contracts.allocation;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Message;
import io.archipelago.contracts.Participant;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a site's reservation-service tells the participants, on {@code allocation.commands.v1}, keyed by allocation.
 *
 * <p>A participant ignores a command whose {@link #sequence()} is lower than one it has seen for the allocation, and answers an equal
 * one again with the truth of now.
 */
public sealed interface AllocationCommand extends Message {

    AllocationId allocation();

    /** Rises by one with every new command for the allocation; the same when a command is asked again. */
    long sequence();

    /**
     * Book throughout the window, for a while.
     *
     * @param allocation the allocation
     * @param sequence see {@link AllocationCommand#sequence()}
     * @param addressees who is to hold; the others pass over it
     * @param spec what is wanted
     * @param facts what is known of the site so far
     * @param holdFor how long the hold lasts from when the participant grants it, by its own clock
     * @param offer whether it is held for a counter-offer, which makes way for what somebody has asked for; null: it is not
     * @param probe whether it is answered as things are now, whatever the participant has heard before, and nothing is booked; null: it is booked
     */
    record HoldAllocation(
            AllocationId allocation,
            long sequence,
            Set<Participant> addressees,
            AllocationSpec spec,
            Facts.OfSite facts,
            Duration holdFor,
            @Nullable Boolean offer,
            @Nullable Boolean probe)
            implements AllocationCommand {
        public HoldAllocation {
            addressees = Set.copyOf(addressees);
        }

        /** For a purpose. */
        public HoldAllocation(
                AllocationId allocation,
                long sequence,
                Set<Participant> addressees,
                AllocationSpec spec,
                Facts.OfSite facts,
                Duration holdFor,
                HoldPurpose purpose) {
            this(allocation, sequence, addressees, spec, facts, holdFor, purpose.asOffer(), purpose.asProbe());
        }

        /** For what was asked for. */
        public HoldAllocation(
                AllocationId allocation,
                long sequence,
                Set<Participant> addressees,
                AllocationSpec spec,
                Facts.OfSite facts,
                Duration holdFor) {
            this(allocation, sequence, addressees, spec, facts, holdFor, HoldPurpose.FIRM);
        }

        /** For what it is to be held. */
        public HoldPurpose heldFor() {
            return HoldPurpose.of(offer, probe);
        }
    }

    /**
     * Turn the hold into a lease; of what is one and has not begun: it is to be otherwise than before, and what was booked beyond it is given back.
     *
     * @param allocation the allocation
     * @param sequence see {@link AllocationCommand#sequence()}
     * @param facts everything this site chose
     * @param cluster everything to know of the other sites
     * @param spec what the site gives from now on, nothing that was not booked before; null: what was held, or what the lease says
     */
    record ConfirmAllocation(
            AllocationId allocation,
            long sequence,
            Facts.OfSite facts,
            Facts.OfCluster cluster,
            @Nullable AllocationSpec spec)
            implements AllocationCommand {

        /** Of what is given as it was held. */
        public ConfirmAllocation(AllocationId allocation, long sequence, Facts.OfSite facts, Facts.OfCluster cluster) {
            this(allocation, sequence, facts, cluster, null);
        }
    }

    /**
     * The lease begins: make this. If it has begun, it goes on otherwise than before: what was booked beyond it is given back, and what stands on
     * hosts beyond it is removed. What was booked to extend a lease that had not begun stays booked when it begins.
     *
     * @param allocation the allocation
     * @param sequence see {@link AllocationCommand#sequence()}
     * @param spec what the site gives from now on; nothing that was not booked before
     * @param facts everything this site chose
     * @param cluster everything to know of all sites
     */
    record DeployAllocation(
            AllocationId allocation, long sequence, AllocationSpec spec, Facts.OfSite facts, Facts.OfCluster cluster)
            implements AllocationCommand {}

    /**
     * Book what a specification has more than the lease, which goes on as it is until {@link DeployAllocation}, or before it has begun {@link
     * ConfirmAllocation}, says what is to be. Such a hold does not run out: it belongs to a lease, and ends with it at the latest.
     *
     * @param allocation the allocation
     * @param sequence see {@link AllocationCommand#sequence()}
     * @param spec that of the lease, with more machines, a window that covers that of the lease, or both
     */
    record ExtendAllocation(AllocationId allocation, long sequence, AllocationSpec spec) implements AllocationCommand {}

    /**
     * Give everything back; answered once nothing is left.
     *
     * @param allocation the allocation
     * @param sequence see {@link AllocationCommand#sequence()}
     */
    record ReleaseAllocation(AllocationId allocation, long sequence) implements AllocationCommand {}
}
